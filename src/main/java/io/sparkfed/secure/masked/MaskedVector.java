package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;

/**
 * A worker's vector under its masks: what a worker sends in phase C, and the only form in which a
 * vector leaves it. The constructor is closed to this package.
 */
public final class MaskedVector {
  private final String worker;
  private final long[] words;
  private final byte[] signature;

  private MaskedVector(String worker, long[] words, byte[] signature) {
    this.worker = worker;
    this.words = words;
    this.signature = signature;
  }

  /** Signs words that all masks have been added to. */
  static MaskedVector make(
      PartyKeys own, String worker, byte[] sessionId, byte[] sharesHash, long[] masked) {
    return new MaskedVector(
        worker, masked, own.sign(signedBytes(worker, sessionId, sharesHash, masked)));
  }

  String worker() {
    return worker;
  }

  int length() {
    return words.length;
  }

  void addTo(long[] sum) {
    for (int j = 0; j < sum.length; j++) {
      sum[j] += words[j];
    }
  }

  void verify(Roster roster, byte[] sessionId, byte[] sharesHash) {
    Signing.verify(
        roster.publicKey(worker), signedBytes(worker, sessionId, sharesHash, words), signature);
  }

  private static byte[] signedBytes(
      String worker, byte[] sessionId, byte[] sharesHash, long[] words) {
    return Kdf.sha256(
        new WireWriter()
            .text("masked vector")
            .bytes(sessionId)
            .bytes(sharesHash)
            .text(worker)
            .longs(words)
            .toByteArray());
  }

  byte[] toBytes() {
    return new WireWriter()
        .text(worker)
        .bytes(signature)
        .integer(words.length)
        .longs(words)
        .toByteArray();
  }

  static MaskedVector parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    String worker = in.text();
    byte[] signature = in.bytes(Signing.SIGNATURE_LENGTH);
    long[] words = in.longs(in.integer());
    in.end();
    return new MaskedVector(worker, words, signature);
  }
}
