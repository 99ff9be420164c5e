/**
 * Sums whose terms the driver can't see.
 *
 * <p>{@link io.sparkfed.secure.SecureWorkerSum} rests on trust in one place: the executor that runs
 * the secure worker's task sees every update, and updates pass through the shuffle files of the
 * executors in the clear. What it does guarantee: no worker's vector is ever in a message to the
 * driver.
 */
package io.sparkfed.secure;
