package io.sparkfed.data;

import java.io.Serializable;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Whose a row is: 128 bits of SHA-256 of an id, whatever its length. Nobody can make two ids that
 * share them. An id that can be guessed can be found from them, so they never leave the executors.
 *
 * @param high the first 64 bits
 * @param low those that follow
 */
record PersonId(long high, long low) implements Serializable {

  /** Returns what stands for an id: that of the very characters. */
  static PersonId of(String id) {
    ByteBuffer characters = ByteBuffer.allocate(Math.multiplyExact(id.length(), Character.BYTES));
    characters.asCharBuffer().put(id);
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
    digest.update(characters);
    ByteBuffer hash = ByteBuffer.wrap(digest.digest());
    return new PersonId(hash.getLong(), hash.getLong());
  }
}
