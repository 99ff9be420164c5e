package io.sparkfed.math;

/** The kernels in plain Java: what defines their results. */
final class PlainKernels extends Kernels {
  static final PlainKernels INSTANCE = new PlainKernels();

  private PlainKernels() {}

  @Override
  public String description() {
    return "plain Java";
  }

  @Override
  boolean isUsable() {
    return true;
  }

  /** Returns a sum along a row, as {@link Kernels#dots} defines it. */
  static double alongRow(double[] x, int from, double[] w, int wFrom, int width) {
    double s0 = 0.0;
    double s1 = 0.0;
    double s2 = 0.0;
    double s3 = 0.0;
    double s4 = 0.0;
    double s5 = 0.0;
    double s6 = 0.0;
    double s7 = 0.0;
    int j = 0;
    for (; j <= width - LANES; j += LANES) {
      s0 += x[from + j] * w[wFrom + j];
      s1 += x[from + j + 1] * w[wFrom + j + 1];
      s2 += x[from + j + 2] * w[wFrom + j + 2];
      s3 += x[from + j + 3] * w[wFrom + j + 3];
      s4 += x[from + j + 4] * w[wFrom + j + 4];
      s5 += x[from + j + 5] * w[wFrom + j + 5];
      s6 += x[from + j + 6] * w[wFrom + j + 6];
      s7 += x[from + j + 7] * w[wFrom + j + 7];
    }
    int left = width - j;
    int a = from + j;
    int b = wFrom + j;
    s0 += left > 0 ? x[a] * w[b] : 0.0;
    s1 += left > 1 ? x[a + 1] * w[b + 1] : 0.0;
    s2 += left > 2 ? x[a + 2] * w[b + 2] : 0.0;
    s3 += left > 3 ? x[a + 3] * w[b + 3] : 0.0;
    s4 += left > 4 ? x[a + 4] * w[b + 4] : 0.0;
    s5 += left > 5 ? x[a + 5] * w[b + 5] : 0.0;
    s6 += left > 6 ? x[a + 6] * w[b + 6] : 0.0;
    return ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7));
  }

  static double alongRow(float[] x, int from, double[] w, int wFrom, int width) {
    double a = part(x, from, w, wFrom, 0, width) + part(x, from, w, wFrom, 4, width);
    double b = part(x, from, w, wFrom, 2, width) + part(x, from, w, wFrom, 6, width);
    double c = part(x, from, w, wFrom, 1, width) + part(x, from, w, wFrom, 5, width);
    double d = part(x, from, w, wFrom, 3, width) + part(x, from, w, wFrom, 7, width);
    return (a + b) + (c + d);
  }

  private static double part(float[] x, int from, double[] w, int wFrom, int lane, int width) {
    double sum = 0.0;
    for (int j = lane; j < width; j += LANES) {
      sum += x[from + j] * w[wFrom + j];
    }
    return sum;
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
    for (int r = 0; r < rows; r++) {
      out[r] = alongRow(x, from + r * stride, w, 0, width);
    }
  }

  @Override
  public void addRows(
      double[] x, int from, int stride, int rows, int width, double[] factors, double[] sums) {
    int r = 0;
    for (; r <= rows - 4; r += 4) {
      double f0 = factors[r];
      double f1 = factors[r + 1];
      double f2 = factors[r + 2];
      double f3 = factors[r + 3];
      int a0 = from + r * stride;
      int a1 = a0 + stride;
      int a2 = a1 + stride;
      int a3 = a2 + stride;
      for (int j = 0; j < width; j++) {
        sums[j] = (((sums[j] + f0 * x[a0 + j]) + f1 * x[a1 + j]) + f2 * x[a2 + j]) + f3 * x[a3 + j];
      }
    }
    for (; r < rows; r++) {
      Vectors.addScaled(factors[r], x, from + r * stride, sums, width);
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
    for (int r = 0; r < rows; r++) {
      int to = r * outputs;
      for (int k = 0; k < outputs; k++) {
        out[to + k] = 0.0;
      }
      for (int j = 0; j < width; j++) {
        Vectors.addScaled(x[from + r * stride + j], w, j * outputs, out, to, outputs);
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
    for (int r = 0; r < rows; r++) {
      for (int j = 0; j < width; j++) {
        Vectors.addScaled(x[from + r * stride + j], s, r * outputs, sums, j * outputs, outputs);
      }
    }
  }

  @Override
  public void addSymmetricProducts(
      double[] x, int stride, int rows, int width, double[] d, double[] panel, double[] sums) {
    int r = 0;
    for (; r <= rows - 4; r += 4) {
      int a0 = r * stride;
      int a1 = a0 + stride;
      int a2 = a1 + stride;
      int a3 = a2 + stride;
      for (int j = 0; j < width; j++) {
        double f0 = d[r] * x[a0 + j];
        double f1 = d[r + 1] * x[a1 + j];
        double f2 = d[r + 2] * x[a2 + j];
        double f3 = d[r + 3] * x[a3 + j];
        int to = j * width;
        for (int k = j; k < width; k++) {
          sums[to + k] =
              (((sums[to + k] + f0 * x[a0 + k]) + f1 * x[a1 + k]) + f2 * x[a2 + k])
                  + f3 * x[a3 + k];
        }
      }
    }
    for (; r < rows; r++) {
      int a = r * stride;
      for (int j = 0; j < width; j++) {
        Vectors.addScaled(d[r] * x[a + j], x, a + j, sums, j * width + j, width - j);
      }
    }
  }

  @Override
  public void exp(double[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = Elementary.exp(values[i]);
    }
  }

  @Override
  public void log1p(double[] values, int count) {
    for (int i = 0; i < count; i++) {
      values[i] = Elementary.log1p(values[i]);
    }
  }

  @Override
  public void logistic(
      int count,
      double[] scores,
      double[] labels,
      double[] terms,
      double[] losses,
      double[] curvatures) {
    for (int i = 0; i < count; i++) {
      double s = scores[i];
      double e = Elementary.exp(-Math.abs(s));
      double sum = 1.0 + e;
      if (losses != null) {
        losses[i] = (Math.max(s, 0.0) - labels[i] * s) + Elementary.log1p(e);
      }
      if (curvatures != null) {
        curvatures[i] = e / (sum * sum);
      }
      scores[i] = (s >= 0.0 ? 1.0 : e) / sum - labels[i];
    }
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
    for (int i = 0; i < count; i++) {
      int at = i * stride;
      int largest = 0;
      for (int k = 1; k < classes; k++) {
        largest = scores[at + k] > scores[at + largest] ? k : largest;
      }
      double max = scores[at + largest];
      double base = max - scores[at + (int) labels[i]];
      double sum = 0.0;
      double others = 0.0;
      for (int k = 0; k < classes; k++) {
        double e = Elementary.exp(scores[at + k] - max);
        terms[k] = e;
        sum += e;
        others += k == largest ? 0.0 : e;
      }
      losses[i] = base + Elementary.log1p(others);
      if (withSlopes) {
        double share = 1.0 / sum;
        for (int k = 0; k < classes; k++) {
          scores[at + k] = terms[k] * share;
        }
        scores[at + (int) labels[i]] -= 1.0;
      }
    }
  }

  @Override
  public void widen(float[] from, int start, double[] to, int at, int count) {
    for (int i = 0; i < count; i++) {
      to[at + i] = from[start + i];
    }
  }
}
