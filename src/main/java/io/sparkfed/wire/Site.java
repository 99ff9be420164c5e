package io.sparkfed.wire;

import java.io.Serializable;

/**
 * What a party finds where it is, such as its keys: it is never part of what is asked, so it has no
 * bytes. A place that reaches the driver, or leaves it, holds no secret: it says where to look.
 */
public interface Site extends Serializable {
  /** A place where nothing is to be found. */
  Site BARE = BareSite.INSTANCE;
}
