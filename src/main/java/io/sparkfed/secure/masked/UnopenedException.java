package io.sparkfed.secure.masked;

/** What came in does not open the sum, so nothing was opened. */
final class UnopenedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  UnopenedException(String message) {
    super(message);
  }
}
