package io.sparkfed.agent;

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

  /** Kinds of frames; on the wire by their place here. */
  enum Kind {
    REQUEST,
    SAID,
    ANSWER,
    REFUSAL;

    /** Whether a payload is no more than words. */
    boolean isWords() {
      return this == SAID || this == REFUSAL;
    }
  }
}
