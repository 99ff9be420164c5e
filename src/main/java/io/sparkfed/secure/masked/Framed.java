package io.sparkfed.secure.masked;

import java.io.Serializable;
import java.util.SortedMap;
import java.util.SortedSet;

/**
 * What the driver broadcasts in a phase: the session and what earlier phases pinned. One broadcast
 * holds all inboxes; at 100 bytes an edge that is about 1 MB for a full graph of 100 workers and 5
 * MB for 1000 on the sparse one, less than a custom partition payload would be worth.
 *
 * @param session the session
 * @param identities public keys that came with the adverts, for workers without a roster of their
 *     own
 * @param value what the visit broadcasts; null in phase D
 * @param pins what phase B collected; null in phase B
 * @param survivors U2; null before phase D
 * @param inboxes ciphertexts by receiver and sender; null before phase D
 * @param modelHash hash of {@code value}; only used in phase D, where the value doesn't travel
 */
record Framed<B>(
    Session session,
    SortedMap<String, byte[]> identities,
    B value,
    Pins pins,
    SortedSet<String> survivors,
    SortedMap<String, SortedMap<String, byte[]>> inboxes,
    byte[] modelHash)
    implements Serializable {}
