package io.sparkfed.wire;

import java.io.Serializable;

/**
 * Reads values of one kind from their canonical bytes, where a party is.
 *
 * @param <T> what is read
 */
@FunctionalInterface
public interface Form<T> extends Serializable {

  /**
   * Reads a value.
   *
   * @param bytes as {@link Sendable#toBytes} wrote them
   * @param site what the party finds where it is
   * @throws ProtocolException if the bytes are not such a value's
   */
  T read(byte[] bytes, Site site);
}
