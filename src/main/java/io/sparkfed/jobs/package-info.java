/**
 * Command lines: each job reads a configuration, opens a Spark session, composes the library and
 * writes what came of it. Runs at the driver.
 */
package io.sparkfed.jobs;
