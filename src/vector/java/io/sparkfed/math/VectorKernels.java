package io.sparkfed.math;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/**
 * The kernels in the Vector API, with vectors of 8 or 4 doubles. Tiles of results stay in registers
 * while rows pass; at the edges a tile's last rows or columns are computed twice, to the same
 * numbers, instead of by other code.
 */
final class VectorKernels extends Kernels {
  /**
   * The widest vectors where they fit, under the name by which MLlib's kernels have them: the
   * profiles of the Vector API's methods are shared by all code of a JVM, and once they have seen
   * two classes of vectors the compiler puts every vector of these loops on the heap.
   */
  static final VectorSpecies<Double> D =
      switch (DoubleVector.SPECIES_MAX.length()) {
        case LANES, LANES / 2 -> DoubleVector.SPECIES_MAX;
        case 1, 2 -> DoubleVector.SPECIES_256;
        default -> DoubleVector.SPECIES_512;
      };

  private static final VectorSpecies<Float> F =
      D.length() == LANES ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;
  private static final int L = D.length();

  /** Rows of a tile of results. */
  private static final int TILE = 4;

  VectorKernels() {}

  @Override
  public String description() {
    return "Vector API, " + D.vectorBitSize() + " bits";
  }

  @Override
  boolean isUsable() {
    return DoubleVector.SPECIES_MAX.length() > 2;
  }

  @Override
  public void dots(
      double[] x,
      int from,
      int stride,
      int rows,
      int width,
      double[] w,
      double[] lanes,
      double[] out) {
    int last = rows - 1;
    for (int r = 0; r < rows; r += 4) {
      int r1 = Math.min(r + 1, last);
      int r2 = Math.min(r + 2, last);
      int r3 = Math.min(r + 3, last);
      int a0 = from + r * stride;
      int a1 = from + r1 * stride;
      int a2 = from + r2 * stride;
      int a3 = from + r3 * stride;
      if (L == LANES) {
        DoubleVector s0 = DoubleVector.zero(D);
        DoubleVector s1 = s0;
        DoubleVector s2 = s0;
        DoubleVector s3 = s0;
        for (int j = 0; j < width; j += LANES) {
          DoubleVector v = DoubleVector.fromArray(D, w, j);
          s0 = s0.add(DoubleVector.fromArray(D, x, a0 + j).mul(v));
          s1 = s1.add(DoubleVector.fromArray(D, x, a1 + j).mul(v));
          s2 = s2.add(DoubleVector.fromArray(D, x, a2 + j).mul(v));
          s3 = s3.add(DoubleVector.fromArray(D, x, a3 + j).mul(v));
        }
        s0.intoArray(lanes, r * LANES);
        s1.intoArray(lanes, r1 * LANES);
        s2.intoArray(lanes, r2 * LANES);
        s3.intoArray(lanes, r3 * LANES);
      } else {
        DoubleVector s0 = DoubleVector.zero(D);
        DoubleVector s1 = s0;
        DoubleVector s2 = s0;
        DoubleVector s3 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        DoubleVector t2 = s0;
        DoubleVector t3 = s0;
        for (int j = 0; j < width; j += LANES) {
          DoubleVector v = DoubleVector.fromArray(D, w, j);
          s0 = s0.add(DoubleVector.fromArray(D, x, a0 + j).mul(v));
          s1 = s1.add(DoubleVector.fromArray(D, x, a1 + j).mul(v));
          s2 = s2.add(DoubleVector.fromArray(D, x, a2 + j).mul(v));
          s3 = s3.add(DoubleVector.fromArray(D, x, a3 + j).mul(v));
          DoubleVector u = DoubleVector.fromArray(D, w, j + L);
          t0 = t0.add(DoubleVector.fromArray(D, x, a0 + j + L).mul(u));
          t1 = t1.add(DoubleVector.fromArray(D, x, a1 + j + L).mul(u));
          t2 = t2.add(DoubleVector.fromArray(D, x, a2 + j + L).mul(u));
          t3 = t3.add(DoubleVector.fromArray(D, x, a3 + j + L).mul(u));
        }
        s0.intoArray(lanes, r * LANES);
        t0.intoArray(lanes, r * LANES + L);
        s1.intoArray(lanes, r1 * LANES);
        t1.intoArray(lanes, r1 * LANES + L);
        s2.intoArray(lanes, r2 * LANES);
        t2.intoArray(lanes, r2 * LANES + L);
        s3.intoArray(lanes, r3 * LANES);
        t3.intoArray(lanes, r3 * LANES + L);
      }
    }
    for (int r = 0; r < rows; r++) {
      out[r] = sum(lanes, r * LANES);
    }
  }

  @Override
  public void addRows(
      double[] x, int from, int stride, int rows, int width, double[] factors, double[] sums) {
    int last = (width - 1) / L * L;
    for (int j = 0; j < width; j += 4 * L) {
      int j1 = Math.min(j + L, last);
      int j2 = Math.min(j + 2 * L, last);
      int j3 = Math.min(j + 3 * L, last);
      DoubleVector s0 = DoubleVector.fromArray(D, sums, j);
      DoubleVector s1 = DoubleVector.fromArray(D, sums, j1);
      DoubleVector s2 = DoubleVector.fromArray(D, sums, j2);
      DoubleVector s3 = DoubleVector.fromArray(D, sums, j3);
      int a = from;
      for (int r = 0; r < rows; r++) {
        DoubleVector f = DoubleVector.broadcast(D, factors[r]);
        s0 = s0.add(DoubleVector.fromArray(D, x, a + j).mul(f));
        s1 = s1.add(DoubleVector.fromArray(D, x, a + j1).mul(f));
        s2 = s2.add(DoubleVector.fromArray(D, x, a + j2).mul(f));
        s3 = s3.add(DoubleVector.fromArray(D, x, a + j3).mul(f));
        a += stride;
      }
      s0.intoArray(sums, j);
      s1.intoArray(sums, j1);
      s2.intoArray(sums, j2);
      s3.intoArray(sums, j3);
    }
  }

  @Override
  public void multiply(
      double[] x,
      int from,
      int stride,
      int rows,
      int width,
      double[] w,
      int outputs,
      double[] out) {
    int last = rows - 1;
    for (int r = 0; r < rows; r += 4) {
      int r1 = Math.min(r + 1, last);
      int r2 = Math.min(r + 2, last);
      int r3 = Math.min(r + 3, last);
      int a0 = from + r * stride;
      int a1 = from + r1 * stride;
      int a2 = from + r2 * stride;
      int a3 = from + r3 * stride;
      for (int k = 0; k < outputs; k += 2 * L) {
        int m = Math.min(k + L, outputs - L);
        DoubleVector s0 = DoubleVector.zero(D);
        DoubleVector s1 = s0;
        DoubleVector s2 = s0;
        DoubleVector s3 = s0;
        DoubleVector t0 = s0;
        DoubleVector t1 = s0;
        DoubleVector t2 = s0;
        DoubleVector t3 = s0;
        for (int j = 0, at = 0; j < width; j++, at += outputs) {
          DoubleVector v = DoubleVector.fromArray(D, w, at + k);
          DoubleVector u = DoubleVector.fromArray(D, w, at + m);
          DoubleVector x0 = DoubleVector.broadcast(D, x[a0 + j]);
          s0 = s0.add(x0.mul(v));
          t0 = t0.add(x0.mul(u));
          DoubleVector x1 = DoubleVector.broadcast(D, x[a1 + j]);
          s1 = s1.add(x1.mul(v));
          t1 = t1.add(x1.mul(u));
          DoubleVector x2 = DoubleVector.broadcast(D, x[a2 + j]);
          s2 = s2.add(x2.mul(v));
          t2 = t2.add(x2.mul(u));
          DoubleVector x3 = DoubleVector.broadcast(D, x[a3 + j]);
          s3 = s3.add(x3.mul(v));
          t3 = t3.add(x3.mul(u));
        }
        s0.intoArray(out, r * outputs + k);
        s1.intoArray(out, r1 * outputs + k);
        s2.intoArray(out, r2 * outputs + k);
        s3.intoArray(out, r3 * outputs + k);
        t0.intoArray(out, r * outputs + m);
        t1.intoArray(out, r1 * outputs + m);
        t2.intoArray(out, r2 * outputs + m);
        t3.intoArray(out, r3 * outputs + m);
      }
    }
  }

  @Override
  public void addProducts(
      double[] x,
      int from,
      int stride,
      int rows,
      int width,
      double[] s,
      int outputs,
      double[] sums) {
    int last = width - 1;
    for (int j = 0; j < width; j += 4) {
      int j1 = Math.min(j + 1, last);
      int j2 = Math.min(j + 2, last);
      int j3 = Math.min(j + 3, last);
      for (int k = 0; k < outputs; k += 2 * L) {
        int m = Math.min(k + L, outputs - L);
        DoubleVector s0 = DoubleVector.fromArray(D, sums, j * outputs + k);
        DoubleVector s1 = DoubleVector.fromArray(D, sums, j1 * outputs + k);
        DoubleVector s2 = DoubleVector.fromArray(D, sums, j2 * outputs + k);
        DoubleVector s3 = DoubleVector.fromArray(D, sums, j3 * outputs + k);
        DoubleVector t0 = DoubleVector.fromArray(D, sums, j * outputs + m);
        DoubleVector t1 = DoubleVector.fromArray(D, sums, j1 * outputs + m);
        DoubleVector t2 = DoubleVector.fromArray(D, sums, j2 * outputs + m);
        DoubleVector t3 = DoubleVector.fromArray(D, sums, j3 * outputs + m);
        int a = from;
        int at = 0;
        for (int r = 0; r < rows; r++) {
          DoubleVector v = DoubleVector.fromArray(D, s, at + k);
          DoubleVector u = DoubleVector.fromArray(D, s, at + m);
          DoubleVector x0 = DoubleVector.broadcast(D, x[a + j]);
          s0 = s0.add(x0.mul(v));
          t0 = t0.add(x0.mul(u));
          DoubleVector x1 = DoubleVector.broadcast(D, x[a + j1]);
          s1 = s1.add(x1.mul(v));
          t1 = t1.add(x1.mul(u));
          DoubleVector x2 = DoubleVector.broadcast(D, x[a + j2]);
          s2 = s2.add(x2.mul(v));
          t2 = t2.add(x2.mul(u));
          DoubleVector x3 = DoubleVector.broadcast(D, x[a + j3]);
          s3 = s3.add(x3.mul(v));
          t3 = t3.add(x3.mul(u));
          a += stride;
          at += outputs;
        }
        s0.intoArray(sums, j * outputs + k);
        s1.intoArray(sums, j1 * outputs + k);
        s2.intoArray(sums, j2 * outputs + k);
        s3.intoArray(sums, j3 * outputs + k);
        t0.intoArray(sums, j * outputs + m);
        t1.intoArray(sums, j1 * outputs + m);
        t2.intoArray(sums, j2 * outputs + m);
        t3.intoArray(sums, j3 * outputs + m);
      }
    }
  }

  @Override
  public void addSymmetricProducts(
      double[] x, int stride, int rows, int width, double[] d, double[] panel, double[] sums) {
    for (int j = 0; j < width; j += L) {
      for (int r = 0, a = j; r < rows; r++, a += stride) {
        DoubleVector.fromArray(D, x, a).mul(d[r]).intoArray(panel, r * L);
      }
      int wide = L == LANES ? j + (width - j) / (2 * L) * (2 * L) : width;
      for (int i = 0; i < L; i += TILE) {
        for (int k = j; k < wide; k += 2 * L) {
          addTile(x, stride, rows, width, panel, i, sums, (j + i) * width, k);
        }
      }
      if (wide < width) {
        addNarrowTile(x, stride, rows, width, panel, sums, j, wide);
      }
    }
  }

  /** As {@link #addTile}, where one column of vectors of 8 is left: twice as many rows of it. */
  private static void addNarrowTile(
      double[] x, int stride, int rows, int width, double[] panel, double[] sums, int row, int k) {
    int to0 = (row + 0) * width + k;
    int to1 = (row + 1) * width + k;
    int to2 = (row + 2) * width + k;
    int to3 = (row + 3) * width + k;
    int to4 = (row + 4) * width + k;
    int to5 = (row + 5) * width + k;
    int to6 = (row + 6) * width + k;
    int to7 = (row + 7) * width + k;
    DoubleVector s0 = DoubleVector.fromArray(D, sums, to0);
    DoubleVector s1 = DoubleVector.fromArray(D, sums, to1);
    DoubleVector s2 = DoubleVector.fromArray(D, sums, to2);
    DoubleVector s3 = DoubleVector.fromArray(D, sums, to3);
    DoubleVector s4 = DoubleVector.fromArray(D, sums, to4);
    DoubleVector s5 = DoubleVector.fromArray(D, sums, to5);
    DoubleVector s6 = DoubleVector.fromArray(D, sums, to6);
    DoubleVector s7 = DoubleVector.fromArray(D, sums, to7);
    int a = k;
    int at = 0;
    for (int r = 0; r < rows; r++) {
      DoubleVector v = DoubleVector.fromArray(D, x, a);
      s0 = s0.add(v.mul(panel[at]));
      s1 = s1.add(v.mul(panel[at + 1]));
      s2 = s2.add(v.mul(panel[at + 2]));
      s3 = s3.add(v.mul(panel[at + 3]));
      s4 = s4.add(v.mul(panel[at + 4]));
      s5 = s5.add(v.mul(panel[at + 5]));
      s6 = s6.add(v.mul(panel[at + 6]));
      s7 = s7.add(v.mul(panel[at + 7]));
      a += stride;
      at += L;
    }
    s0.intoArray(sums, to0);
    s1.intoArray(sums, to1);
    s2.intoArray(sums, to2);
    s3.intoArray(sums, to3);
    s4.intoArray(sums, to4);
    s5.intoArray(sums, to5);
    s6.intoArray(sums, to6);
    s7.intoArray(sums, to7);
  }

  private static void addTile(
      double[] x,
      int stride,
      int rows,
      int width,
      double[] panel,
      int from,
      double[] sums,
      int to,
      int k) {
    int m = Math.min(k + L, width - L);
    int to1 = to + width;
    int to2 = to1 + width;
    int to3 = to2 + width;
    DoubleVector s0 = DoubleVector.fromArray(D, sums, to + k);
    DoubleVector s1 = DoubleVector.fromArray(D, sums, to1 + k);
    DoubleVector s2 = DoubleVector.fromArray(D, sums, to2 + k);
    DoubleVector s3 = DoubleVector.fromArray(D, sums, to3 + k);
    DoubleVector t0 = DoubleVector.fromArray(D, sums, to + m);
    DoubleVector t1 = DoubleVector.fromArray(D, sums, to1 + m);
    DoubleVector t2 = DoubleVector.fromArray(D, sums, to2 + m);
    DoubleVector t3 = DoubleVector.fromArray(D, sums, to3 + m);
    int a = 0;
    int at = from;
    for (int r = 0; r < rows; r++) {
      DoubleVector v = DoubleVector.fromArray(D, x, a + k);
      DoubleVector u = DoubleVector.fromArray(D, x, a + m);
      DoubleVector x0 = DoubleVector.broadcast(D, panel[at]);
      s0 = s0.add(x0.mul(v));
      t0 = t0.add(x0.mul(u));
      DoubleVector x1 = DoubleVector.broadcast(D, panel[at + 1]);
      s1 = s1.add(x1.mul(v));
      t1 = t1.add(x1.mul(u));
      DoubleVector x2 = DoubleVector.broadcast(D, panel[at + 2]);
      s2 = s2.add(x2.mul(v));
      t2 = t2.add(x2.mul(u));
      DoubleVector x3 = DoubleVector.broadcast(D, panel[at + 3]);
      s3 = s3.add(x3.mul(v));
      t3 = t3.add(x3.mul(u));
      a += stride;
      at += L;
    }
    s0.intoArray(sums, to + k);
    s1.intoArray(sums, to1 + k);
    s2.intoArray(sums, to2 + k);
    s3.intoArray(sums, to3 + k);
    t0.intoArray(sums, to + m);
    t1.intoArray(sums, to1 + m);
    t2.intoArray(sums, to2 + m);
    t3.intoArray(sums, to3 + m);
  }

  @Override
  public void exp(double[] values, int count) {
    VectorFunctions.exp(values, count);
  }

  @Override
  public void log1p(double[] values, int count) {
    VectorFunctions.log1p(values, count);
  }

  @Override
  public void logistic(
      int count,
      double[] scores,
      double[] labels,
      double[] terms,
      double[] losses,
      double[] curvatures) {
    VectorFunctions.logistic(count, scores, labels, terms, losses, curvatures);
  }

  @Override
  public void softmax(
      int count,
      int classes,
      double[] scores,
      int stride,
      double[] labels,
      double[] terms,
      double[] bases,
      double[] losses,
      boolean withSlopes) {
    VectorFunctions.softmax(
        count, classes, scores, stride, labels, terms, bases, losses, withSlopes);
  }

  @Override
  public void widen(float[] from, int start, double[] to, int at, int count) {
    int i = 0;
    for (; i <= count - L; i += L) {
      ((DoubleVector)
              FloatVector.fromArray(F, from, start + i).convertShape(VectorOperators.F2D, D, 0))
          .intoArray(to, at + i);
    }
    for (; i < count; i++) {
      to[at + i] = from[start + i];
    }
  }
}
