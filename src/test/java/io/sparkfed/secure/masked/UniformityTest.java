package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.PartyKeys;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Masked vectors of one worker look uniform whatever it masks; so does what is left of them when
 * the driver has taken off the self mask, and all pair masks but one, in single words and in whole
 * numbers of three. Seeds are fixed. A test of statistics can't show secrecy; that mutants fail it
 * shows that it sees something.
 */
class UniformityTest {
  private static final int SESSIONS = 600;
  private static final int SINGLES = 8;
  private static final int WIDTH = 3;
  private static final int WORDS = SINGLES + 8 * WIDTH;
  private static final Ring RING = new Ring(SINGLES, WIDTH);
  private static final double LEAST_P = 1e-6;

  /** What the driver receives, and what is left without one mask after the other. */
  private record Seen(
      List<long[]> masked,
      List<long[]> withoutSelfMask,
      List<long[]> withOnePairMask,
      List<long[]> bare) {}

  private static Seen zeros;
  private static Seen ones;
  private static Seen oneHot;

  @BeforeAll
  static void runSessions() {
    zeros = seen(new long[WORDS], 1L);
    ones = seen(allOnes(), 2L);
    oneHot = seen(hot(), 3L);
  }

  /** The largest whole numbers: anything added to them carries through all their words. */
  private static long[] allOnes() {
    long[] vector = new long[WORDS];
    Arrays.fill(vector, -1L);
    return vector;
  }

  private static long[] hot() {
    long[] vector = new long[WORDS];
    vector[WORDS / 2] = 1;
    return vector;
  }

  private static Seen seen(long[] vector, long seed) {
    Random random = new Random(seed);
    SortedMap<String, long[]> held = new TreeMap<>();
    List.of("a", "b", "c").forEach(worker -> held.put(worker, vector));
    Rehearsal frame = new Rehearsal(held, 2, seed);
    Owner owner = frame.owner("b");
    PartyKeys own = owner.keysOf(frame.runId);
    Seen seen =
        new Seen(new ArrayList<>(), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
    for (int s = 0; s < SESSIONS; s++) {
      Session session = frame.with(Rehearsal.bytes(random), 2, 2, 3, frame.cards());
      byte[] context =
          session.context(Cards.parse(session.cards()).hash(), owner.roster(), frame.askedHash());
      MaskedVector sent =
          MaskedVector.parse(frame.side("b", session).mask(vector, RING, Rehearsal.hash(1)));
      long[] rest = new long[WORDS];
      sent.addTo(rest, RING);
      seen.masked().add(rest.clone());
      byte[] selfSecret = own.derive("self", context, sent.commitment());
      new KeyStream(WorkerSide.selfMaskKey(selfSecret, context)).subtractFrom(rest, RING);
      seen.withoutSelfMask().add(rest.clone());
      new KeyStream(seed(frame, own, "a", context)).addTo(rest, RING);
      seen.withOnePairMask().add(rest.clone());
      new KeyStream(seed(frame, own, "c", context)).subtractFrom(rest, RING);
      seen.bare().add(rest);
    }
    return seen;
  }

  private static byte[] seed(Rehearsal frame, PartyKeys own, String peer, byte[] context) {
    byte[] pair =
        PairSecrets.of(
            Card.secret(own, frame.runId), frame.card("b"), frame.card(peer), frame.runId);
    return Kdf.prf(pair, "pair", context);
  }

  @Test
  void maskedVectors_anyInput_lookUniformAsLongAsOneMaskIsLeft() {
    for (Seen seen : List.of(zeros, ones, oneHot)) {
      for (List<long[]> vectors :
          List.of(seen.masked(), seen.withoutSelfMask(), seen.withOnePairMask())) {
        assertEquals("", flaws(vectors));
        for (int word = 0; word < WIDTH; word++) {
          assertEquals("", flaws(ofWholeNumbers(vectors, word)));
        }
      }
    }
  }

  /** So what was taken off were the masks, and all of them. */
  @Test
  void maskedVectors_withoutAllMasks_areTheVectors() {
    for (int s = 0; s < SESSIONS; s++) {
      assertArrayEquals(new long[WORDS], zeros.bare().get(s));
      assertArrayEquals(allOnes(), ones.bare().get(s));
      assertArrayEquals(hot(), oneHot.bare().get(s));
    }
    assertFalse(flaws(ones.bare()).isEmpty());
  }

  @Test
  void maskedVectors_differentInputs_areOfOneDistribution() {
    assertTrue(kolmogorovSmirnov(zeros.masked(), ones.masked()) > LEAST_P);
    assertTrue(kolmogorovSmirnov(zeros.masked(), oneHot.masked()) > LEAST_P);
    assertTrue(kolmogorovSmirnov(ones.masked(), oneHot.masked()) > LEAST_P);
    assertTrue(kolmogorovSmirnov(zeros.withOnePairMask(), ones.withOnePairMask()) > LEAST_P);
  }

  @Test
  void mutant_masksReusedAcrossSessions_isCaught() {
    long[] mask = zeros.masked().get(0);
    List<long[]> reused = new ArrayList<>();
    for (int s = 0; s < SESSIONS; s++) {
      reused.add(mask.clone());
    }

    assertFalse(flaws(reused).isEmpty());
  }

  /** Masks of 32 bits, widened with their sign: the upper halves are all zeros or all ones. */
  @Test
  void mutant_masksOf32Bits_isCaught() {
    assertFalse(flaws(mapped(word -> (int) word)).isEmpty());
    assertFalse(flaws(mapped(word -> word & 0xFFFFFFFFL)).isEmpty());
  }

  /** A signed remainder, as of nextInt() % bound, and masks that are never negative. */
  @Test
  void mutant_maskOfASmallerModulus_isCaught() {
    assertFalse(flaws(mapped(word -> word >>> 1)).isEmpty());
    assertFalse(flaws(mapped(word -> word % (3L << 61))).isEmpty());
  }

  /** A whole number under a mask of two words: its top word is bare but for a carry. */
  @Test
  void mutant_wholeNumbersMaskedBelowTheirTopWord_isCaught() {
    List<long[]> vectors = new ArrayList<>();
    for (long[] mask : zeros.masked()) {
      long[] vector = allOnes();
      long[] narrow = mask.clone();
      for (int top = SINGLES + WIDTH - 1; top < WORDS; top += WIDTH) {
        narrow[top] = 0;
      }
      RING.add(vector, narrow);
      vectors.add(vector);
    }

    assertEquals("", flaws(ofWholeNumbers(vectors, WIDTH - 2)));
    assertFalse(flaws(ofWholeNumbers(vectors, WIDTH - 1)).isEmpty());
    assertFalse(flaws(vectors).isEmpty());
  }

  /** A seed of 16 bits repeats within these sessions; one of 32 would take 65 000 of them. */
  @Test
  void mutant_streamFromAShortSeed_isCaught() {
    List<long[]> short16 = new ArrayList<>();
    Random random = new Random(4L);
    for (int s = 0; s < SESSIONS; s++) {
      byte[] key = new byte[32];
      int seed = random.nextInt(1 << 16);
      key[0] = (byte) seed;
      key[1] = (byte) (seed >> 8);
      long[] mask = new long[WORDS];
      new KeyStream(key).addTo(mask, RING);
      short16.add(mask);
    }

    assertTrue(flaws(short16).contains("a word comes twice"));
  }

  private interface Change {
    long of(long word);
  }

  private static List<long[]> mapped(Change change) {
    return zeros.masked().stream()
        .map(vector -> Arrays.stream(vector).map(change::of).toArray())
        .toList();
  }

  /** Returns one word of each whole number: 0 for the least significant. */
  private static List<long[]> ofWholeNumbers(List<long[]> vectors, int word) {
    return vectors.stream()
        .map(
            vector ->
                IntStream.iterate(SINGLES + word, at -> at < WORDS, at -> at + WIDTH)
                    .mapToLong(at -> vector[at])
                    .toArray())
        .toList();
  }

  /** Returns what is not as in uniform words; empty if nothing is. */
  private static String flaws(List<long[]> vectors) {
    long[] words = vectors.stream().flatMapToLong(Arrays::stream).toArray();
    StringBuilder flaws = new StringBuilder();
    for (int position = 0; position < 8; position++) {
      long[] observed = new long[256];
      for (long word : words) {
        observed[(int) (word >>> (8 * position)) & 0xFF]++;
      }
      double[] expected = new double[256];
      Arrays.fill(expected, words.length / 256.0);
      if (new ChiSquareTest().chiSquareTest(expected, observed) < LEAST_P) {
        flaws.append("byte ").append(position).append("; ");
      }
    }
    for (int bit = 0; bit < 64; bit++) {
      int at = bit;
      long set = Arrays.stream(words).filter(word -> (word >>> at & 1) == 1).count();
      // 5.5 standard deviations: 64 bits, p = 4e-8 each.
      if (Math.abs(set - words.length / 2.0) > 5.5 * Math.sqrt(words.length) / 2) {
        flaws.append("bit ").append(bit).append("; ");
      }
    }
    double correlation = 0;
    for (int i = 1; i < words.length; i++) {
      correlation += 12 * (unit(words[i - 1]) - 0.5) * (unit(words[i]) - 0.5);
    }
    if (Math.abs(correlation) > 5 * Math.sqrt(words.length)) {
      flaws.append("neighboring words are correlated; ");
    }
    Set<Long> distinct = new HashSet<>();
    for (long word : words) {
      if (!distinct.add(word)) {
        flaws.append("a word comes twice");
        break;
      }
    }
    return flaws.toString();
  }

  private static double kolmogorovSmirnov(List<long[]> one, List<long[]> other) {
    return new KolmogorovSmirnovTest().kolmogorovSmirnovTest(units(one), units(other));
  }

  private static double[] units(List<long[]> vectors) {
    return vectors.stream()
        .flatMapToLong(Arrays::stream)
        .mapToDouble(UniformityTest::unit)
        .toArray();
  }

  /** Returns the word, without its lowest bits, as a number in [0, 1). */
  private static double unit(long word) {
    return (word >>> 11) * 0x1p-53;
  }
}
