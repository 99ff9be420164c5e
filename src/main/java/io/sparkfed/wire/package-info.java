/**
 * The canonical bytes of whatever travels between parties: one value has exactly one encoding, and
 * what is read is bounded before anything is allocated. Used at workers, aggregators and the
 * driver.
 */
package io.sparkfed.wire;
