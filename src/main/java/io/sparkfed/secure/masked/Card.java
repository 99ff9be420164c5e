package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;

/**
 * A worker's public key of a run, signed: what it and each other worker agree on a secret with.
 *
 * @param worker the worker's id
 * @param identity its Ed25519 public key
 * @param key X25519 public key
 * @param signature by the identity
 */
record Card(String worker, byte[] identity, byte[] key, byte[] signature) {

  /** Private key behind {@code key}. */
  static byte[] secret(PartyKeys ofRun, byte[] runId) {
    return ofRun.derive("agreement", runId);
  }

  /** Makes a worker's card, at the worker. */
  static Card make(PartyKeys ofRun, String worker, byte[] runId) {
    byte[] key = Agreement.publicKey(secret(ofRun, runId));
    return new Card(
        worker,
        Signing.publicKey(ofRun.identity()),
        key,
        ofRun.sign(signedBytes(worker, runId, key)));
  }

  /**
   * Checks the signature, and the identity against the roster.
   *
   * @param roster null where there is none, and the identity must be taken as it is
   * @throws ProtocolException if it isn't the worker's
   */
  void verify(Roster roster, byte[] runId) {
    if (roster != null && !Arrays.equals(roster.publicKey(worker), identity)) {
      throw new ProtocolException("a card must be of the roster's key");
    }
    Signing.verify(identity, signedBytes(worker, runId, key), signature);
  }

  private static byte[] signedBytes(String worker, byte[] runId, byte[] key) {
    return new WireWriter().text("card").text(worker).bytes(runId).bytes(key).toByteArray();
  }

  void write(WireWriter out) {
    out.text(worker).bytes(identity).bytes(key).bytes(signature);
  }

  byte[] toBytes() {
    WireWriter out = new WireWriter();
    write(out);
    return out.toByteArray();
  }

  static Card read(WireReader in) {
    return new Card(
        in.text(),
        in.bytes(Signing.KEY_LENGTH),
        in.bytes(Agreement.KEY_LENGTH),
        in.bytes(Signing.SIGNATURE_LENGTH));
  }

  static Card parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    Card card = read(in);
    in.end();
    return card;
  }
}
