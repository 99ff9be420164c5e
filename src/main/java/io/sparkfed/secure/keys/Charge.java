package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.RowPart;
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
 * @param part what it is about
 * @param view hash of how the rows are looked at and split into the parts; empty where it is about
 *     all of them
 */
public record Charge(
    byte[] runId, byte[] id, Zcdp cost, Zcdp plan, String told, RowPart part, byte[] view) {

  /** Creates the charge of a release about any rows. */
  public Charge(byte[] runId, byte[] id, Zcdp cost, Zcdp plan, String told) {
    this(runId, id, cost, plan, told, RowPart.ALL, new byte[0]);
  }
}
