package io.sparkfed.privacy;

import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.wire.Site;

/**
 * The bound that each data owner set in its own policy.
 *
 * @param keys where the owners' policies are
 */
public record OwnersClip(KeyRing keys) implements ClipBound {

  @Override
  public Site site() {
    return keys;
  }

  @Override
  public double of(String worker) {
    return keys.open(worker).policy().clip();
  }
}
