/**
 * What the secure sums share: the flags a vector carries, how a phase's failure becomes one coarse
 * tag, the hash of what the driver broadcast, and the driver's ledger of sums that were begun.
 */
package io.sparkfed.secure.protocol;
