package io.sparkfed.recipe;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.federated.AlgorithmChoice;
import io.sparkfed.federated.AlgorithmChoice.Later;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.secure.masked.MaskedCohort;
import io.sparkfed.secure.masked.MaskingAssumptions;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;

/**
 * Chooses the lossless preset: {@code algorithm.preset = auto}.
 *
 * <p>Where Newton's method and L-BFGS both fit, the one whose rounds are estimated to take less
 * time. With n rows a worker, k workers and d coefficients, q of each of K outputs, a round of
 *
 * <ul>
 *   <li>Newton's method makes a gradient and a Hessian, {@code n q (q + 1) K (K + 1) / 2}
 *       operations, and sums {@code d (d + 1) / 2} numbers; of them there are {@value
 *       #NEWTON_ROUNDS}, for least squares one, and the evaluation of what it leads to;
 *   <li>L-BFGS makes a gradient, 4 n d operations, and sums d numbers; of them there are {@value
 *       #LBFGS_ROUNDS}, or {@value #PRECONDITIONED_ROUNDS} where it starts from the features'
 *       correlations.
 * </ul>
 *
 * The constants are what single cores have been seen to do; what matters is their proportions. A
 * worker is taken to have a quarter of a core: where it has more, rounds are short either way.
 *
 * <p>Least squares stay with the normal equations, which are exact, unless L-BFGS takes less than
 * half the time.
 *
 * <p>How many rounds L-BFGS takes depends on the rows, and where features nearly separate the
 * classes it may not end at all. So it is given up, for Newton's method from the model it has
 * reached, after {@value #PATIENCE} times its rounds, or as many more as take the time of Newton's:
 * by number, not by the clock, so that the same run chooses the same anywhere, and when it is
 * resumed.
 *
 * <p>Newton's method is warm-started where workers have many rows a coefficient: the average of
 * local models saves two rounds of four where the workers' rows are alike, and no more than its own
 * where they aren't.
 */
final class AutoAlgorithm {
  private static final int NEWTON_ROUNDS = 6;
  private static final int LBFGS_ROUNDS = 25;
  private static final int PRECONDITIONED_ROUNDS = 12;
  private static final double WORKERS_A_CORE = 4.0;
  private static final double WORTH_OF_EXACTNESS = 2.0;

  /** L-BFGS may take so many times its rounds before Newton's method takes its place. */
  private static final int PATIENCE = 3;

  private static final double MOST_PATIENCE = 1e6;

  /** A round's jobs, each with a task for each worker, */
  private static final double SECONDS_A_JOB = 0.012;

  private static final double SECONDS_A_TASK = 4e-4;

  /** and with masks what a worker does for each neighbor. */
  private static final double WORKER_SECONDS_A_NEIGHBOUR = 2.5e-4;

  /** The Hessian's kernel works in the cache, */
  private static final double HESSIAN_OPERATIONS_A_SECOND = 2e10;

  /** the gradient's waits for the memory. */
  private static final double GRADIENT_OPERATIONS_A_SECOND = 4e9;

  private static final double WORKER_SECONDS_A_WORD = 6e-8;
  private static final double DRIVER_SECONDS_A_WORD = 1.6e-8;

  /** Where the number of rows isn't known. */
  private static final double ROWS_A_WORKER = 10_000.0;

  /** With fewer, local models are far from the pooled one. */
  private static final int WARM_ROWS_A_COEFFICIENT = 5;

  private final Family family;
  private final double l1;
  private final ModelShape shape;
  private final boolean preconditioned;
  private final AggregationMode mode;
  private final MaskingAssumptions masked;

  /**
   * Creates it.
   *
   * @param preconditioned whether L-BFGS would start from the features' correlations
   * @param mode how sums are made
   * @param masked what the graph of masks is made for
   */
  AutoAlgorithm(
      Family family,
      double l1,
      ModelShape shape,
      boolean preconditioned,
      AggregationMode mode,
      MaskingAssumptions masked) {
    this.preconditioned = preconditioned;
    this.mode = mode;
    this.masked = masked;
    this.family = family;
    this.l1 = l1;
    this.shape = shape;
  }

  /**
   * Returns the chooser.
   *
   * @param filled returns the preset of a name, warm-started if told so
   */
  AlgorithmChoice.Chooser chooser(BiFunction<String, Boolean, AlgorithmChoice> filled) {
    return (rows, workers) -> {
      Named named = named(rows, workers);
      boolean warm =
          named.preset().equals("fed-newton")
              && rows / workers >= WARM_ROWS_A_COEFFICIENT * shape.size();
      AlgorithmChoice choice = filled.apply(named.preset(), warm);
      String why =
          choice.warmStart().isEmpty()
              ? named.why()
              : named.why() + "; it starts from an average of local models";
      Optional<Later> later =
          named.patience().stream()
              .mapToObj(
                  most ->
                      new Later(
                          most,
                          filled.apply("fed-newton", false).because(late(most), Optional.empty())))
              .findAny();
      return choice.because(why, later);
    };
  }

  private static String late(int rounds) {
    return rounds
        + " rounds of fed-lbfgs have not reached the optimum, many more than expected, so rounds"
        + " with a Hessian go on from the best model so far";
  }

  /**
   * A preset.
   *
   * @param patience how many of its rounds are enough before Newton's method takes its place
   */
  private record Named(String preset, String why, OptionalInt patience) {
    Named(String preset, String why) {
      this(preset, why, OptionalInt.empty());
    }
  }

  private Named named(double rows, int workers) {
    if (l1 > 0.0) {
      return new Named("fed-lbfgs", "model.l1 > 0");
    }
    if (!family.isCurved()) {
      return new Named("fed-lbfgs", "the loss has no curvature");
    }
    int size = shape.size();
    if (size > Presets.MOST_COEFFICIENTS_WITH_HESSIAN) {
      return new Named(
          "fed-lbfgs",
          size
              + " coefficients are too many for a Hessian (at most "
              + Presets.MOST_COEFFICIENTS_WITH_HESSIAN
              + ")");
    }
    double own = (Double.isNaN(rows) ? ROWS_A_WORKER * workers : rows) / workers;
    double gradientWork = own * 4.0 * size / GRADIENT_OPERATIONS_A_SECOND;
    double hessianWork = own * hessianOperations() / HESSIAN_OPERATIONS_A_SECOND;
    double gradientRound = round(gradientWork, size, workers);
    double hessianRound =
        round(gradientWork + hessianWork, SymmetricMatrix.packedLength(size), workers);
    boolean quadratic = family.isQuadratic();
    int hessians = quadratic ? 1 : NEWTON_ROUNDS;
    int gradients = preconditioned ? PRECONDITIONED_ROUNDS : LBFGS_ROUNDS;
    double hessian = hessians * hessianRound + (quadratic ? gradientRound : 0.0);
    double gradient = gradients * gradientRound;
    String why =
        String.format(
            Locale.ROOT,
            "%d coefficients, %.0f rows at %d workers: about %d rounds with a Hessian, %.2g s,"
                + " against %d with a gradient, %.2g s",
            size,
            own * workers,
            workers,
            hessians,
            hessian,
            gradients,
            gradient);
    if (hessian <= (quadratic ? WORTH_OF_EXACTNESS : 1.0) * gradient) {
      return new Named(quadratic ? "normal-equations" : "fed-newton", why);
    }
    int patience =
        (int)
            Math.max(
                PATIENCE * gradients, Math.min(Math.ceil(hessian / gradientRound), MOST_PATIENCE));
    return new Named("fed-lbfgs", why, quadratic ? OptionalInt.empty() : OptionalInt.of(patience));
  }

  private double hessianOperations() {
    double order = shape.features() + (shape.hasIntercept() ? 1.0 : 0.0);
    double outputs = shape.outputs();
    return order * (order + 1.0) * outputs * (outputs + 1.0) / 2.0;
  }

  private double round(double compute, double numbers, int workers) {
    double masks =
        mode == AggregationMode.MASKED
            ? MaskedCohort.of(workers, MaskedCohort.LEAST_WORKERS, masked).neighbours()
                * WORKER_SECONDS_A_NEIGHBOUR
            : 0.0;
    return RoundCost.jobs(mode) * (SECONDS_A_JOB + workers * SECONDS_A_TASK)
        + WORKERS_A_CORE * (compute + masks)
        + numbers * (WORKER_SECONDS_A_WORD + workers * DRIVER_SECONDS_A_WORD);
  }
}
