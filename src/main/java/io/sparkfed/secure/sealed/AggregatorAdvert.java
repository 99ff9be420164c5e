package io.sparkfed.secure.sealed;

import io.sparkfed.secure.crypto.Agreement;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.io.Serializable;

/**
 * An aggregator's public key of a run, signed.
 *
 * @param aggregator the aggregator's id
 * @param identity its Ed25519 public key
 * @param sealKey X25519 key that workers seal to
 * @param signature by the identity
 */
record AggregatorAdvert(String aggregator, byte[] identity, byte[] sealKey, byte[] signature)
    implements Serializable {

  /** Private key behind {@code sealKey}. */
  static byte[] sealSecret(PartyKeys own, byte[] runId) {
    return own.derive("aggregator-sk", runId);
  }

  /** Makes an aggregator's advert, at the aggregator. */
  static AggregatorAdvert make(PartyKeys own, String aggregator, byte[] runId) {
    byte[] sealKey = Agreement.publicKey(sealSecret(own, runId));
    return new AggregatorAdvert(
        aggregator,
        Signing.publicKey(own.identity()),
        sealKey,
        own.sign(signedBytes(aggregator, runId, sealKey)));
  }

  /**
   * Checks the signature, and the identity against the roster.
   *
   * @param roster null where there is none, and the identity must be taken as it is
   * @throws io.sparkfed.wire.ProtocolException if it isn't the aggregator's
   */
  void verify(Roster roster, byte[] runId) {
    byte[] key = roster == null ? identity : roster.publicKey(aggregator);
    Signing.verify(key, signedBytes(aggregator, runId, sealKey), signature);
  }

  private static byte[] signedBytes(String aggregator, byte[] runId, byte[] sealKey) {
    return new WireWriter()
        .text("aggregator")
        .text(aggregator)
        .bytes(runId)
        .bytes(sealKey)
        .toByteArray();
  }

  void write(WireWriter out) {
    out.text(aggregator).bytes(identity).bytes(sealKey).bytes(signature);
  }

  byte[] toBytes() {
    WireWriter out = new WireWriter();
    write(out);
    return out.toByteArray();
  }

  static AggregatorAdvert parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    AggregatorAdvert advert =
        new AggregatorAdvert(
            in.text(),
            in.bytes(Signing.KEY_LENGTH),
            in.bytes(Agreement.KEY_LENGTH),
            in.bytes(Signing.SIGNATURE_LENGTH));
    in.end();
    return advert;
  }
}
