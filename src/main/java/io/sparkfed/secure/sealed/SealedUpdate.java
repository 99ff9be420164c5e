package io.sparkfed.secure.sealed;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.ArrayList;
import java.util.List;

/**
 * What a worker sends: its vector in shares that only the aggregators can open. The constructor is
 * closed to this package.
 */
public final class SealedUpdate {
  private final String worker;
  private final byte[] identity;
  private final byte[] modelHash;
  private final byte[] subject;
  private final int words;
  private final List<byte[]> keys;
  private final byte[] body;
  private final byte[] signature;

  private SealedUpdate(
      String worker,
      byte[] identity,
      byte[] modelHash,
      byte[] subject,
      int words,
      List<byte[]> keys,
      byte[] body,
      byte[] signature) {
    this.worker = worker;
    this.identity = identity;
    this.modelHash = modelHash;
    this.subject = subject;
    this.words = words;
    this.keys = keys;
    this.body = body;
    this.signature = signature;
  }

  /**
   * Signs a sealed vector.
   *
   * @param subject hash of what the vector answers
   * @param words length of the vector
   * @param keys the share's key, sealed to each aggregator in their order
   * @param body the first aggregator's share under its key
   */
  static SealedUpdate make(
      PartyKeys own,
      String worker,
      byte[] sessionId,
      byte[] modelHash,
      byte[] subject,
      int words,
      List<byte[]> keys,
      byte[] body) {
    byte[] identity = Signing.publicKey(own.identity());
    byte[] content = content(worker, identity, modelHash, subject, words, keys, body);
    return new SealedUpdate(
        worker,
        identity,
        modelHash,
        subject,
        words,
        keys,
        body,
        own.sign(signedBytes(sessionId, content)));
  }

  String worker() {
    return worker;
  }

  byte[] modelHash() {
    return modelHash;
  }

  /** Returns the hash of what the vector answers, whatever grid it is on. */
  byte[] subject() {
    return subject;
  }

  int words() {
    return words;
  }

  /** Returns the sealed keys, one for each aggregator. */
  List<byte[]> keys() {
    return keys;
  }

  byte[] body() {
    return body;
  }

  /**
   * Checks the signature, and the identity against the roster.
   *
   * @param roster null where there is none, and the identity must be taken as it is
   * @throws ProtocolException if it isn't the worker's
   */
  void verify(Roster roster, byte[] sessionId) {
    byte[] key = roster == null ? identity : roster.publicKey(worker);
    byte[] content = content(worker, identity, modelHash, subject, words, keys, body);
    Signing.verify(key, signedBytes(sessionId, content), signature);
  }

  private static byte[] signedBytes(byte[] sessionId, byte[] content) {
    return Kdf.sha256(
        new WireWriter().text("sealed update").bytes(sessionId).bytes(content).toByteArray());
  }

  private static byte[] content(
      String worker,
      byte[] identity,
      byte[] modelHash,
      byte[] subject,
      int words,
      List<byte[]> keys,
      byte[] body) {
    WireWriter out =
        new WireWriter()
            .text(worker)
            .bytes(identity)
            .bytes(modelHash)
            .bytes(subject)
            .integer(words)
            .integer(keys.size());
    keys.forEach(out::bytes);
    return out.bytes(body).toByteArray();
  }

  byte[] toBytes() {
    return new WireWriter()
        .bytes(content(worker, identity, modelHash, subject, words, keys, body))
        .bytes(signature)
        .toByteArray();
  }

  static SealedUpdate parse(byte[] bytes) {
    WireReader outer = new WireReader(bytes);
    WireReader in = new WireReader(outer.bytes());
    byte[] signature = outer.bytes(Signing.SIGNATURE_LENGTH);
    outer.end();
    String worker = in.text();
    byte[] identity = in.bytes(Signing.KEY_LENGTH);
    byte[] modelHash = in.bytes(Kdf.LENGTH);
    byte[] subject = in.bytes(Kdf.LENGTH);
    int words = in.count();
    int count = in.count();
    List<byte[]> keys = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      keys.add(in.bytes());
    }
    byte[] body = in.bytes();
    in.end();
    if (words > body.length / Long.BYTES) {
      throw new ProtocolException("a sealed vector must have as many words as it says");
    }
    return new SealedUpdate(worker, identity, modelHash, subject, words, keys, body, signature);
  }
}
