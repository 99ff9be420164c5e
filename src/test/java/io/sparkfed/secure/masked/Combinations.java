package io.sparkfed.secure.masked;

import java.util.Arrays;
import java.util.List;

/**
 * Which linear combinations of workers' vectors an attacker can compute: a row space modulo a
 * prime, reduced, so that equal spaces are equal. Masks that it doesn't know are unknowns like the
 * vectors, and have been eliminated.
 */
final class Combinations {
  private static final int PRIME = 10_007;

  private final int[][] rows;

  private Combinations(int[][] rows) {
    this.rows = rows;
  }

  /**
   * Solves what an attacker has seen.
   *
   * @param seen a row for each masked vector: the factors of all masks that it doesn't know, and
   *     behind them those of the vectors
   * @param masks how many masks there are
   */
  static Combinations of(int[][] seen, int masks) {
    int[][] rows = new int[seen.length][];
    for (int r = 0; r < rows.length; r++) {
      rows[r] = seen[r].clone();
      for (int j = 0; j < rows[r].length; j++) {
        rows[r][j] = Math.floorMod(rows[r][j], PRIME);
      }
    }
    int used = reduce(rows, 0, masks);
    int[][] free = new int[rows.length - used][];
    for (int r = used; r < rows.length; r++) {
      free[r - used] = Arrays.copyOfRange(rows[r], masks, rows[r].length);
    }
    return reduced(free);
  }

  /** Returns all that follows from any of these together. */
  static Combinations of(List<Combinations> parts) {
    return reduced(
        parts.stream()
            .flatMap(part -> Arrays.stream(part.rows))
            .map(int[]::clone)
            .toArray(int[][]::new));
  }

  private static Combinations reduced(int[][] rows) {
    int rank = rows.length == 0 ? 0 : reduce(rows, 0, rows[0].length);
    return new Combinations(Arrays.copyOf(rows, rank));
  }

  /** Eliminates columns; rows with a pivot in them come first. Returns how many these are. */
  private static int reduce(int[][] rows, int from, int to) {
    int rank = 0;
    for (int column = from; column < to && rank < rows.length; column++) {
      int pivot = rank;
      while (pivot < rows.length && rows[pivot][column] == 0) {
        pivot++;
      }
      if (pivot == rows.length) {
        continue;
      }
      int[] row = rows[pivot];
      rows[pivot] = rows[rank];
      rows[rank] = row;
      int inverse = inverse(row[column]);
      for (int j = column; j < row.length; j++) {
        row[j] = row[j] * inverse % PRIME;
      }
      for (int r = 0; r < rows.length; r++) {
        int factor = rows[r][column];
        if (r != rank && factor != 0) {
          for (int j = column; j < row.length; j++) {
            rows[r][j] = (rows[r][j] + (PRIME - factor) * row[j]) % PRIME;
          }
        }
      }
      rank++;
    }
    return rank;
  }

  /** By Fermat's little theorem. */
  private static int inverse(int value) {
    int result = 1;
    int base = value;
    for (int exponent = PRIME - 2; exponent > 0; exponent >>= 1) {
      if ((exponent & 1) == 1) {
        result = result * base % PRIME;
      }
      base = base * base % PRIME;
    }
    return result;
  }

  /** Returns whether there is none but zero. */
  boolean isEmpty() {
    return rows.length == 0;
  }

  /**
   * Returns how many vectors are in the combination that has the fewest; {@link Integer#MAX_VALUE}
   * if there is none. A combination of a set of vectors alone exists where the other columns have a
   * lower rank than all.
   */
  int smallest() {
    if (isEmpty()) {
      return Integer.MAX_VALUE;
    }
    int vectors = rows[0].length;
    int smallest = vectors;
    for (int set = 1; set < 1 << vectors; set++) {
      if (Integer.bitCount(set) < smallest && rankOutside(set) < rows.length) {
        smallest = Integer.bitCount(set);
      }
    }
    return smallest;
  }

  private int rankOutside(int set) {
    int[][] others = new int[rows.length][];
    for (int r = 0; r < rows.length; r++) {
      others[r] = rows[r].clone();
      for (int j = 0; j < others[r].length; j++) {
        others[r][j] = (set >> j & 1) == 1 ? 0 : others[r][j];
      }
    }
    return reduce(others, 0, others[0].length);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Combinations that && Arrays.deepEquals(rows, that.rows);
  }

  @Override
  public int hashCode() {
    return Arrays.deepHashCode(rows);
  }
}
