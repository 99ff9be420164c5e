package io.sparkfed.privacy;

/** No bound on updates. */
public enum Unbounded implements ClipBound {
  /** The only instance, also after it has traveled. */
  INSTANCE;

  @Override
  public double of(String worker) {
    return Double.POSITIVE_INFINITY;
  }
}
