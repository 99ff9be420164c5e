package io.sparkfed.aggregate;

/**
 * Thrown at a worker whose vector holds NaN, infinity or a number beyond the range of the sum. It
 * is caught there: what leaves the worker is a tag or a flag.
 */
public final class NonFiniteValueException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int words;

  /** Creates the exception for a vector of so many words; it carries no value. */
  public NonFiniteValueException(int words) {
    super("a worker's vector must be finite and in range");
    this.words = words;
  }

  /** Returns how many words the vector would have had. */
  public int words() {
    return words;
  }
}
