/**
 * Who holds which keys, and what a data owner allows. Private keys are read where their owner is:
 * at a worker or an aggregator, never at the driver.
 */
package io.sparkfed.secure.keys;
