package io.sparkfed.secure.keys;

import io.sparkfed.privacy.Zcdp;

/**
 * What a release costs an owner.
 *
 * @param runId 32 bytes of the run
 * @param id 32 bytes of the release: what leaves for one id is always the same, so it is charged
 *     once
 * @param cost of the release
 * @param plan of all releases that the run is to have
 * @param told what is released, for people who read the journal
 */
public record Charge(byte[] runId, byte[] id, Zcdp cost, Zcdp plan, String told) {}
