package io.sparkfed.wire;

/**
 * A value that travels as canonical bytes: the same value has the same bytes everywhere, and what
 * is read from them does the same.
 *
 * @param <T> what is read from the bytes
 */
public interface Sendable<T> {

  /** Returns the bytes. */
  byte[] toBytes();

  /** Returns what reads them. */
  Form<T> form();

  /** Returns where the reader looks for what has no bytes. */
  default Site site() {
    return Site.BARE;
  }
}
