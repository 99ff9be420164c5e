package io.sparkfed.data;

import io.sparkfed.hint.Message;
import io.sparkfed.hint.Worded;
import io.sparkfed.hint.Wording;

/** The data or its schema can't be used. The message never holds a row's content. */
public class DataException extends RuntimeException implements Worded {
  private static final long serialVersionUID = 1L;

  private final Message message;

  /** Creates the exception with a message for the user. */
  public DataException(String message) {
    this(Message.of(message));
  }

  /** The same with a message that names settings. */
  public DataException(Message message) {
    this(message, null);
  }

  /**
   * Creates the exception with a message for the user and a cause raised at the driver; never the
   * cause of a failed task, whose text may hold a row.
   */
  public DataException(String message, Throwable driverCause) {
    this(Message.of(message), driverCause);
  }

  /** The same with a message that names settings. */
  public DataException(Message message, Throwable driverCause) {
    this(message.toString(), message, driverCause);
  }

  private DataException(String text, Message message, Throwable driverCause) {
    super(text, driverCause);
    this.message = message;
  }

  /** Returns the same failure in a user's words; it can be said in another's, too. */
  @Override
  public DataException in(Wording wording) {
    return message.isPlain() ? this : new DataException(message.in(wording), message, this);
  }
}
