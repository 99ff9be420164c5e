package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.loss.Loss;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.Arrays;

/**
 * One worker's local objective
 *
 * <pre>  f(w) = R(c_i l(x_i'w + b, y_i)) + l2/2 |w|²</pre>
 *
 * <p>with the {@link Reduction} R; the intercept b is never penalised. The penalty belongs to each
 * worker's objective: with {@code MEAN} and workers weighted by rows the federated objective is the
 * pooled mean loss plus {@code l2/2 |w|²}.
 */
public final class LinearObjective {
  private final Loss loss;
  private final Examples rows;
  private final ModelShape shape;
  private final Scaling scaling;
  private final double l2;
  private final Reduction reduction;
  private final int[] allRows;
  private final double totalWeight;

  /**
   * Couples a loss to a worker's rows.
   *
   * @param l2 ridge penalty, at least 0 and finite
   * @throws IllegalArgumentException if the widths differ or {@code l2} is out of range
   */
  public LinearObjective(
      Loss loss, Examples rows, ModelShape shape, Scaling scaling, double l2, Reduction reduction) {
    if (rows.features() != shape.features()) {
      throw new IllegalArgumentException(
          "rows have " + rows.features() + " features, the model " + shape.features());
    }
    if (!(l2 >= 0.0) || Double.isInfinite(l2)) {
      throw new IllegalArgumentException("l2 must be >= 0 and finite. Provided value: " + l2);
    }
    this.loss = loss;
    this.rows = rows;
    this.shape = shape;
    this.scaling = scaling;
    this.l2 = l2;
    this.reduction = reduction;
    this.allRows = new int[rows.rows()];
    Arrays.setAll(allRows, i -> i);
    this.totalWeight = rows.totalWeight();
  }

  /** Returns the number of rows. */
  public int rows() {
    return allRows.length;
  }

  /** Returns f(w) over all rows. */
  public double value(double[] w) {
    double[] raw = scaling.toRaw(w);
    double sum = 0.0;
    double total = 0.0;
    for (int i = 0; i < rows.rows(); i++) {
      sum += rows.weight(i) * loss.value(score(i, raw), rows.label(i));
      total += rows.weight(i);
    }
    double penalty = 0.0;
    for (int j = 0; j < shape.features(); j++) {
      penalty += w[j] * w[j];
    }
    return sum * share(total) + 0.5 * l2 * penalty;
  }

  /** Writes the gradient of f at w over all rows into {@code gradientOut}. */
  public void gradient(double[] w, double[] gradientOut) {
    gradient(w, allRows, 0, allRows.length, gradientOut);
  }

  /**
   * Writes the gradient of f restricted to the rows {@code order[from] .. order[to - 1]} into
   * {@code gradientOut}. A MEAN is over these rows; under SUM they carry their share of the
   * penalty, so that an epoch of batches adds up to f.
   */
  public void gradient(double[] w, int[] order, int from, int to, double[] gradientOut) {
    double[] raw = scaling.toRaw(w);
    Arrays.fill(gradientOut, 0.0);
    double total = 0.0;
    double ofIntercept = 0.0;
    for (int k = from; k < to; k++) {
      int i = order[k];
      double slope = rows.weight(i) * loss.gradient(score(i, raw), rows.label(i));
      rows.addScaled(i, slope, gradientOut);
      ofIntercept += slope;
      total += rows.weight(i);
    }
    shape.addToIntercept(ofIntercept, gradientOut);
    scaling.gradientToScaled(gradientOut);
    double share = share(total);
    for (int j = 0; j < gradientOut.length; j++) {
      gradientOut[j] *= share;
    }
    double penalty = reduction == Reduction.SUM ? l2 * (total / totalWeight) : l2;
    if (penalty > 0.0) {
      Vectors.addScaled(penalty, w, 0, gradientOut, shape.features());
    }
  }

  private double score(int row, double[] raw) {
    return rows.dot(row, raw) + shape.intercept(raw);
  }

  /** A block whose weights are all 0 has no mean; its loss counts nothing. */
  private double share(double totalWeight) {
    if (reduction == Reduction.SUM) {
      return 1.0;
    }
    return totalWeight > 0.0 ? 1.0 / totalWeight : 0.0;
  }
}
