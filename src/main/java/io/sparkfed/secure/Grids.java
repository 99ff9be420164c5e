package io.sparkfed.secure;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Layout.Kind;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The public grids that the numbers behind the scaled ones are rounded to, in runs. The sum of one
 * worker's number and much larger ones shows, below the last place of these, that worker's digits
 * alone; so a grid is at least as coarse as the last place of the largest. What a run doesn't cover
 * is on the finest grid.
 *
 * @param lengths how many numbers each run has
 * @param exponents e for each run: its numbers become multiples of 2^e; {@link #OPEN} where it must
 *     be found first how large they are
 */
record Grids(int[] lengths, int[] exponents) {
  /** Numbers of no run at all. */
  static final Grids FINEST = new Grids(new int[0], new int[0]);

  /** Not known yet. */
  static final int OPEN = Integer.MAX_VALUE;

  /** Of the finest grid. */
  static final int LEAST = -184;

  /** Of numbers that something is known of: the last place of a double below 2^t is 2^(t - 53). */
  private static final int MANTISSA_BITS = 53;

  /** Finding a grid for each of more numbers would cost more than their sum. */
  private static final int MOST_ALONE = 4096;

  /** How large the numbers of a run are that are all 0. */
  static final int NOTHING = Integer.MIN_VALUE;

  /**
   * @throws IllegalArgumentException if there is not one exponent for each length
   */
  Grids {
    if (lengths.length != exponents.length) {
      throw new IllegalArgumentException("each run of numbers must have a grid");
    }
  }

  /** Returns what is known of vectors before the first. */
  static Grids of(Layout layout) {
    int[] lengths = runs(layout).mapToInt(part -> isAlone(part) ? 1 : part.length()).toArray();
    int[] exponents =
        runs(layout)
            .mapToInt(part -> part.kind() == Kind.WHOLE ? 0 : isLong(part) ? LEAST : OPEN)
            .toArray();
    return new Grids(lengths, exponents);
  }

  /** Returns the part of each run. */
  private static Stream<Layout.Part> runs(Layout layout) {
    return layout.parts().stream()
        .filter(part -> part.kind() != Kind.SCALED && part.length() > 0)
        .flatMap(
            part -> IntStream.range(0, isAlone(part) ? part.length() : 1).mapToObj(run -> part));
  }

  private static boolean isAlone(Layout.Part part) {
    return part.kind() == Kind.EXACT && !isLong(part);
  }

  private static boolean isLong(Layout.Part part) {
    return part.kind() == Kind.EXACT && part.length() > MOST_ALONE;
  }

  /** Returns how many runs are open. */
  int open() {
    return (int) Arrays.stream(exponents).filter(e -> e == OPEN).count();
  }

  /**
   * Returns the grids of what was found. Of zeros nobody knows how large they will be; they are
   * taken to be as large as others of their part.
   *
   * @param tops t for each open run: its numbers are below 2^t, or {@link #NOTHING}
   */
  Grids found(Layout layout, int[] tops) {
    Layout.Part[] parts = runs(layout).toArray(Layout.Part[]::new);
    int[] found = exponents.clone();
    int at = 0;
    for (int run = 0; run < found.length; run++) {
      if (exponents[run] == OPEN) {
        found[run] = tops[at++];
      }
    }
    Map<String, Integer> largest = new HashMap<>();
    for (int run = 0; run < found.length; run++) {
      largest.merge(parts[run].name(), found[run], Math::max);
    }
    for (int run = 0; run < found.length; run++) {
      if (exponents[run] == OPEN) {
        int top = found[run] == NOTHING ? largest.get(parts[run].name()) : found[run];
        found[run] = top == NOTHING ? LEAST : Math.max(LEAST, top - MANTISSA_BITS);
      }
    }
    return new Grids(lengths, found);
  }

  /** Returns the grid of each of so many numbers. */
  int[] each(int count) {
    int[] each = new int[count];
    Arrays.fill(each, LEAST);
    int at = 0;
    for (int run = 0; run < lengths.length; run++) {
      int end = (int) Math.min(count, at + (long) lengths[run]);
      Arrays.fill(each, at, end, exponents[run]);
      at = end;
    }
    return each;
  }

  /**
   * Returns whether numbers have outgrown what was found, so that their grid is finer than the last
   * place of the largest.
   *
   * @param open what was known before it was found
   * @param sums of {@code workers} workers
   */
  boolean areOutgrown(Grids open, double[] sums, int scaledLength, int workers) {
    int[] before = open.each(sums.length - scaledLength);
    int[] now = each(before.length);
    for (int k = 0; k < now.length; k++) {
      double largest = Math.scalb((double) workers, now[k] + MANTISSA_BITS);
      if (before[k] == OPEN && Math.abs(sums[scaledLength + k]) > largest) {
        return true;
      }
    }
    return false;
  }

  void write(WireWriter out) {
    out.integer(lengths.length);
    for (int run = 0; run < lengths.length; run++) {
      out.integer(lengths[run]).integer(exponents[run]);
    }
  }

  /**
   * @throws IllegalArgumentException if a number is out of range
   */
  static Grids read(WireReader in) {
    int runs = in.count(2 * Integer.BYTES);
    int[] lengths = new int[runs];
    int[] exponents = new int[runs];
    for (int run = 0; run < runs; run++) {
      lengths[run] = in.count();
      exponents[run] = in.integer();
      if (exponents[run] != OPEN && (exponents[run] < LEAST || exponents[run] > -LEAST)) {
        throw new IllegalArgumentException("a grid must be in [2^-184, 2^184]");
      }
    }
    return new Grids(lengths, exponents);
  }
}
