/**
 * The masked sum: secure aggregation with pairwise masks and Shamir-shared self masks (Bonawitz et
 * al., "Practical Secure Aggregation for Privacy-Preserving Machine Learning", CCS 2017; over a
 * sparse graph, Bell et al., "Secure Single-Server Aggregation with (Poly)Logarithmic Overhead",
 * CCS 2020), arranged so that a sum takes two visits, needs no public-key operation but one
 * signature, and withstands a driver that lies about who is missing. The page {@code
 * src/site/markdown/masked-sum.md} has the messages, the game, the argument and what is not proved.
 *
 * <p>Once a run workers send cards, from which each pair of neighbors has a secret. First visit of
 * a sum: each worker masks its vector and sends it with sealed shares of its self mask. Second: a
 * worker reveals, for each neighbor, either a share of its self mask, if the neighbor is said to be
 * in the sum, or the seed of the pair's mask, if it is said to be missing. Never both.
 *
 * <p><b>What runs again.</b> All secrets are functions of the run's secret in the owner's journal,
 * of what is pinned in the session's context, and of the vector; the number of an attempt never
 * enters. The journal lets one vector leave in a session, and one answer.
 *
 * <p><b>Guaranteed</b> with owners' keys and a pinned roster, against a driver that changes any
 * message and c corrupted neighbors of a worker: each sum that it can open is over 2t - k - 1 - c
 * honest workers at least ({@code Graph.smallestOpened}), also by subtracting sums of one question
 * where owners answer it for one cohort alone. Without a roster only against a driver that is
 * honest but curious. <b>Not guaranteed:</b> anything against a driver that ships other code,
 * against root on an executor's host, about what sums themselves say, or against workers who send
 * false vectors. There is no machine-checked proof.
 *
 * <p>Symbols: U0 whose cards are in the session, U2 whose masked vector is in; N(i) the neighbors
 * of i, k of them; t the threshold; c corrupted neighbors.
 */
package io.sparkfed.secure.masked;
