package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What the driver relays to one worker in the second phase, by the neighbor it is from. On the wire
 * one byte string, which only the receiver takes apart.
 */
final class Inbox {
  private Inbox() {}

  /**
   * What a neighbor sealed.
   *
   * @param commitment the sender's, which the share's key is bound to
   * @param share the sealed share
   */
  record Sealed(byte[] commitment, byte[] share) {}

  /** Writes what neighbors sealed, who come in ascending order. */
  static byte[] toBytes(Map<String, Sealed> bySender) {
    WireWriter out = new WireWriter().integer(bySender.size());
    bySender.forEach(
        (sender, from) -> out.text(sender).bytes(from.commitment()).bytes(from.share()));
    return out.toByteArray();
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
