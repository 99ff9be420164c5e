package io.sparkfed.secure.keys;

import io.sparkfed.wire.Site;

/**
 * Finds keys: an owner's private ones where the owner is, the roster of public ones at the driver.
 */
public interface KeyRing extends Site {

  /**
   * Opens what a data owner holds. Called at that owner's worker only.
   *
   * @throws io.sparkfed.wire.ProtocolException if it is not to be had here, or is not whole
   */
  Owner open(String worker);

  /** Returns the driver's copy of the roster; null where there is none. */
  Roster roster();
}
