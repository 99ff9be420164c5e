package io.sparkfed.secure.masked;

import io.sparkfed.wire.ProtocolException;

/** Rules that several messages share. */
final class Malformed {
  private Malformed() {}

  static ProtocolException unsorted() {
    return new ProtocolException("entries must be sorted and none may come twice");
  }
}
