package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.secure.keys.Owner;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.apache.commons.math3.stat.inference.ChiSquareTest;
import org.apache.commons.math3.stat.inference.KolmogorovSmirnovTest;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Masked vectors of one worker look uniform whatever it masks; so does what is left of them when
 * the driver has taken the self mask off, which a missing pair mask would show. Seeds are fixed. A
 * test of statistics can't show secrecy; that mutants fail it shows that it sees something.
 */
class UniformityTest {
  private static final int SESSIONS = 700;
  private static final int WORDS = 32;
  private static final double LEAST_P = 1e-6;

  /** What the driver receives, and what is left without the self mask. */
  private record Seen(List<long[]> masked, List<long[]> withoutSelfMask) {}

  private static Seen zeros;
  private static Seen largest;
  private static Seen oneHot;

  @BeforeAll
  static void runSessions() {
    long[] max = new long[WORDS];
    Arrays.fill(max, Long.MAX_VALUE);
    long[] hot = new long[WORDS];
    hot[WORDS / 2] = 1;
    zeros = seen(new long[WORDS], 1L);
    largest = seen(max, 2L);
    oneHot = seen(hot, 3L);
  }

  private static Seen seen(long[] vector, long seed) {
    Random random = new Random(seed);
    SortedMap<String, long[]> held = new TreeMap<>();
    List.of("a", "b", "c").forEach(worker -> held.put(worker, vector));
    Rehearsal frame = new Rehearsal(held, 2, seed);
    Owner own = frame.owner("b");
    byte[] model = Rehearsal.hash(0);
    Seen seen = new Seen(new ArrayList<>(), new ArrayList<>());
    for (int s = 0; s < SESSIONS; s++) {
      Session session =
          new Session(frame.runId, Rehearsal.bytes(random), 1, 1, 0, 2, 3, frame.session.adverts());
      WorkerSide side = new WorkerSide(own, "b", session, model);
      byte[] commitment = side.commit(vector).commitment();
      SortedMap<String, byte[]> commitments = new TreeMap<>();
      held.keySet().forEach(worker -> commitments.put(worker, commitment));
      Pins pins = new Pins(commitments, Rehearsal.bytes(random));
      long[] masked = new long[WORDS];
      side.mask(vector, pins).addTo(masked);
      seen.masked().add(masked);
      byte[] context = session.context(own.roster(), model);
      byte[] secret = own.keys().derive("self", context, commitment);
      long[] rest = masked.clone();
      new KeyStream(WorkerSide.selfMaskKey(secret, context, pins)).subtractFrom(rest);
      seen.withoutSelfMask().add(rest);
    }
    return seen;
  }

  @Test
  void maskedVectors_anyInput_lookUniform() {
    for (Seen seen : List.of(zeros, largest, oneHot)) {
      assertEquals("", flaws(seen.masked()));
      assertEquals("", flaws(seen.withoutSelfMask()));
    }
  }

  @Test
  void maskedVectors_differentInputs_areOfOneDistribution() {
    assertTrue(kolmogorovSmirnov(zeros.masked(), largest.masked()) > LEAST_P);
    assertTrue(kolmogorovSmirnov(zeros.masked(), oneHot.masked()) > LEAST_P);
    assertTrue(kolmogorovSmirnov(largest.masked(), oneHot.masked()) > LEAST_P);
    assertTrue(kolmogorovSmirnov(zeros.withoutSelfMask(), largest.withoutSelfMask()) > LEAST_P);
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

  /** Without pair masks the driver reads the vector once it has the self mask. */
  @Test
  void mutant_missingPairMasks_isCaught() {
    List<long[]> rest = new ArrayList<>();
    for (int s = 0; s < SESSIONS; s++) {
      rest.add(new long[WORDS]);
    }

    assertFalse(flaws(rest).isEmpty());
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
      new KeyStream(key).addTo(mask);
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
      long ones = Arrays.stream(words).filter(word -> (word >>> at & 1) == 1).count();
      // 5.5 standard deviations: 64 bits, p = 4e-8 each.
      if (Math.abs(ones - words.length / 2.0) > 5.5 * Math.sqrt(words.length) / 2) {
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

  private static double unit(long word) {
    return (word >>> 11) * 0x1p-53;
  }
}
