package io.sparkfed.secure;

import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.function.Supplier;

/** What is asked for through a sum of integers. */
enum WordsKind {
  /** The answer to a question. */
  ENCODED(0),
  /** How large its scaled numbers are. */
  MAGNITUDE(1),
  /** The answer to a question, with noise. */
  RELEASED(2);

  private final int number;

  WordsKind(int number) {
    this.number = number;
  }

  /** Begins the bytes. */
  WireWriter begin() {
    return new WireWriter().integer(number);
  }

  /**
   * Reads the begin of the bytes, and then what keeps rules of its own.
   *
   * @throws ProtocolException if they are not of this kind, or a rule is broken
   */
  <T> T checked(WireReader in, Supplier<T> rest) {
    if (in.integer() != number) {
      throw new ProtocolException("what is asked for must be of the kind that is read");
    }
    return rules(rest);
  }

  /**
   * Reads what keeps rules of its own.
   *
   * @throws ProtocolException if a rule is broken
   */
  static <T> T rules(Supplier<T> rest) {
    try {
      return rest.get();
    } catch (IllegalArgumentException e) {
      throw new ProtocolException("the range of a sum must keep its rules: " + e.getMessage());
    }
  }
}
