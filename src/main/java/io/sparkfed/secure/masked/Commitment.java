package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a worker sends in phase B: a keyed commitment to its vector, and the shares of its secrets
 * encrypted to their holders.
 *
 * @param worker the sender
 * @param commitment HMAC of the vector, 32 bytes: only the worker can check it
 * @param sealedShares ciphertext by holder
 * @param signature by the worker's identity
 */
record Commitment(
    String worker, byte[] commitment, SortedMap<String, byte[]> sealedShares, byte[] signature) {

  static Commitment make(
      PartyKeys own,
      String worker,
      byte[] sessionId,
      byte[] commitment,
      SortedMap<String, byte[]> sealedShares) {
    byte[] signature = own.sign(signedBytes(worker, sessionId, commitment, sealedShares));
    return new Commitment(worker, commitment, sealedShares, signature);
  }

  void verify(Roster roster, byte[] sessionId) {
    Signing.verify(
        roster.publicKey(worker),
        signedBytes(worker, sessionId, commitment, sealedShares),
        signature);
  }

  private static byte[] signedBytes(
      String worker, byte[] sessionId, byte[] commitment, SortedMap<String, byte[]> sealedShares) {
    WireWriter out = new WireWriter().text("commitment").bytes(sessionId);
    writeBody(out, worker, commitment, sealedShares);
    return Kdf.sha256(out.toByteArray());
  }

  private static void writeBody(
      WireWriter out, String worker, byte[] commitment, SortedMap<String, byte[]> sealedShares) {
    out.text(worker).bytes(commitment).integer(sealedShares.size());
    sealedShares.forEach((holder, ciphertext) -> out.text(holder).bytes(ciphertext));
  }

  byte[] toBytes() {
    WireWriter out = new WireWriter();
    writeBody(out, worker, commitment, sealedShares);
    return out.bytes(signature).toByteArray();
  }

  static Commitment parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    String worker = in.text();
    byte[] commitment = in.bytes(Kdf.LENGTH);
    int count = in.count();
    SortedMap<String, byte[]> ciphertexts = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      String holder = in.text();
      if (!ciphertexts.isEmpty() && ciphertexts.lastKey().compareTo(holder) >= 0) {
        throw Malformed.unsorted();
      }
      ciphertexts.put(holder, in.bytes());
    }
    byte[] signature = in.bytes(Signing.SIGNATURE_LENGTH);
    in.end();
    return new Commitment(worker, commitment, ciphertexts, signature);
  }
}
