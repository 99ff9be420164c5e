package io.sparkfed.math;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SeedsTest {

  /**
   * Frozen: a run must replay under later versions. Made with Python's hashlib:
   *
   * <pre>
   * part = lambda s: struct.pack('&gt;i', len(s.encode())) + s.encode()
   * text = struct.pack('&gt;q', seed) + part(purpose) + struct.pack('&gt;i', round) + part(worker)
   * struct.unpack('&gt;q', hashlib.sha256(text).digest()[:8])[0]
   * </pre>
   */
  @Test
  void derive_knownParts_givesTheValueOfAnotherSha256() {
    assertEquals(4044449546899295780L, Seeds.derive(42L, "local-training", 3, "bob"));
    assertEquals(-4121323950852272729L, Seeds.derive(-1L, "test-split", 0, "Z\u00fcrich"));
  }

  @Test
  void derive_anyPartChanged_givesAnotherSeed() {
    Set<Long> seen = new HashSet<>();
    for (long seed : new long[] {0L, 1L, -1L, 1L << 40}) {
      for (String purpose : List.of("", "sgd", "split")) {
        for (int round : new int[] {0, 1, 256, -1}) {
          for (String worker : List.of("", "alice", "bob", "1")) {
            seen.add(Seeds.derive(seed, purpose, round, worker));
          }
        }
      }
    }

    assertEquals(4 * 3 * 4 * 4, seen.size());
  }

  /** Without length prefixes these pairs would hash the same bytes. */
  @Test
  void derive_partsMovedOverTheirBorder_givesAnotherSeed() {
    Set<Long> seen = new HashSet<>();
    seen.add(Seeds.derive(1L, "ab", 0, "c"));
    seen.add(Seeds.derive(1L, "a", 0, "bc"));
    seen.add(Seeds.derive(1L, "a\0\0\0\0", 0, ""));
    seen.add(Seeds.derive(1L, "a", 0, "\0\0\0\0"));

    assertEquals(4, seen.size());
  }

  /** Neighboring rounds start streams that are uncorrelated. */
  @Test
  void derive_neighbouringRounds_giveUncorrelatedDraws() {
    int n = 20_000;
    double sum = 0.0;
    double previous = new SeededRandom(Seeds.derive(1L, "sgd", 0, "w")).nextDouble() - 0.5;
    for (int round = 1; round <= n; round++) {
      double next = new SeededRandom(Seeds.derive(1L, "sgd", round, "w")).nextDouble() - 0.5;
      sum += previous * next;
      previous = next;
    }

    // Under independence the correlation has standard error 1/sqrt(n) = 0.007.
    assertEquals(0.0, sum / n * 12.0, 0.028);
  }
}
