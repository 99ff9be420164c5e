package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.WireWriter;
import java.io.Serializable;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What phase B collected, as phases C and D need it.
 *
 * @param commitments commitment of each worker of U1
 * @param hash H1: hash of all messages of phase B, in order of worker
 */
record Pins(SortedMap<String, byte[]> commitments, byte[] hash) implements Serializable {

  static Pins of(SortedMap<String, Commitment> messages) {
    SortedMap<String, byte[]> commitments = new TreeMap<>();
    WireWriter all = new WireWriter();
    messages.forEach(
        (worker, message) -> {
          commitments.put(worker, message.commitment());
          all.bytes(message.toBytes());
        });
    return new Pins(commitments, Kdf.sha256(all.toByteArray()));
  }
}
