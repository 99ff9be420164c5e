package io.sparkfed.wire;

/** A place where nothing is to be found. */
enum BareSite implements Site {
  /** The only instance, also after it has traveled. */
  INSTANCE
}
