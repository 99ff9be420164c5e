package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A table of 32-byte values by 32-byte keys that never holds more than so many and takes 64 bytes
 * for each, in one array that grows with them.
 *
 * <p>A key's bucket has four places, of which the newest value takes the first and the oldest gives
 * up the last. So what goes round in a few more values than fit loses a part of them, where a list
 * of the least recently used would lose all. Not thread-safe.
 */
final class PairTable {
  private static final int PLACES = 4;
  private static final int WORDS = Kdf.LENGTH / Long.BYTES;
  private static final int ENTRY = 2 * WORDS;
  private static final int BUCKET = PLACES * ENTRY;

  private final int most;
  private long[] table = new long[BUCKET];
  private int held;

  /**
   * Creates an empty table.
   *
   * @param most bound of the number of values: a power of two, at least 4
   * @throws IllegalArgumentException if it is another number
   */
  PairTable(int most) {
    if (most < PLACES || Integer.bitCount(most) != 1) {
      throw new IllegalArgumentException(
          "a table must have room for a power of two of values, at least 4. Provided: " + most);
    }
    this.most = most;
  }

  /** Returns a copy of the value that was put last under a key; null if it is not here any more. */
  byte[] find(byte[] key) {
    int at = place(words(key));
    return at < 0 ? null : bytes(at + WORDS);
  }

  /** Puts a value under a key: the hash of something, so that keys spread over the table. */
  void put(byte[] key, byte[] value) {
    long[] words = words(key);
    int at = place(words);
    if (at < 0) {
      if (3 * held >= places() && places() < most) {
        grow();
      }
      at = makeRoom(words);
      System.arraycopy(words, 0, table, at, WORDS);
    }
    System.arraycopy(words(value), 0, table, at + WORDS, WORDS);
  }

  /** Forgets all values. */
  void clear() {
    table = new long[BUCKET];
    held = 0;
  }

  /** Returns how many values are here. */
  int size() {
    return held;
  }

  /** Returns how many values the array has places for. */
  int places() {
    return table.length / ENTRY;
  }

  private void grow() {
    long[] old = table;
    table = new long[2 * old.length];
    held = 0;
    for (int from = old.length - ENTRY; from >= 0; from -= ENTRY) {
      if (!isFree(old, from)) {
        long[] key = Arrays.copyOfRange(old, from, from + WORDS);
        System.arraycopy(old, from, table, makeRoom(key), ENTRY);
      }
    }
  }

  /** Frees the first place of a key's bucket, and returns where it is. */
  private int makeRoom(long[] key) {
    int bucket = bucket(key);
    if (isFree(table, bucket + BUCKET - ENTRY)) {
      held++;
    }
    System.arraycopy(table, bucket, table, bucket + ENTRY, BUCKET - ENTRY);
    return bucket;
  }

  private int place(long[] key) {
    int bucket = bucket(key);
    for (int at = bucket; at < bucket + BUCKET; at += ENTRY) {
      if (Arrays.equals(key, 0, WORDS, table, at, at + WORDS)) {
        return at;
      }
    }
    return -1;
  }

  private int bucket(long[] key) {
    return (int) (key[0] & (table.length / BUCKET - 1)) * BUCKET;
  }

  /** No key is zero: nobody finds a hash that is. */
  private static boolean isFree(long[] table, int at) {
    return (table[at] | table[at + 1] | table[at + 2] | table[at + 3]) == 0;
  }

  private byte[] bytes(int at) {
    byte[] out = new byte[Kdf.LENGTH];
    ByteBuffer.wrap(out).asLongBuffer().put(table, at, WORDS);
    return out;
  }

  private static long[] words(byte[] bytes) {
    long[] words = new long[WORDS];
    ByteBuffer.wrap(bytes).asLongBuffer().get(words);
    return words;
  }
}
