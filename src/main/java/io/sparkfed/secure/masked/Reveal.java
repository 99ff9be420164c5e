package io.sparkfed.secure.masked;

import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a worker sends in the second phase: a share of the self mask of each neighbor whose vector
 * is in the sum, the seed of the pair's mask for each that is missing; never both for one. Nothing
 * of it needs a signature: hashes of all of it came with the masked vectors.
 *
 * @param holder the sender
 * @param shares share by the worker whose self mask it is of, itself among them
 * @param seeds seed by the missing neighbor
 */
record Reveal(String holder, SortedMap<String, byte[]> shares, SortedMap<String, byte[]> seeds) {

  byte[] toBytes() {
    WireWriter out = new WireWriter().text(holder);
    write(out, shares);
    write(out, seeds);
    return out.toByteArray();
  }

  private static void write(WireWriter out, SortedMap<String, byte[]> entries) {
    out.integer(entries.size());
    entries.forEach((worker, value) -> out.text(worker).bytes(value));
  }

  static Reveal parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    Reveal reveal = new Reveal(in.text(), entries(in), entries(in));
    in.end();
    return reveal;
  }

  private static SortedMap<String, byte[]> entries(WireReader in) {
    int count = in.count();
    SortedMap<String, byte[]> entries = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      String worker = in.text();
      if (!entries.isEmpty() && entries.lastKey().compareTo(worker) >= 0) {
        throw new ProtocolException("entries must be sorted and none may come twice");
      }
      entries.put(worker, in.bytes());
    }
    return entries;
  }
}
