/**
 * Findings before a run: on settings, keys and cohort, on the cluster, on where rows and results
 * lie, and on what a round will cost. Changes nothing. Runs at the driver.
 */
package io.sparkfed.doctor;
