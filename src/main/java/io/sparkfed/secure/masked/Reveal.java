package io.sparkfed.secure.masked;

import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a worker sends in the second phase: a share of the self mask of each neighbor whose vector
 * is in the sum, the seed of the pair's mask for each that is missing; never both for one. Nothing
 * of it needs a signature: hashes of all of it came with the masked vectors.
 *
 * @param holder the sender
 * @param shares share by the worker whose self mask it is of, itself among them; in ascending order
 * @param seeds seed by the missing neighbor, in ascending order
 */
record Reveal(String holder, Map<String, byte[]> shares, Map<String, byte[]> seeds) {

  byte[] toBytes() {
    WireWriter out = new WireWriter().text(holder);
    write(out, shares);
    write(out, seeds);
    return out.toByteArray();
  }

  private static void write(WireWriter out, Map<String, byte[]> entries) {
    out.integer(entries.size());
    entries.forEach((worker, value) -> out.text(worker).bytes(value));
  }

  static Reveal parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    Reveal reveal = new Reveal(in.text(), entries(in), entries(in));
    in.end();
    return reveal;
  }

  private static Map<String, byte[]> entries(WireReader in) {
    int count = in.count(2 * Integer.BYTES);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    String last = null;
    for (int k = 0; k < count; k++) {
      String worker = in.text();
      if (last != null && last.compareTo(worker) >= 0) {
        throw new ProtocolException("entries must be sorted and none may come twice");
      }
      entries.put(worker, in.bytes());
      last = worker;
    }
    return entries;
  }
}
