package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Shamir;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a holder sends in phase D: for each neighbor one share, of the self mask of those whose
 * vector is in the sum and of the mask key of those who dropped out; never both.
 *
 * @param holder the sender
 * @param shares share by the worker whose secret it is of
 * @param signature by the holder's identity
 */
record Reveal(String holder, SortedMap<String, byte[]> shares, byte[] signature) {

  static Reveal make(
      PartyKeys own, String holder, byte[] sumHash, SortedMap<String, byte[]> shares) {
    return new Reveal(holder, shares, own.sign(signedBytes(holder, sumHash, shares)));
  }

  void verify(Roster roster, byte[] sumHash) {
    Signing.verify(roster.publicKey(holder), signedBytes(holder, sumHash, shares), signature);
  }

  private static byte[] signedBytes(
      String holder, byte[] sumHash, SortedMap<String, byte[]> shares) {
    WireWriter out = new WireWriter().text("reveal").bytes(sumHash);
    writeBody(out, holder, shares);
    return Kdf.sha256(out.toByteArray());
  }

  private static void writeBody(WireWriter out, String holder, SortedMap<String, byte[]> shares) {
    out.text(holder).integer(shares.size());
    shares.forEach((owner, share) -> out.text(owner).bytes(share));
  }

  byte[] toBytes() {
    WireWriter out = new WireWriter();
    writeBody(out, holder, shares);
    return out.bytes(signature).toByteArray();
  }

  static Reveal parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    String holder = in.text();
    int count = in.count();
    SortedMap<String, byte[]> shares = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      String owner = in.text();
      if (!shares.isEmpty() && shares.lastKey().compareTo(owner) >= 0) {
        throw Malformed.unsorted();
      }
      shares.put(owner, in.bytes(Shamir.SHARE_LENGTH));
    }
    byte[] signature = in.bytes(Signing.SIGNATURE_LENGTH);
    in.end();
    return new Reveal(holder, shares, signature);
  }
}
