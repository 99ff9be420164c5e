package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.HeldRows;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * The rows that an owner answers about, as it remembers them.
 *
 * @param kind what was looked at of a row
 * @param all the same for the same rows, however they are divided: only then do the contents of
 *     rows tell which rows two parts share
 * @param train the training rows
 * @param test the test rows
 */
public record RowSets(String kind, long all, RowSketch train, RowSketch test) {
  /** Few workers with policies share a process. */
  private static final int MOST_KEPT = 64;

  private static final Kept[] KEPT = new Kept[MOST_KEPT];

  private record Kept(WeakReference<Object> identity, byte[] secret, RowSets sets) {}

  /**
   * Returns what is to be remembered of rows: found by one look at them, and kept while they are.
   *
   * @param secret of the owner: nobody else can tell from a sketch whether a row is in it
   */
  static RowSets of(HeldRows held, byte[] secret) {
    int at = Math.floorMod(System.identityHashCode(held.identity()), MOST_KEPT);
    synchronized (KEPT) {
      Kept known = KEPT[at];
      if (known != null
          && known.identity().get() == held.identity()
          && Arrays.equals(known.secret(), secret)) {
        return known.sets();
      }
    }
    List<long[]> hashes = held.hashes().get();
    long all = 0;
    for (long[] part : hashes) {
      long[] numbers = numbers(part, secret, false);
      all += Arrays.stream(numbers).sum();
    }
    RowSets sets =
        new RowSets(
            held.kind(),
            all,
            RowSketch.of(numbers(hashes.get(0), secret, true)),
            RowSketch.of(numbers(hashes.get(1), secret, true)));
    synchronized (KEPT) {
      KEPT[at] = new Kept(new WeakReference<>(held.identity()), secret, sets);
    }
    return sets;
  }

  /**
   * @param areCounted whether equal rows have a number each
   */
  private static long[] numbers(long[] hashes, byte[] secret, boolean areCounted) {
    long[] sorted = hashes.clone();
    Arrays.sort(sorted);
    MessageDigest digest = sha256();
    long[] numbers = new long[sorted.length];
    ByteBuffer row = ByteBuffer.allocate(Long.BYTES + Integer.BYTES);
    int count = 0;
    for (int i = 0; i < sorted.length; i++) {
      count = areCounted && i > 0 && sorted[i] == sorted[i - 1] ? count + 1 : 0;
      row.clear().putLong(sorted[i]).putInt(count);
      digest.update(secret);
      numbers[i] = ByteBuffer.wrap(digest.digest(row.array())).getLong();
    }
    return numbers;
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  boolean isSameAs(RowSets other) {
    return kind.equals(other.kind)
        && all == other.all
        && train.isSameAs(other.train)
        && test.isSameAs(other.test);
  }

  /**
   * Returns whether some rows differ from others by 1 to {@code least - 1} rows, or may: where
   * other columns were read, or other rows, contents of rows have nothing in common, and numbers of
   * rows that differ by so few say that the rows may, too.
   */
  boolean isNear(RowSets other, int least) {
    if (!kind.equals(other.kind)) {
      return false;
    }
    if (all != other.all
        && (areOfNearNumbers(train, other.train, least)
            || areOfNearNumbers(test, other.test, least))) {
      return true;
    }
    return Stream.of(train, test)
        .anyMatch(
            own ->
                Stream.of(other.train, other.test)
                    .anyMatch(
                        others ->
                            own.rows() > 0
                                && others.rows() > 0
                                && isOfFew(own.difference(others), least)));
  }

  private static boolean areOfNearNumbers(RowSketch own, RowSketch others, int least) {
    return own.rows() > 0
        && others.rows() > 0
        && isOfFew(Math.abs(own.rows() - others.rows()), least);
  }

  private static boolean isOfFew(int rows, int least) {
    return rows > 0 && rows < least;
  }

  /** Returns the canonical bytes. */
  byte[] toBytes() {
    WireWriter out = new WireWriter().text(kind).longInteger(all);
    train.write(out);
    test.write(out);
    return out.toByteArray();
  }

  /**
   * Reads them.
   *
   * @throws ProtocolException if the bytes are not those of rows
   */
  static RowSets parse(byte[] bytes) {
    WireReader in = new WireReader(bytes);
    RowSets read = new RowSets(in.text(), in.longInteger(), RowSketch.read(in), RowSketch.read(in));
    in.end();
    return read;
  }
}
