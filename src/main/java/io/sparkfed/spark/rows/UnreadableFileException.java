package io.sparkfed.spark.rows;

/**
 * A file breaks a rule of reading. Tells file and column, and nothing of a row, as it travels to
 * the driver.
 */
final class UnreadableFileException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnreadableFileException(String placeAndRule) {
    super(placeAndRule);
  }

  /** As {@link #UnreadableFileException(String)}, for a failure that may pass. */
  UnreadableFileException(String placeAndRule, Throwable cause) {
    super(placeAndRule, cause);
  }
}
