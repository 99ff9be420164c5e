package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the driver relays to one worker in the second phase, by the neighbor it is from. On the wire
 * one byte string, which only the receiver takes apart.
 */
final class Inbox {
  private final WireWriter entries = new WireWriter();
  private int count;

  /**
   * What a neighbor sealed.
   *
   * @param commitment the sender's, which the share's key is bound to
   * @param share the sealed share
   */
  record Sealed(byte[] commitment, byte[] share) {}

  /** Puts in what a neighbor sealed; neighbors come in ascending order. */
  void add(String sender, byte[] commitment, byte[] share) {
    entries.text(sender).bytes(commitment).bytes(share);
    count++;
  }

  byte[] toBytes() {
    return new WireWriter().integer(count).raw(entries).toByteArray();
  }

  static SortedMap<String, Sealed> parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    int count = in.count();
    SortedMap<String, Sealed> bySender = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      if (bySender.put(in.text(), new Sealed(in.bytes(Kdf.LENGTH), in.bytes())) != null) {
        throw new ProtocolException("a worker must have one share of each neighbor");
      }
    }
    in.end();
    return bySender;
  }
}
