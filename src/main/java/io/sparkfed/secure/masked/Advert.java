package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;

/**
 * A worker's public keys for one slot, signed. A slot serves one session, since the key of its
 * masks is revealed if the worker drops out. What shares are encrypted to is the same in all slots
 * of a run: it is never revealed, and each ciphertext has a key of its own, bound to the session.
 *
 * @param worker the worker's id
 * @param slot number of the slot within the run
 * @param maskKey X25519 key that pairwise masks are agreed with
 * @param shareKey X25519 key that shares are encrypted to
 * @param signature by the worker's identity
 */
record Advert(String worker, int slot, byte[] maskKey, byte[] shareKey, byte[] signature)
    implements Serializable {

  /** Private key behind {@code maskKey}. */
  static byte[] maskSecret(PartyKeys own, byte[] runId, int slot) {
    return own.derive("mask-sk", slotContext(runId, slot));
  }

  /** Private key behind {@code shareKey}. */
  static byte[] shareSecret(PartyKeys own, byte[] runId) {
    return own.derive("share-sk", new WireWriter().bytes(runId).toByteArray());
  }

  private static byte[] slotContext(byte[] runId, int slot) {
    return new WireWriter().bytes(runId).integer(slot).toByteArray();
  }

  /** Makes a worker's advert, at the worker. */
  static Advert make(PartyKeys own, String worker, byte[] runId, int slot) {
    return make(own, worker, runId, slot, 1).get(0);
  }

  /** Makes a worker's adverts for the slots from {@code first} on, at the worker. */
  static List<Advert> make(PartyKeys own, String worker, byte[] runId, int first, int slots) {
    byte[] share = Agreement.publicKey(shareSecret(own, runId));
    Signing.Signer signer = new Signing.Signer(own.identity());
    List<Advert> adverts = new ArrayList<>(slots);
    for (int slot = first; slot < first + slots; slot++) {
      byte[] mask = Agreement.publicKey(maskSecret(own, runId, slot));
      byte[] signature = signer.sign(signedBytes(worker, runId, slot, mask, share));
      adverts.add(new Advert(worker, slot, mask, share, signature));
    }
    return adverts;
  }

  /**
   * Checks the signature against the roster.
   *
   * @throws io.sparkfed.wire.ProtocolException if it isn't the worker's
   */
  void verify(Roster roster, byte[] runId) {
    Signing.verify(
        roster.publicKey(worker), signedBytes(worker, runId, slot, maskKey, shareKey), signature);
  }

  private static byte[] signedBytes(
      String worker, byte[] runId, int slot, byte[] maskKey, byte[] shareKey) {
    return new WireWriter()
        .text("advert")
        .text(worker)
        .bytes(runId)
        .integer(slot)
        .bytes(maskKey)
        .bytes(shareKey)
        .toByteArray();
  }

  void write(WireWriter out) {
    out.text(worker).integer(slot).bytes(maskKey).bytes(shareKey).bytes(signature);
  }

  static Advert read(WireReader in) {
    return new Advert(
        in.text(),
        in.integer(),
        in.bytes(Agreement.KEY_LENGTH),
        in.bytes(Agreement.KEY_LENGTH),
        in.bytes(Signing.SIGNATURE_LENGTH));
  }
}
