package io.sparkfed.math;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** The element-wise kernels of {@link VectorKernels}: functions, and losses made of them. */
final class VectorFunctions {
  private static final VectorSpecies<Double> D = VectorKernels.D;
  private static final int L = D.length();

  private VectorFunctions() {}

  static void exp(double[] values, int count) {
    DoubleVector least = DoubleVector.broadcast(D, Elementary.LEAST);
    DoubleVector most = DoubleVector.broadcast(D, Elementary.MOST);
    for (int i = 0; i < count; i += L) {
      DoubleVector x = DoubleVector.fromArray(D, values, i);
      DoubleVector notLess = x.blend(least, x.compare(VectorOperators.LT, least));
      DoubleVector c = notLess.blend(most, notLess.compare(VectorOperators.GT, most));
      DoubleVector n = c.mul(Elementary.PER_LOG_2).add(Elementary.ROUNDER).sub(Elementary.ROUNDER);
      DoubleVector r = c.sub(n.mul(Elementary.LOG_2_HIGH)).sub(n.mul(Elementary.LOG_2_LOW));
      DoubleVector q = r.mul(Elementary.E13).add(Elementary.E12);
      q = q.mul(r).add(Elementary.E11);
      q = q.mul(r).add(Elementary.E10);
      q = q.mul(r).add(Elementary.E9);
      q = q.mul(r).add(Elementary.E8);
      q = q.mul(r).add(Elementary.E7);
      q = q.mul(r).add(Elementary.E6);
      q = q.mul(r).add(Elementary.E5);
      q = q.mul(r).add(Elementary.E4);
      q = q.mul(r).add(Elementary.E3);
      q = q.mul(r).add(Elementary.E2);
      DoubleVector e = r.add(r.mul(r).mul(q)).add(1.0);
      DoubleVector half = n.mul(0.5).add(Elementary.ROUNDER).sub(Elementary.ROUNDER);
      // Not a method of its own: vectors that a method returns were seen to be allocated.
      LongVector first = half.add(Elementary.EXPONENT_ROUNDER).reinterpretAsLongs();
      LongVector second = n.sub(half).add(Elementary.EXPONENT_ROUNDER).reinterpretAsLongs();
      e.mul(first.lanewise(VectorOperators.LSHL, 52).reinterpretAsDoubles())
          .mul(second.lanewise(VectorOperators.LSHL, 52).reinterpretAsDoubles())
          .intoArray(values, i);
    }
  }

  static void log1p(double[] values, int count) {
    DoubleVector one = DoubleVector.broadcast(D, 1.0);
    for (int i = 0; i < count; i += L) {
      DoubleVector x = DoubleVector.fromArray(D, values, i);
      DoubleVector u = x.add(one);
      DoubleVector part = u.sub(one);
      DoubleVector lost = one.sub(u.sub(part)).add(x.sub(part));
      LongVector bits = u.reinterpretAsLongs();
      LongVector k = bits.sub(Elementary.BITS_OF_ROOT_HALF).lanewise(VectorOperators.LSHR, 52);
      DoubleVector m = bits.sub(k.lanewise(VectorOperators.LSHL, 52)).reinterpretAsDoubles();
      LongVector inverse = k.neg().add(Elementary.BIAS).lanewise(VectorOperators.LSHL, 52);
      DoubleVector f = m.sub(one).add(lost.mul(inverse.reinterpretAsDoubles()));
      DoubleVector n =
          k.or(Elementary.BITS_OF_2_TO_52).reinterpretAsDoubles().sub(Elementary.TWO_TO_52);
      DoubleVector s = f.div(f.add(2.0));
      DoubleVector z = s.mul(s);
      DoubleVector t = z.mul(Elementary.L7).add(Elementary.L6);
      t = t.mul(z).add(Elementary.L5);
      t = t.mul(z).add(Elementary.L4);
      t = t.mul(z).add(Elementary.L3);
      t = t.mul(z).add(Elementary.L2);
      t = t.mul(z).add(Elementary.L1);
      DoubleVector square = f.mul(0.5).mul(f);
      DoubleVector small = s.mul(square.add(z.mul(t))).add(n.mul(Elementary.LOG_2_LOW));
      n.mul(Elementary.LOG_2_HIGH).sub(square.sub(small).sub(f)).intoArray(values, i);
    }
  }

  static void logistic(
      int count,
      double[] scores,
      double[] labels,
      double[] terms,
      double[] losses,
      double[] curvatures) {
    for (int i = 0; i < count; i += L) {
      DoubleVector.fromArray(D, scores, i).abs().neg().intoArray(terms, i);
    }
    exp(terms, count);
    if (losses != null) {
      for (int i = 0; i < count; i += L) {
        DoubleVector.fromArray(D, terms, i).intoArray(losses, i);
      }
      log1p(losses, count);
      for (int i = 0; i < count; i += L) {
        DoubleVector s = DoubleVector.fromArray(D, scores, i);
        DoubleVector hinge = s.max(0.0).sub(DoubleVector.fromArray(D, labels, i).mul(s));
        hinge.add(DoubleVector.fromArray(D, losses, i)).intoArray(losses, i);
      }
    }
    DoubleVector one = DoubleVector.broadcast(D, 1.0);
    if (curvatures != null) {
      for (int i = 0; i < count; i += L) {
        DoubleVector e = DoubleVector.fromArray(D, terms, i);
        DoubleVector sum = e.add(one);
        e.div(sum.mul(sum)).intoArray(curvatures, i);
      }
    }
    for (int i = 0; i < count; i += L) {
      DoubleVector s = DoubleVector.fromArray(D, scores, i);
      DoubleVector e = DoubleVector.fromArray(D, terms, i);
      DoubleVector above = e.blend(one, s.compare(VectorOperators.GE, 0.0));
      DoubleVector mean = above.div(e.add(one));
      mean.sub(DoubleVector.fromArray(D, labels, i)).intoArray(scores, i);
    }
  }

  /** Lane r of a vector is row r of so many: sums over classes are in their order in each lane. */
  static void softmax(
      int count,
      int classes,
      double[] scores,
      int stride,
      double[] labels,
      double[] terms,
      double[] bases,
      double[] losses,
      boolean withSlopes) {
    for (int i = 0; i < count; i += L) {
      int group = i * classes;
      for (int k = 0; k < classes; k++) {
        for (int r = 0; r < L; r++) {
          terms[group + k * L + r] = scores[(i + r) * stride + k];
        }
      }
      subtractLargest(terms, group, classes, losses, i);
      for (int r = 0; r < L; r++) {
        bases[i + r] = 0.0 - terms[group + (int) labels[i + r] * L + r];
      }
    }
    int rows = (count + L - 1) / L * L;
    exp(terms, rows * classes);
    DoubleVector zero = DoubleVector.zero(D);
    for (int i = 0; i < count; i += L) {
      int group = i * classes;
      DoubleVector largest = DoubleVector.fromArray(D, losses, i);
      DoubleVector sum = zero;
      DoubleVector others = zero;
      for (int k = 0; k < classes; k++) {
        DoubleVector e = DoubleVector.fromArray(D, terms, group + k * L);
        sum = sum.add(e);
        others = others.add(e.blend(zero, largest.compare(VectorOperators.EQ, (double) k)));
      }
      others.intoArray(losses, i);
      if (withSlopes) {
        DoubleVector share = DoubleVector.broadcast(D, 1.0).div(sum);
        for (int k = 0; k < classes; k++) {
          int at = group + k * L;
          DoubleVector.fromArray(D, terms, at).mul(share).intoArray(terms, at);
        }
      }
    }
    log1p(losses, count);
    for (int i = 0; i < count; i += L) {
      DoubleVector loss = DoubleVector.fromArray(D, bases, i);
      loss.add(DoubleVector.fromArray(D, losses, i)).intoArray(losses, i);
    }
    if (withSlopes) {
      writeSlopes(count, classes, scores, stride, labels, terms);
    }
  }

  /** Takes the largest of L rows' scores from each, and writes its first place. */
  private static void subtractLargest(
      double[] terms, int from, int classes, double[] places, int to) {
    DoubleVector max = DoubleVector.fromArray(D, terms, from);
    DoubleVector place = DoubleVector.zero(D);
    for (int k = 1; k < classes; k++) {
      DoubleVector s = DoubleVector.fromArray(D, terms, from + k * L);
      VectorMask<Double> above = s.compare(VectorOperators.GT, max);
      max = max.blend(s, above);
      place = place.blend((double) k, above);
    }
    place.intoArray(places, to);
    for (int k = 0; k < classes; k++) {
      int at = from + k * L;
      DoubleVector.fromArray(D, terms, at).sub(max).intoArray(terms, at);
    }
  }

  private static void writeSlopes(
      int count, int classes, double[] scores, int stride, double[] labels, double[] terms) {
    for (int i = 0; i < count; i += L) {
      int group = i * classes;
      for (int k = 0; k < classes; k++) {
        for (int r = 0; r < L; r++) {
          scores[(i + r) * stride + k] = terms[group + k * L + r];
        }
      }
      for (int r = 0; r < L; r++) {
        scores[(i + r) * stride + (int) labels[i + r]] -= 1.0;
      }
    }
  }
}
