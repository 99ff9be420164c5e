/**
 * Configuration files: read, resolved and validated into records. Composes nothing. Runs at the
 * driver.
 */
package io.sparkfed.config;
