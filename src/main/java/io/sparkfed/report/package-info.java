/**
 * A run as values ({@link io.sparkfed.report.RunReport}), and its renderings: HTML, JSON and plain
 * words. Pure Java: knows no Spark and no configuration. Runs at the driver.
 */
package io.sparkfed.report;
