package io.sparkfed.spark.service;

import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;

/**
 * The keys of the one owner whose process this is.
 *
 * @param keys finds them, and others' that are none of this process's business
 * @param worker the owner's worker
 */
record OwnFolder(KeyRing keys, String worker) implements KeyRing {
  @Override
  public Owner open(String asked) {
    if (!asked.equals(worker)) {
      throw new ProtocolException("an agent answers for its own worker");
    }
    return keys.open(worker);
  }

  @Override
  public Roster roster() {
    return keys.roster();
  }
}
