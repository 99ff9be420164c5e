/**
 * What workers are asked, as values ({@link io.sparkfed.federated.Statement}), the plan of a
 * training, and what its rooms share: the slots of a round and the state it can go on from. Nothing
 * here knows which sum it holds or that there is a cluster.
 *
 * <p>The rooms: {@code survey} is what is found before the first round, {@code averaging} and
 * {@code exact} are the two kinds of work that fill a round, and {@code training} is the loop over
 * them. A room imports this package and not its neighbors; the loop imports them all.
 *
 * <p>Place: the answer to a statement is computed at the worker; everything else runs at the
 * driver.
 */
package io.sparkfed.federated;
