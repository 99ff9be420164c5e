package io.sparkfed.objective;

import io.sparkfed.data.Examples;
import io.sparkfed.data.RowSweep;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.loss.ScoreBlock;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.math.Vectors;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.Arrays;

/**
 * One worker's local objective
 *
 * <pre>  f(w) = R(c_i l(x_i'w_1 + b_1 + o_i, ..., x_i'w_K + b_K + o_i, y_i)) + l2/2 |w|² + l1 |w|_1
 *           + mu/2 (|w - a|² + |b - a_b|²)
 * </pre>
 *
 * <p>with the {@link Reduction} R and the {@link Anchor} a; the intercepts b are never penalized.
 * The penalty belongs to each worker's objective: with {@code MEAN} and workers weighted by rows
 * the federated objective is the pooled mean loss plus the penalty.
 *
 * <p>All terms but that of {@code l1} are its smooth part. Gradients are those of the smooth part;
 * what {@code l1} adds has no gradient at 0 and is left to the solver, which takes it from {@link
 * #l1()}.
 *
 * <p>Not thread-safe.
 */
public final class LinearObjective {
  private final VectorLoss loss;
  private final Examples rows;
  private final ModelShape shape;
  private final Scaling scaling;
  private final Penalty penalty;
  private final Reduction reduction;
  private final double totalWeight;
  private final Anchor anchor;

  /** Scratch. */
  private final RowSweep sweep;

  /** Scratch. */
  private final ScoreBlock block;

  /** Scratch: coefficients in the units of the rows. */
  private final double[] raw;

  /**
   * Couples a loss to a worker's rows.
   *
   * @throws IllegalArgumentException if the widths or the numbers of outputs differ
   */
  public LinearObjective(
      VectorLoss loss,
      Examples rows,
      ModelShape shape,
      Scaling scaling,
      Penalty penalty,
      Reduction reduction) {
    this(loss, rows, shape, scaling, penalty, reduction, Anchor.NONE);
  }

  /**
   * Couples a loss to a worker's rows, with a term that holds the coefficients near a point.
   *
   * @throws IllegalArgumentException if the widths, the numbers of outputs or of coefficients
   *     differ
   */
  public LinearObjective(
      VectorLoss loss,
      Examples rows,
      ModelShape shape,
      Scaling scaling,
      Penalty penalty,
      Reduction reduction,
      Anchor anchor) {
    if (rows.features() != shape.features()) {
      throw new IllegalArgumentException(
          "rows have " + rows.features() + " features, the model " + shape.features());
    }
    if (loss.outputs() != shape.outputs()) {
      throw new IllegalArgumentException(
          "the loss has " + loss.outputs() + " outputs, the model " + shape.outputs());
    }
    if (anchor.holds() && anchor.at().length != shape.size()) {
      throw new IllegalArgumentException(
          "the anchor has " + anchor.at().length + " coefficients, the model " + shape.size());
    }
    this.anchor = anchor;
    this.loss = loss;
    this.rows = rows;
    this.shape = shape;
    this.scaling = scaling;
    this.penalty = penalty;
    this.reduction = reduction;
    this.totalWeight = rows.totalWeight();
    this.sweep = new RowSweep(rows, shape);
    this.block = new ScoreBlock(sweep.most(), shape.outputs(), sweep.stride());
    this.raw = new double[shape.size()];
  }

  /**
   * Couples a loss to a worker's rows, with a ridge penalty alone.
   *
   * @param l2 ridge penalty, at least 0 and finite
   * @throws IllegalArgumentException if the widths or the numbers of outputs differ or {@code l2}
   *     is out of range
   */
  public LinearObjective(
      VectorLoss loss,
      Examples rows,
      ModelShape shape,
      Scaling scaling,
      double l2,
      Reduction reduction) {
    this(loss, rows, shape, scaling, new Penalty(0.0, l2), reduction);
  }

  /** Returns the number of rows. */
  public int rows() {
    return rows.rows();
  }

  /** Returns the factor of {@code |w|_1}, the sum over {@link #penalised()} coordinates. */
  public double l1() {
    return penalty.l1();
  }

  /**
   * Returns the factor of {@code |w|_1} that the rows {@code order[from] .. order[to - 1]} carry:
   * all of it under MEAN, under SUM their share.
   */
  public double l1(int[] order, int from, int to) {
    return penalty.l1() == 0.0 ? 0.0 : penalty.l1() * penaltyShare(weightOf(order, from, to));
  }

  /** Returns how many coordinates are penalized: the first so many. */
  public int penalised() {
    return shape.weightCount();
  }

  /** Returns f(w) over all rows. */
  public double value(double[] w) {
    return value(w, ScoreSink.NONE);
  }

  /** Returns f(w) over all rows, and shows their scores in passing. */
  public double value(double[] w, ScoreSink sink) {
    double norm = 0.0;
    for (int j = 0; j < penalised(); j++) {
      norm += Math.abs(w[j]);
    }
    scaling.toRaw(w, raw);
    sweep.begin(raw);
    double sum = 0.0;
    for (int from = 0; from < rows(); from += sweep.most()) {
      sweep.take(from, Math.min(rows(), from + sweep.most()));
      double[] scores = sweep.scores();
      sink.scores(from, sweep.count(), scores, sweep.stride(), sweep.labels());
      block.take(sweep.count(), scores, sweep.labels());
      loss.values(block);
      sink.losses(from, sweep.count(), block.values());
      sum = addWeighted(sum);
    }
    return sum * share(totalWeight) + ridge(w) + penalty.l1() * norm + anchor.value(w);
  }

  /**
   * Returns the smooth part of f(w) over all rows and writes its gradient into {@code gradientOut}.
   */
  public double valueAndGradient(double[] w, double[] gradientOut) {
    return valueAndGradient(w, gradientOut, ScoreSink.NONE);
  }

  /** Does the same, and shows the rows' scores in passing. */
  public double valueAndGradient(double[] w, double[] gradientOut, ScoreSink sink) {
    return smooth(w, null, 0, rows(), gradientOut, true, sink);
  }

  /**
   * Value, gradient and Hessian of the smooth part at one point.
   *
   * @param gradient length d
   * @param hessian of order d; {@link ModelShape#identified}
   */
  public record Derivatives(double value, double[] gradient, SymmetricMatrix hessian) {}

  /** Returns the derivatives of the smooth part of f at w over all rows. */
  public Derivatives derivatives(double[] w) {
    LinearDerivatives sums = LinearDerivatives.at(w, loss, rows, shape, scaling);
    double share = share(totalWeight);
    double[] gradient = sums.gradient();
    for (int j = 0; j < gradient.length; j++) {
      gradient[j] *= share;
    }
    double[] ridge = new double[shape.size()];
    Arrays.fill(ridge, 0, penalised(), penalty.l2() * penaltyShare(totalWeight));
    for (int j = 0; j < ridge.length; j++) {
      gradient[j] += ridge[j] * w[j];
    }
    double[] diagonal = ridge.clone();
    if (anchor.holds()) {
      double proximal = penaltyShare(totalWeight);
      anchor.addGradient(proximal, w, gradient);
      for (int j = 0; j < diagonal.length; j++) {
        diagonal[j] += proximal * anchor.mu();
      }
    }
    SymmetricMatrix hessian =
        SymmetricMatrix.of(shape.size(), sums.hessian()).times(share).plusDiagonal(diagonal);
    double value = sums.value() * share + ridge(w) + anchor.value(w);
    return new Derivatives(value, gradient, shape.identified(hessian));
  }

  /** Writes the gradient of the smooth part of f at w over all rows into {@code gradientOut}. */
  public void gradient(double[] w, double[] gradientOut) {
    smooth(w, null, 0, rows(), gradientOut, false, ScoreSink.NONE);
  }

  /**
   * Writes the gradient of the smooth part of f restricted to the rows {@code order[from] ..
   * order[to - 1]} into {@code gradientOut}. A MEAN is over these rows; under SUM they carry their
   * share of the penalty, so that an epoch of batches adds up to f.
   */
  public void gradient(double[] w, int[] order, int from, int to, double[] gradientOut) {
    smooth(w, order, from, to, gradientOut, false, ScoreSink.NONE);
  }

  /** Adds the weighted values of the block's rows to a sum, in order. */
  private double addWeighted(double sum) {
    double[] values = block.values();
    double[] weights = sweep.weights();
    double total = sum;
    for (int i = 0; i < sweep.count(); i++) {
      total += weights[i] * values[i];
    }
    return total;
  }

  /** An order of null is that of the rows. */
  private double smooth(
      double[] w,
      int[] order,
      int from,
      int to,
      double[] gradientOut,
      boolean withValue,
      ScoreSink sink) {
    scaling.toRaw(w, raw);
    sweep.begin(raw);
    double sum = 0.0;
    for (int at = from; at < to; at += sweep.most()) {
      int end = Math.min(to, at + sweep.most());
      if (order == null) {
        sweep.take(at, end);
      } else {
        sweep.take(order, at, end);
      }
      double[] slopes = sweep.scores();
      sink.scores(at, sweep.count(), slopes, sweep.stride(), sweep.labels());
      block.take(sweep.count(), slopes, sweep.labels());
      if (withValue) {
        loss.valuesAndGradients(block);
        sink.losses(at, sweep.count(), block.values());
        sum = addWeighted(sum);
      } else {
        loss.gradients(block);
      }
      if (rows.isWeighted()) {
        weigh(slopes);
      }
      sweep.addGradient();
    }
    sweep.gradient(gradientOut);
    scaling.gradientToScaled(gradientOut);
    double weight = order == null ? totalWeight : weightOf(order, from, to);
    double share = share(weight);
    for (int j = 0; j < gradientOut.length; j++) {
      gradientOut[j] *= share;
    }
    if (penalty.l2() > 0.0) {
      double l2 = penalty.l2() * penaltyShare(weight);
      Vectors.addScaled(l2, w, 0, gradientOut, penalised());
    }
    if (anchor.holds()) {
      anchor.addGradient(penaltyShare(weight), w, gradientOut);
    }
    return withValue ? sum * share + ridge(w) + anchor.value(w) : Double.NaN;
  }

  private void weigh(double[] slopes) {
    double[] weights = sweep.weights();
    int stride = sweep.stride();
    for (int i = 0; i < sweep.count(); i++) {
      for (int k = i * stride; k < (i + 1) * stride; k++) {
        slopes[k] *= weights[i];
      }
    }
  }

  private double ridge(double[] w) {
    double squares = 0.0;
    for (int j = 0; j < penalised(); j++) {
      squares += w[j] * w[j];
    }
    return 0.5 * penalty.l2() * squares;
  }

  private double weightOf(int[] order, int from, int to) {
    double weight = 0.0;
    for (int at = from; at < to; at++) {
      weight += rows.weight(order[at]);
    }
    return weight;
  }

  /** A block whose weights are all 0 has no mean; its loss counts nothing. */
  private double share(double weight) {
    if (reduction == Reduction.SUM) {
      return 1.0;
    }
    return weight > 0.0 ? 1.0 / weight : 0.0;
  }

  private double penaltyShare(double weight) {
    if (reduction == Reduction.MEAN) {
      return 1.0;
    }
    return totalWeight > 0.0 ? weight / totalWeight : 0.0;
  }
}
