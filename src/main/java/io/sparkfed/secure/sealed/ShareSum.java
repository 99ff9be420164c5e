package io.sparkfed.secure.sealed;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.Signing;
import io.sparkfed.secure.keys.PartyKeys;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What leaves an aggregator: the sum of its shares of a set, or why there is none.
 *
 * @param aggregator the sender
 * @param outcome whether there is a sum
 * @param rule the rule of the aggregator's policy that a refused set broke, if it was one
 * @param accused the workers whose messages are why a set was refused, if they were
 * @param setHash hash of the set that was opened; empty without a sum
 * @param words the sum; empty without one
 * @param signature by the aggregator's identity; empty without a sum
 */
record ShareSum(
    String aggregator,
    Outcome outcome,
    Optional<OwnersRule> rule,
    List<String> accused,
    byte[] setHash,
    long[] words,
    byte[] signature) {
  private static final int NO_RULE = 0;

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
        aggregator,
        Outcome.OPENED,
        Optional.empty(),
        List.of(),
        setHash,
        sum,
        own.sign(signedBytes(aggregator, opening, sum)));
  }

  static ShareSum withoutKey(String aggregator) {
    return without(aggregator, Outcome.NO_KEY, Optional.empty(), List.of());
  }

  /** Returns the answer to a set that breaks a rule, maybe one of the aggregator's policy. */
  static ShareSum refused(String aggregator, Optional<OwnersRule> rule) {
    return without(aggregator, Outcome.REFUSED, rule, List.of());
  }

  /** Returns the answer to a set in which these workers' messages break a rule. */
  static ShareSum accusing(String aggregator, List<String> workers) {
    return without(aggregator, Outcome.REFUSED, Optional.empty(), workers);
  }

  private static ShareSum without(
      String aggregator, Outcome outcome, Optional<OwnersRule> rule, List<String> accused) {
    return new ShareSum(aggregator, outcome, rule, accused, new byte[0], new long[0], new byte[0]);
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
    WireWriter out =
        new WireWriter()
            .text(aggregator)
            .integer(outcome.code)
            .integer(rule.map(OwnersRule::code).orElse(NO_RULE))
            .integer(accused.size());
    accused.forEach(out::text);
    return out.bytes(setHash).integer(words.length).longs(words).bytes(signature).toByteArray();
  }

  static ShareSum parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    String aggregator = in.text();
    Outcome outcome = Outcome.of(in.integer());
    Optional<OwnersRule> rule = OwnersRule.of(in.integer());
    int count = in.count();
    List<String> accused = new ArrayList<>();
    for (int k = 0; k < count; k++) {
      accused.add(in.text());
    }
    byte[] setHash = in.bytes();
    long[] words = in.longs(in.integer());
    byte[] signature = in.bytes();
    in.end();
    return new ShareSum(aggregator, outcome, rule, accused, setHash, words, signature);
  }
}
