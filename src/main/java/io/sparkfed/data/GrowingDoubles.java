package io.sparkfed.data;

import java.util.Arrays;

/** Numbers one after the other, in pieces: what is there is not copied when more come. */
final class GrowingDoubles {
  private static final int SHIFT = 13;
  private static final int MASK = (1 << SHIFT) - 1;
  private static final int LEAST_ROOM = 16;

  private double[][] pieces = {new double[LEAST_ROOM]};
  private int count;

  /** Returns how many there are. */
  int count() {
    return count;
  }

  void add(double value) {
    int piece = count >>> SHIFT;
    int at = count & MASK;
    if (piece == pieces.length) {
      pieces = Arrays.copyOf(pieces, pieces.length + (pieces.length >> 1) + 1);
    }
    if (pieces[piece] == null) {
      pieces[piece] = new double[1 << SHIFT];
    } else if (at == pieces[piece].length) {
      // Only the first one begins small.
      pieces[piece] = Arrays.copyOf(pieces[piece], Math.min(1 << SHIFT, 4 * at));
    }
    pieces[piece][at] = value;
    count++;
  }

  double get(int i) {
    return pieces[i >>> SHIFT][i & MASK];
  }

  /** Returns the numbers at these places. */
  double[] at(int[] places) {
    double[] chosen = new double[places.length];
    for (int i = 0; i < places.length; i++) {
      chosen[i] = get(places[i]);
    }
    return chosen;
  }
}
