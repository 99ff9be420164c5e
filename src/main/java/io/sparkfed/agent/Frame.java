package io.sparkfed.agent;

import java.util.Arrays;
import java.util.Optional;

/**
 * What travels in one piece.
 *
 * @param kind what it is
 * @param number of the request in its connection, from 0; an answer, what is said before it, and a
 *     refusal have their request's
 * @param payload its bytes; of a refusal and of what is said, at most {@link #LONGEST_WORDS}
 */
record Frame(Kind kind, long number, byte[] payload) {
  /** Most bytes of words. */
  static final int LONGEST_WORDS = 1000;

  /** Kinds of frames. */
  enum Kind {
    REQUEST(0),
    SAID(1),
    ANSWER(2),
    REFUSAL(3);

    private final short code;

    Kind(int code) {
      this.code = (short) code;
    }

    /** Returns what stands for it on the wire. */
    short code() {
      return code;
    }

    static Optional<Kind> of(short code) {
      return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
    }

    /** Whether a payload is no more than words. */
    boolean isWords() {
      return this == SAID || this == REFUSAL;
    }
  }
}
