package io.sparkfed.federated;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Optional;

/**
 * A category's level as numbers that can be summed: which bucket it belongs to, and its text with a
 * checksum. All of it is public; the salt only spreads levels anew.
 *
 * <p>Layout of a code, {@value #LENGTH} whole numbers in [0, 2^16): the text's length in bytes; its
 * UTF-8 bytes two by two, zeros after them; 48 bits of {@code SHA-256(salt, column, text)}. With
 * factors n_k and one text at all workers, {@code sum_k n_k code / sum_k n_k} is the code; two
 * texts in one bucket give numbers that aren't whole, or not those of the checksum (by chance once
 * in 2^48).
 */
public final class LevelCode {
  private static final int TEXT_CHUNKS = 32;
  private static final int CHECK_CHUNKS = 3;
  private static final double CHUNK_END = 0x1p16;

  /** No number of a code exceeds it. */
  public static final double LARGEST = 0x1p16 - 1.0;

  /** Number of coordinates. */
  public static final int LENGTH = 1 + TEXT_CHUNKS + CHECK_CHUNKS;

  private LevelCode() {}

  /** Returns the bucket of a level, in [0, {@code buckets}). */
  public static int bucket(byte[] salt, String column, String level, int buckets) {
    long hash = ByteBuffer.wrap(digest(salt, column, level)).getLong();
    return (int) Long.remainderUnsigned(hash, buckets);
  }

  /** Adds {@code factor * code} to the {@value #LENGTH} coordinates from {@code at} on. */
  static void addTo(
      double[] sums, int at, byte[] salt, String column, String level, double factor) {
    char[] code = code(salt, column, level);
    for (int j = 0; j < LENGTH; j++) {
      sums[at + j] += factor * code[j];
    }
  }

  /**
   * Returns the one text behind a sum of codes; empty when there were several.
   *
   * @param factors sum of the factors, greater than 0
   */
  public static Optional<String> decode(
      double[] sums, int at, byte[] salt, String column, double factors) {
    char[] code = new char[LENGTH];
    for (int j = 0; j < LENGTH; j++) {
      double chunk = Math.rint(sums[at + j] / factors);
      if (!(chunk >= 0.0 && chunk < CHUNK_END && chunk * factors == sums[at + j])) {
        return Optional.empty();
      }
      code[j] = (char) chunk;
    }
    ByteBuffer bytes = ByteBuffer.allocate(2 * TEXT_CHUNKS);
    for (int j = 0; j < TEXT_CHUNKS; j++) {
      bytes.putChar(code[1 + j]);
    }
    if (code[0] > bytes.capacity()) {
      return Optional.empty();
    }
    try {
      String level =
          StandardCharsets.UTF_8.newDecoder().decode(bytes.flip().limit(code[0])).toString();
      return Arrays.equals(code, code(salt, column, level)) ? Optional.of(level) : Optional.empty();
    } catch (CharacterCodingException notText) {
      return Optional.empty();
    }
  }

  private static char[] code(byte[] salt, String column, String level) {
    byte[] text = level.getBytes(StandardCharsets.UTF_8);
    if (text.length > 2 * TEXT_CHUNKS) {
      throw new IllegalArgumentException("a level has at most " + 2 * TEXT_CHUNKS + " bytes");
    }
    char[] code = new char[LENGTH];
    code[0] = (char) text.length;
    ByteBuffer padded = ByteBuffer.wrap(Arrays.copyOf(text, 2 * TEXT_CHUNKS));
    for (int j = 0; j < TEXT_CHUNKS; j++) {
      code[1 + j] = padded.getChar();
    }
    ByteBuffer check = ByteBuffer.wrap(digest(salt, column, level)).position(Long.BYTES);
    for (int j = 0; j < CHECK_CHUNKS; j++) {
      code[1 + TEXT_CHUNKS + j] = check.getChar();
    }
    return code;
  }

  private static byte[] digest(byte[] salt, String column, String level) {
    try {
      MessageDigest sha = MessageDigest.getInstance("SHA-256");
      for (byte[] part :
          new byte[][] {
            salt, column.getBytes(StandardCharsets.UTF_8), level.getBytes(StandardCharsets.UTF_8)
          }) {
        sha.update(ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
        sha.update(part);
      }
      return sha.digest();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
