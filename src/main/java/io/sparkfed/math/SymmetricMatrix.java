package io.sparkfed.math;

import java.util.Arrays;

/**
 * An immutable symmetric d x d matrix, of which the upper triangle is kept, row by row: {@code a_00
 * a_01 .. a_0(d-1) a_11 ..}.
 */
public final class SymmetricMatrix {
  private final int order;
  private final double[] packed;

  private SymmetricMatrix(int order, double[] packed) {
    this.order = order;
    this.packed = packed;
  }

  /**
   * Returns a matrix from a copy of its packed upper triangle.
   *
   * @throws IllegalArgumentException if the length is not {@link #packedLength}
   */
  public static SymmetricMatrix of(int order, double[] packed) {
    if (packed.length != packedLength(order)) {
      throw new IllegalArgumentException(
          "a symmetric matrix of order "
              + order
              + " has "
              + packedLength(order)
              + " numbers. Provided: "
              + packed.length);
    }
    return new SymmetricMatrix(order, packed.clone());
  }

  /** Returns {@code d (d + 1) / 2}. */
  public static int packedLength(int order) {
    return Math.toIntExact((long) order * (order + 1L) / 2L);
  }

  /** Returns where row {@code row} begins, at its diagonal, in the packed form. */
  public static int rowStart(int order, int row) {
    return row * order - row * (row - 1) / 2;
  }

  /** Returns where an entry, or the one across the diagonal, is in the packed form. */
  public static int at(int order, int row, int column) {
    int first = Math.min(row, column);
    return rowStart(order, first) + Math.max(row, column) - first;
  }

  /** Returns a matrix, by the packed form of its upper triangle, times a vector. */
  public static double[] times(double[] packed, double[] vector) {
    double[] out = new double[vector.length];
    for (int i = 0; i < vector.length; i++) {
      int start = rowStart(vector.length, i);
      int rest = vector.length - i - 1;
      out[i] += packed[start] * vector[i] + Kernels.dot(packed, start + 1, vector, i + 1, rest);
      Vectors.addScaled(vector[i], packed, start + 1, out, i + 1, rest);
    }
    return out;
  }

  /** Returns d. */
  public int order() {
    return order;
  }

  /** Returns an entry. */
  public double get(int row, int column) {
    return packed[at(order, row, column)];
  }

  /** Returns a copy of the packed upper triangle. */
  public double[] packed() {
    return packed.clone();
  }

  /** Returns the diagonal. */
  public double[] diagonal() {
    double[] diagonal = new double[order];
    for (int j = 0; j < order; j++) {
      diagonal[j] = packed[rowStart(order, j)];
    }
    return diagonal;
  }

  /** Returns this matrix times {@code factor}. */
  public SymmetricMatrix times(double factor) {
    return new SymmetricMatrix(order, Arrays.stream(packed).map(a -> a * factor).toArray());
  }

  /** Returns this matrix with {@code added[j]} more at each place (j, j). */
  public SymmetricMatrix plusDiagonal(double[] added) {
    double[] sum = packed.clone();
    for (int j = 0; j < order; j++) {
      sum[rowStart(order, j)] += added[j];
    }
    return new SymmetricMatrix(order, sum);
  }

  /**
   * Returns this positive semidefinite matrix with a 1 in place of each 0 on the diagonal: the row
   * of such a coordinate is zero, and in a solution it then is what the right-hand side says.
   */
  public SymmetricMatrix withoutZeroRows() {
    double[] ones = diagonal();
    for (int j = 0; j < ones.length; j++) {
      ones[j] = ones[j] == 0.0 ? 1.0 : 0.0;
    }
    return plusDiagonal(ones);
  }

  /**
   * Factorizes this matrix.
   *
   * @throws SingularMatrixException if it is not positive definite within rounding
   */
  public Cholesky cholesky() {
    return new Cholesky(this);
  }
}
