package io.sparkfed.secure.masked;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A worker's vector under its masks, and what its neighbors need to take them off the sum: what a
 * worker sends in the first phase, and the only form in which a vector leaves it. The constructor
 * is closed to this package.
 */
public final class MaskedVector {
  private final String worker;
  private final byte[] commitment;
  private final Map<String, Pledge> pledges;
  private final byte[] ownShareHash;
  private final long[] words;
  private final byte[] signature;

  /**
   * What a worker gives to, and promises of, a neighbor.
   *
   * @param sealedShare the neighbor's share of the worker's self mask, sealed to it
   * @param shareHash hash of that share, so that a wrong one has a name
   * @param seedHash hash of the seed of the pair's mask, which the worker reveals if the neighbor
   *     is missing
   */
  record Pledge(byte[] sealedShare, byte[] shareHash, byte[] seedHash) {}

  private MaskedVector(
      String worker,
      byte[] commitment,
      Map<String, Pledge> pledges,
      byte[] ownShareHash,
      long[] words,
      byte[] signature) {
    this.worker = worker;
    this.commitment = commitment;
    this.pledges = pledges;
    this.ownShareHash = ownShareHash;
    this.words = words;
    this.signature = signature;
  }

  /**
   * Signs words that all masks have been added to, and returns the message.
   *
   * @param roster null where nobody could check a signature
   * @param pledges by neighbor, in ascending order
   * @param ownShareHash hash of the share that the worker keeps itself
   */
  static byte[] make(
      PartyKeys own,
      Roster roster,
      String worker,
      byte[] context,
      byte[] commitment,
      Map<String, Pledge> pledges,
      byte[] ownShareHash,
      long[] masked) {
    byte[] body = body(worker, commitment, pledges, ownShareHash, masked);
    byte[] signature = roster == null ? new byte[0] : own.sign(signedBytes(context, body));
    return new WireWriter().bytes(body).bytes(signature).toByteArray();
  }

  String worker() {
    return worker;
  }

  /** Returns the keyed hash of the vector, 32 bytes: only the worker can check it. */
  byte[] commitment() {
    return commitment;
  }

  /** Returns what it gives to and promises of its neighbors, in ascending order. */
  Map<String, Pledge> pledges() {
    return pledges;
  }

  /** Returns the hash of the share of this worker's self mask that a holder has. */
  byte[] shareHash(String holder) {
    return holder.equals(worker) ? ownShareHash : pledges.get(holder).shareHash();
  }

  int length() {
    return words.length;
  }

  void addTo(long[] sum, Ring ring) {
    ring.add(sum, words);
  }

  /**
   * Checks the signature, where there is a roster to check it by.
   *
   * @param message what this was read from
   * @throws ProtocolException if it isn't the worker's
   */
  void verify(Roster roster, byte[] context, byte[] message) {
    if (roster != null) {
      byte[] body = new WireReader(message).bytes();
      Signing.verify(roster.publicKey(worker), signedBytes(context, body), signature);
    }
  }

  private static byte[] signedBytes(byte[] context, byte[] body) {
    return new WireWriter()
        .text("masked vector")
        .bytes(context)
        .bytes(Kdf.sha256(body))
        .toByteArray();
  }

  private static byte[] body(
      String worker,
      byte[] commitment,
      Map<String, Pledge> pledges,
      byte[] ownShareHash,
      long[] words) {
    WireWriter out = new WireWriter().text(worker).bytes(commitment).bytes(ownShareHash);
    out.integer(pledges.size());
    pledges.forEach(
        (neighbour, pledge) ->
            out.text(neighbour)
                .bytes(pledge.sealedShare())
                .bytes(pledge.shareHash())
                .bytes(pledge.seedHash()));
    return out.longs(words).toByteArray();
  }

  static MaskedVector parse(byte[] bytes) {
    WireReader outer = new WireReader(bytes);
    WireReader in = new WireReader(outer.bytes());
    byte[] signature = outer.bytes();
    outer.end();
    String worker = in.text();
    byte[] commitment = in.bytes(Kdf.LENGTH);
    byte[] ownShareHash = in.bytes(Kdf.LENGTH);
    int count = in.count(4 * Integer.BYTES);
    Map<String, Pledge> pledges = new LinkedHashMap<>();
    String last = null;
    for (int k = 0; k < count; k++) {
      String neighbour = in.text();
      if (last != null && last.compareTo(neighbour) >= 0) {
        throw new ProtocolException("entries must be sorted and none may come twice");
      }
      pledges.put(neighbour, new Pledge(in.bytes(), in.bytes(Kdf.LENGTH), in.bytes(Kdf.LENGTH)));
      last = neighbour;
    }
    long[] words = in.longs();
    in.end();
    return new MaskedVector(worker, commitment, pledges, ownShareHash, words, signature);
  }
}
