package io.sparkfed.secure.sealed;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;

/**
 * What leaves an aggregator: the sum of its shares of a set, or why there is none.
 *
 * @param aggregator the sender
 * @param outcome whether there is a sum
 * @param setHash hash of the set that was opened; empty without a sum
 * @param words the sum; empty without one
 * @param signature by the aggregator's identity; empty without a sum
 */
record ShareSum(
    String aggregator, Outcome outcome, byte[] setHash, long[] words, byte[] signature) {

  /** Whether there is a sum. */
  enum Outcome {
    OPENED(0),
    /** The keys of the advert are not here; others may be advertised. */
    NO_KEY(1),
    /** A rule was broken; which one is in the aggregator's own log. */
    REFUSED(2);

    private final int code;

    Outcome(int code) {
      this.code = code;
    }

    private static Outcome of(int code) {
      return Arrays.stream(values())
          .filter(outcome -> outcome.code == code)
          .findFirst()
          .orElseThrow(
              () -> new ProtocolException("an aggregator must say whether there is a sum"));
    }
  }

  static ShareSum of(PartyKeys own, String aggregator, byte[] opening, byte[] setHash, long[] sum) {
    return new ShareSum(
        aggregator, Outcome.OPENED, setHash, sum, own.sign(signedBytes(aggregator, opening, sum)));
  }

  static ShareSum without(String aggregator, Outcome outcome) {
    return new ShareSum(aggregator, outcome, new byte[0], new long[0], new byte[0]);
  }

  /**
   * Checks that this is the advertised aggregator's sum of exactly this set.
   *
   * @throws ProtocolException if it isn't
   */
  void verify(AggregatorAdvert advert, byte[] opening, byte[] expectedSet) {
    if (!Arrays.equals(setHash, expectedSet)) {
      throw new ProtocolException("aggregators must open the set that was pinned");
    }
    Signing.verify(advert.identity(), signedBytes(aggregator, opening, words), signature);
  }

  private static byte[] signedBytes(String aggregator, byte[] opening, long[] words) {
    return Kdf.sha256(
        new WireWriter()
            .text("share sum")
            .text(aggregator)
            .bytes(opening)
            .longs(words)
            .toByteArray());
  }

  byte[] toBytes() {
    return new WireWriter()
        .text(aggregator)
        .integer(outcome.code)
        .bytes(setHash)
        .integer(words.length)
        .longs(words)
        .bytes(signature)
        .toByteArray();
  }

  static ShareSum parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    String aggregator = in.text();
    Outcome outcome = Outcome.of(in.integer());
    byte[] setHash = in.bytes();
    long[] words = in.longs(in.integer());
    byte[] signature = in.bytes();
    in.end();
    return new ShareSum(aggregator, outcome, setHash, words, signature);
  }
}
