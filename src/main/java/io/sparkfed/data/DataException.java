package io.sparkfed.data;

/** The data or its schema can't be used. The message never holds a row's content. */
public class DataException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with a message for the user. */
  public DataException(String message) {
    super(message);
  }

  /**
   * Creates the exception with a message for the user and a cause raised at the driver; never the
   * cause of a failed task, whose text may hold a row.
   */
  public DataException(String message, Throwable driverCause) {
    super(message, driverCause);
  }
}
