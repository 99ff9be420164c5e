package io.sparkfed.spark.cluster;

import java.io.Serializable;

/**
 * Something of a worker's that stays in the memory of the process that made it. Spark's executors
 * serve the blocks that they keep to whatever code runs at another executor of the application, and
 * move them when they are decommissioned: what arrives there says that there is something, and not
 * what.
 *
 * @param <S> what there is
 */
public final class OwnMemory<S> implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Neither Java's serialization nor Kryo's writes it. */
  private final transient S value;

  private final boolean isThere;

  private OwnMemory(S value) {
    this.value = value;
    this.isThere = value != null;
  }

  /** Keeps a value, or that there is none. */
  public static <S> OwnMemory<S> of(S valueOrNull) {
    return new OwnMemory<>(valueOrNull);
  }

  /** Returns whether there is a value, here or in another process. */
  public boolean isThere() {
    return isThere;
  }

  /** Returns whether another process has the value. */
  public boolean isElsewhere() {
    return isThere && value == null;
  }

  /**
   * Returns the value; null when there is none.
   *
   * @throws IllegalStateException if another process has it
   */
  public S orNull() {
    if (isElsewhere()) {
      throw new IllegalStateException("a worker's rows must be used by the process that read them");
    }
    return value;
  }
}
