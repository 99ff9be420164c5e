package io.sparkfed.federated.exact;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.FitSums;
import io.sparkfed.evaluation.ResponseDistribution;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.ExactPlan;
import io.sparkfed.federated.InformationOfFit;
import io.sparkfed.federated.NullModel;
import io.sparkfed.federated.NullSearch;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.hint.Message;
import io.sparkfed.loss.Loss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Scaling;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Standard errors and all that goes with them, after an unpenalized fit, through the same sums as
 * the training: one visit brings Fisher's information at the optimum, the deviance, that of the
 * null model, and what the likelihood needs.
 *
 * <p>The null model's score is the link of the mean label, which is the maximum of its likelihood
 * where all rows have the same score. Where they have not, as with offsets, a {@link NullSearch}
 * for that one number goes on from there, a visit of a few numbers a step.
 */
public final class FederatedInference {
  private static final int MOST_NULL_STEPS = 60;

  /** Beyond it the information, a number for each pair of coefficients, is not summed. */
  private static final int MOST_COEFFICIENTS = 2000;

  private FederatedInference() {}

  /**
   * Returns the statistics of a fit; empty where there are none: a penalized fit, a family that is
   * no generalized linear model, too many coefficients, or too few rows.
   *
   * @param model the optimum in training units
   * @param labelMean the mean label of the training rows
   * @param largest no entry of the information is larger; NaN where nobody knows
   * @param note hears what is left out, and why
   * @throws io.sparkfed.math.SingularMatrixException if the information is singular
   */
  static Optional<FitStatistics> of(
      Federation<Shard> federation,
      TrainingPlan plan,
      Scaling scaling,
      double[] model,
      double labelMean,
      double largest,
      Consumer<Message> note) {
    ExactPlan exact = plan.exact().orElseThrow();
    Optional<ResponseDistribution> distribution = ResponseDistribution.of(plan.family());
    int size = plan.shape().size();
    if (distribution.isEmpty()
        || plan.l2() != 0.0
        || plan.l1() != 0.0
        || size > MOST_COEFFICIENTS) {
      return Optional.empty();
    }
    NullSearch search =
        NullSearch.from(
            distribution.get(),
            plan.shape().hasIntercept() ? plan.family().link().score(labelMean) : 0.0);
    InformationOfFit statement =
        new InformationOfFit(
            (Loss) plan.loss(),
            plan.shape(),
            scaling,
            distribution.get(),
            exact.counting(),
            model,
            search.score());
    VectorSum sum = plan.sums().sumOf(statement.layout());
    if (Double.isFinite(largest)) {
      sum.expect(largest, federation.workers().size());
    }
    NamedVector sums =
        Ask.whole(sum, federation, federation.workers(), "statistics of the fit", statement);
    if (!(sums.get(InformationOfFit.ROWS) > size)) {
      note.accept(
          Message.of(
              "no statistics of the fit: a weight counts as so many rows in them, and the weights"
                  + " must sum to more than the number of coefficients"));
      return Optional.empty();
    }
    double nullDeviance = nullDeviance(federation, plan, search, sums);
    if (Double.isNaN(nullDeviance)) {
      note.accept(
          Message.of(
              "no null deviance, and so no R2: the fit of the intercept alone was not found in ",
              MOST_NULL_STEPS,
              " visits"));
    }
    SymmetricMatrix information = SymmetricMatrix.of(size, sums.all(InformationOfFit.INFORMATION));
    return Optional.of(
        FitStatistics.of(
            distribution.get(),
            new FitSums(
                sums.get(InformationOfFit.ROWS),
                sums.get(InformationOfFit.DEVIANCE),
                nullDeviance,
                sums.get(InformationOfFit.PEARSON),
                sums.get(InformationOfFit.LABEL_TERM),
                sums.get(InformationOfFit.SCORE_TERM)),
            scaling.toRaw(model),
            plan.shape().hasIntercept(),
            inverseInRawUnits(information, scaling),
            exact.confidenceLevel()));
  }

  /** Returns the null model's deviance; NaN where its score was not found. */
  private static double nullDeviance(
      Federation<Shard> federation, TrainingPlan plan, NullSearch first, NamedVector sums) {
    NullSearch search = first;
    NullSearch.Sums at = NullModel.read(sums);
    if (!plan.shape().hasIntercept()) {
      return at.isFinite() ? at.deviance() : Double.NaN;
    }
    // Without offsets the start is right, and with them it is by about their mean too high.
    double guess =
        search.score() - sums.get(InformationOfFit.OFFSETS) / sums.get(InformationOfFit.WEIGHT);
    ResponseDistribution distribution = search.distribution();
    for (int step = 1; !search.isDone(at); step++) {
      if (step > MOST_NULL_STEPS) {
        return Double.NaN;
      }
      search = search.next(at, guess);
      guess = Double.NaN;
      NullModel statement = new NullModel(distribution, search.score());
      at = NullModel.read(Ask.workers(federation, plan.sums(), "null model", statement));
    }
    return at.deviance();
  }

  /**
   * {@code T I^-1 T'}, where T takes coefficients in training units to raw ones. Coordinates that
   * the information says nothing of are left out: 0.
   */
  private static SymmetricMatrix inverseInRawUnits(SymmetricMatrix information, Scaling scaling) {
    int size = information.order();
    SymmetricMatrix inverse = information.withoutZeroRows().cholesky().inverse();
    double[] present = information.diagonal();
    double[][] half = new double[size][];
    for (int i = 0; i < size; i++) {
      double[] row = new double[size];
      for (int j = 0; j < size; j++) {
        row[j] = present[i] == 0.0 || present[j] == 0.0 ? 0.0 : inverse.get(i, j);
      }
      half[i] = scaling.toRaw(row);
    }
    double[] packed = new double[SymmetricMatrix.packedLength(size)];
    double[] column = new double[size];
    for (int j = 0; j < size; j++) {
      for (int i = 0; i < size; i++) {
        column[i] = half[i][j];
      }
      double[] raw = scaling.toRaw(column);
      for (int i = 0; i <= j; i++) {
        packed[SymmetricMatrix.rowStart(size, i) + j - i] = raw[i];
      }
    }
    return SymmetricMatrix.of(size, packed);
  }
}
