/**
 * Configuration files, validated into records, and the one place where a configuration becomes the
 * objects of a training ({@link io.sparkfed.config.Presets}). Runs at the driver.
 */
package io.sparkfed.config;
