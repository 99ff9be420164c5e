/**
 * What a run leaves on a file system: its folder, which is there whole or not at all, its
 * checkpoints, predictions, and the model that is read back. Also where each of these may be. Runs
 * at the driver.
 */
package io.sparkfed.output;
