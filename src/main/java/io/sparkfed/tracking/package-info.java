/**
 * What a tracking server outside hears of a training: settings, each round's sums and averages over
 * the cohort, and how it ended; nothing of one worker. Runs at the driver, beside the training,
 * which never waits for it.
 */
package io.sparkfed.tracking;
