/**
 * What the secure sums share: the flags a vector carries, how a phase's failure becomes one coarse
 * tag, the end of a run, and what was left out of its sums.
 */
package io.sparkfed.secure.protocol;
