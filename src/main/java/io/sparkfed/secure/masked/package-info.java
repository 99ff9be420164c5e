/**
 * The masked sum: secure aggregation with pairwise masks and Shamir-shared self masks (Bonawitz et
 * al., "Practical Secure Aggregation for Privacy-Preserving Machine Learning", CCS 2017, figure 4;
 * over a sparse graph, Bell et al., "Secure Single-Server Aggregation with (Poly)Logarithmic
 * Overhead", CCS 2020), arranged so that re-executed tasks are harmless.
 *
 * <p>Phases, each a visit whose messages are public or encrypted: A advertise keys (once for many
 * sessions), B train, commit to the vector and share the secrets behind its masks, C send the
 * masked vector, D reveal what unmasks the sum of those who sent one. What a phase collected is
 * hashed and pinned into every key of the next: a task that runs again sees the same bytes.
 *
 * <p><b>Commit, then mask.</b> Phase C computes the vector again and sends it only if it is the one
 * that phase B committed to. A vector that came out differently becomes a dropout. So for each
 * session and worker at most one masked vector exists outside the worker, whatever Spark runs
 * again. All secrets of a session are derived from the owner's master secret and what is pinned;
 * the number of an attempt never enters.
 *
 * <p><b>Agreements.</b> In each session two neighbors agree on a key for their mask, which dies
 * with the session. What they encrypt shares to each other with is agreed on once a run; a
 * ciphertext's key is derived from that, the session and the commitment, and serves once.
 *
 * <p><b>Guaranteed</b> against an honest-but-curious driver and executors and fewer than t
 * colluding workers among a worker's neighbors: the driver learns the sum over at least {@code
 * min-workers} workers, who they are, and nothing else. <b>Not guaranteed:</b> anything against a
 * driver that ships other code or lies about who dropped out to different workers, against root on
 * an executor's host, about what the sum itself says, or against workers who send false vectors.
 * There is no formal proof of this arrangement.
 *
 * <p>Symbols: U0 who advertised, U1 who shared, U2 whose masked vector is in; N(i) the neighbors of
 * i; t the threshold.
 */
package io.sparkfed.secure.masked;
