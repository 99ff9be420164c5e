package io.sparkfed.aggregate;

import io.sparkfed.hint.Message;
import io.sparkfed.hint.Worded;
import io.sparkfed.hint.Wording;

/**
 * An aggregation that opened nothing. The message names the rule that was broken and counts, never
 * a worker's numbers.
 */
public class AggregationException extends RuntimeException implements Worded {
  private static final long serialVersionUID = 1L;

  private final Message message;

  /** Creates the exception with a message for the user. */
  public AggregationException(String message) {
    this(Message.of(message), null);
  }

  /** Creates the exception with a message for the user and a cause raised at the driver. */
  public AggregationException(String message, Throwable driverCause) {
    this(Message.of(message), driverCause);
  }

  /** Creates the exception with a message that names settings. */
  public AggregationException(Message message) {
    this(message, null);
  }

  /** The same with a cause raised at the driver. */
  public AggregationException(Message message, Throwable driverCause) {
    super(message.toString(), driverCause);
    this.message = message;
  }

  /** Returns the message. */
  final Message message() {
    return message;
  }

  @Override
  public final AggregationException in(Wording wording) {
    return message.isPlain() ? this : reworded(Message.of(message.in(wording)));
  }

  /** Returns a failure of the same kind that this one caused. */
  AggregationException reworded(Message words) {
    return new AggregationException(words, this);
  }
}
