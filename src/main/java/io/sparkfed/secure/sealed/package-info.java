/**
 * The sealed sum: trusted aggregators, one (the <em>secure worker</em>) or several (a
 * <em>committee</em>), that alone can open what workers send.
 *
 * <p>A worker splits its vector into as many additive shares modulo 2^64 as there are aggregators:
 * all but one are expanded from 32-byte seeds, the remaining one is the vector minus those. Each
 * share's key is sealed to its aggregator (HPKE, RFC 9180), the remaining share travels under its
 * key (AES-256-GCM). The driver relays these bytes; it pins the set it received, and every
 * aggregator opens exactly that set, at least {@code min-workers} strong, or nothing. What an
 * aggregator sends is the sum of its shares; the driver adds the sums if all aggregators opened the
 * same set.
 *
 * <p><b>Re-run tasks are harmless by construction.</b> Keys and shares are derived from the owner's
 * master secret and a keyed commitment to the vector: the same vector gives the same bytes, another
 * one independent keys. There are no pairwise masks that could cancel between attempts.
 *
 * <p><b>Guaranteed</b> against honest-but-curious drivers and executors: with one aggregator,
 * nobody but it sees an update. With several, an update stays hidden unless all of them collude,
 * and each one alone sees uniformly random words. <b>Not guaranteed:</b> anything about what the
 * aggregators do with what they may see, against a driver that ships other code, against root on an
 * executor's host, about what the sum itself says.
 */
package io.sparkfed.secure.sealed;
