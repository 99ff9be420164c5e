package io.sparkfed.math;

/**
 * The hot loops over packed rows. Each result is defined by its formula and by the order of its
 * additions, given at each method, so that all implementations agree bit for bit, and so do all
 * ways to cut rows into blocks. Products are rounded before they are added: a fused multiply-add is
 * emulated at a thousandth of the speed where the hardware lacks it.
 *
 * <p>Matrices are row-major: row r of X begins at {@code from + r * stride}. Where a method says
 * that it reads or writes <em>padded</em> rows, that is up to the next multiple of {@link #LANES}:
 * arrays must be as long, and what is behind a row must be finite. Stateless.
 */
public abstract class Kernels {
  /** Sums along a row are kept in so many parts: entry j is in part {@code j mod LANES}. */
  public static final int LANES = 8;

  private static final Kernels BEST = choose();

  Kernels() {}

  /**
   * Returns the kernels of this JVM: those in the Vector API where the module {@code
   * jdk.incubator.vector} is there and vectors have at least 256 bits, otherwise those in plain
   * Java. The system property {@code sparkfed.kernels = plain} asks for the latter.
   */
  public static Kernels best() {
    return BEST;
  }

  /** Returns the kernels in plain Java. */
  public static Kernels plain() {
    return PlainKernels.INSTANCE;
  }

  private static Kernels choose() {
    boolean there = ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent();
    if (!there || "plain".equals(System.getProperty("sparkfed.kernels"))) {
      return plain();
    }
    try {
      // By name: a JVM without the module never links it.
      Kernels vector =
          Class.forName("io.sparkfed.math.VectorKernels")
              .asSubclass(Kernels.class)
              .getDeclaredConstructor()
              .newInstance();
      return vector.isUsable() ? vector : plain();
    } catch (ReflectiveOperationException | LinkageError e) {
      // Another JDK's incubating API.
      return plain();
    }
  }

  /** Returns {@code size} rounded up to a multiple of {@link #LANES}. */
  public static int padded(int size) {
    return (size + LANES - 1) / LANES * LANES;
  }

  /** Returns one sum of {@link #dots}: {@code sum_j x[from + j] w[wFrom + j]}. */
  public static double dot(double[] x, int from, double[] w, int wFrom, int width) {
    return PlainKernels.alongRow(x, from, w, wFrom, width);
  }

  /** Returns {@link #dot(double[], int, double[], int, int)} of numbers kept as floats. */
  public static double dot(float[] x, int from, double[] w, int wFrom, int width) {
    return PlainKernels.alongRow(x, from, w, wFrom, width);
  }

  /** Returns what these kernels are made of, for reports. */
  public abstract String description();

  /** Returns whether this machine runs them fast. */
  abstract boolean isUsable();

  /**
   * Writes {@code out[r] = sum_j x_rj w_j}. The sum is of {@link #LANES} parts, each in order of j,
   * added up as {@link #sum}. Reads padded rows.
   *
   * @param w padded with 0
   * @param lanes scratch of {@code LANES * rows} numbers
   */
  public abstract void dots(
      double[] x,
      int from,
      int stride,
      int rows,
      int width,
      double[] w,
      double[] lanes,
      double[] out);

  /** Adds {@code sum_r factors_r x_rj} to {@code sums[j]}, in order of r. Padded rows and sums. */
  public abstract void addRows(
      double[] x, int from, int stride, int rows, int width, double[] factors, double[] sums);

  /**
   * Writes {@code out_rk = sum_j x_rj w_jk}, in order of j.
   *
   * @param w {@code width} rows of {@code outputs} numbers
   * @param outputs a multiple of {@link #LANES}
   * @param out rows of {@code outputs} numbers
   */
  public abstract void multiply(
      double[] x, int from, int stride, int rows, int width, double[] w, int outputs, double[] out);

  /**
   * Adds {@code sum_r x_rj s_rk} to {@code sums_jk}, in order of r.
   *
   * @param s rows of {@code outputs} numbers
   * @param outputs a multiple of {@link #LANES}
   * @param sums {@code width} rows of {@code outputs} numbers
   */
  public abstract void addProducts(
      double[] x,
      int from,
      int stride,
      int rows,
      int width,
      double[] s,
      int outputs,
      double[] sums);

  /**
   * Adds {@code sum_r (d_r x_rj) x_rk} to {@code sums_jk} for {@code j <= k}, in order of r.
   * Entries below the diagonal are undefined.
   *
   * @param width a multiple of {@link #LANES}
   * @param panel scratch of {@code LANES * rows} numbers
   * @param sums {@code width} rows of {@code width} numbers
   */
  public abstract void addSymmetricProducts(
      double[] x, int stride, int rows, int width, double[] d, double[] panel, double[] sums);

  /** Replaces the first {@code count} values x by {@code e^x}; padded. */
  public abstract void exp(double[] values, int count);

  /** Replaces the first {@code count} values x, at least 0 and finite, by log(1 + x); padded. */
  public abstract void log1p(double[] values, int count);

  /**
   * Makes what a logistic regression needs of the scores s of {@code count} rows with labels y: the
   * losses {@code log(1 + e^s) - y s}, as {@code (max(s, 0) - y s) + log1p(e^-|s|)}; over the
   * scores their slopes {@code m - y} with the mean {@code m = 1 / (1 + e^-s)}; and {@code m (1 -
   * m)}. Both are made of {@code e^-|s|}, too. All arrays are padded.
   *
   * @param terms scratch
   * @param losses null if not wanted
   * @param curvatures null if not wanted
   */
  public abstract void logistic(
      int count,
      double[] scores,
      double[] labels,
      double[] terms,
      double[] losses,
      double[] curvatures);

  /**
   * Makes what a softmax regression needs of the scores of {@code count} rows with classes y as
   * labels, with the largest score m of a row, the first of several: the losses {@code (m - s_y) +
   * log1p(sum_{k not at m} e^(s_k - m))}; and over the scores, if wanted, {@code e^(s_k - m) * (1 /
   * sum_k e^(s_k - m))}, less 1 at y. Sums are in order of k. Arrays have room for a number of rows
   * that is a multiple of {@link #LANES}.
   *
   * @param stride by how much the scores of a row are after those of the row before
   * @param terms scratch, one for each row and class
   * @param bases scratch, one for each row
   */
  public abstract void softmax(
      int count,
      int classes,
      double[] scores,
      int stride,
      double[] labels,
      double[] terms,
      double[] bases,
      double[] losses,
      boolean withSlopes);

  /** Copies {@code count} numbers. */
  public abstract void widen(float[] from, int start, double[] to, int at, int count);

  /** Returns the sum of the parts of a sum along a row, kept at {@code from}. */
  static double sum(double[] lanes, int from) {
    double a = (lanes[from] + lanes[from + 4]) + (lanes[from + 2] + lanes[from + 6]);
    double b = (lanes[from + 1] + lanes[from + 5]) + (lanes[from + 3] + lanes[from + 7]);
    return a + b;
  }
}
