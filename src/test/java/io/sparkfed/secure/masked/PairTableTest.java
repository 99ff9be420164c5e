package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.WireWriter;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The oracle is a map that forgets nothing. */
class PairTableTest {

  @ParameterizedTest
  @ValueSource(ints = {4, 64, 1024})
  void find_randomUse_givesWhatWasPutLastOrNothing(int most) {
    Random random = new Random(most);
    PairTable table = new PairTable(most);
    Map<Integer, byte[]> all = new HashMap<>();
    for (int step = 0; step < 20_000; step++) {
      int number = random.nextInt(2 * most);
      byte[] found = table.find(key(number));
      if (found != null) {
        assertArrayEquals(all.get(number), found);
      }
      if (random.nextBoolean()) {
        byte[] value = new byte[Kdf.LENGTH];
        random.nextBytes(value);
        table.put(key(number), value);
        all.put(number, value);
        assertArrayEquals(value, table.find(key(number)));
      }
      assertTrue(table.size() <= table.places() && table.places() <= most);
    }
    assertTrue(table.size() > most / 2);
  }

  @Test
  void find_lessThanHalfOfWhatFits_findsNearlyEverythingAndTheArrayStaysSmall() {
    PairTable table = new PairTable(1 << 16);
    int count = 10_000;
    for (int number = 0; number < count; number++) {
      table.put(key(number), Kdf.sha256(key(number)));
    }

    int found = 0;
    for (int number = 0; number < count; number++) {
      byte[] value = table.find(key(number));
      if (value != null) {
        assertArrayEquals(Kdf.sha256(key(number)), value);
        found++;
      }
    }
    assertTrue(found > 0.97 * count, () -> "of " + count);
    assertTrue(table.places() <= 4 * count);
  }

  /** Walked round and round in more keys than fit, a list of the most recently used finds none. */
  @Test
  void find_cyclicWalkOverMoreThanFits_stillFindsSome() {
    int most = 1 << 12;
    PairTable table = new PairTable(most);
    int found = 0;
    int cycle = most * 9 / 8;
    for (int step = 0; step < 4 * cycle; step++) {
      byte[] key = key(step % cycle);
      if (table.find(key) == null) {
        table.put(key, key);
      } else {
        found++;
      }
    }
    assertTrue(found > cycle / 2);
    assertTrue(table.size() <= most);
  }

  @Test
  void find_nothingPut_isNothing() {
    PairTable table = new PairTable(4);
    assertNull(table.find(key(1)));
    assertEquals(0, table.size());
    assertThrows(IllegalArgumentException.class, () -> new PairTable(12));
  }

  private static byte[] key(int number) {
    return Kdf.sha256(new WireWriter().integer(number).toByteArray());
  }
}
