package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Layout.Kind;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.ResponseDistribution;
import io.sparkfed.federated.ExactPlan.Counting;
import io.sparkfed.loss.Loss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearDerivatives;

/**
 * A worker's sums for the statistics of a fit: Fisher's information at the optimum, deviance,
 * squared Pearson residuals, what the likelihood needs, and those of the null model.
 *
 * @param loss of a row
 * @param shape the model's
 * @param scaling the federation's; the identity where workers have their own
 * @param distribution of labels
 * @param counting what a row counts
 * @param model the optimum in training units
 * @param nullScore score of the null model, beside offsets
 */
public record InformationOfFit(
    Loss loss,
    ModelShape shape,
    Scaling scaling,
    ResponseDistribution distribution,
    Counting counting,
    double[] model,
    double nullScore)
    implements Statement<Shard> {
  public static final String INFORMATION = "information";
  public static final String WEIGHT = "weight";
  public static final String DEVIANCE = "deviance";
  public static final String PEARSON = "squared Pearson residuals";
  public static final String LABEL_TERM = "likelihood's label term";
  public static final String SCORE_TERM = "likelihood's score term";
  public static final String OFFSETS = "weighted offsets";
  public static final String ROWS = "rows as statistics count them";

  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public Layout layout() {
    int size = shape.size();
    Kind kind = size <= SummedDerivatives.EXACT_HESSIAN ? Kind.ALIKE : Kind.SCALED;
    Layout ofFit =
        Layout.empty()
            .of(kind, INFORMATION, SymmetricMatrix.packedLength(size))
            .exact(WEIGHT)
            .exact(DEVIANCE)
            .exact(PEARSON)
            .exact(LABEL_TERM)
            .exact(SCORE_TERM);
    return NullModel.behind(ofFit).exact(OFFSETS).exact(ROWS);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Scaling own = WorkersScaling.of(shard, scaling);
    Examples rows = shard.train();
    NamedVector answer = layout().zeros();
    answer.setAll(
        INFORMATION,
        LinearDerivatives.at(
                model,
                loss,
                (scores, label, out) -> out[0] = distribution.information(scores[0]),
                rows,
                shape,
                own)
            .hessian());
    double[] raw = own.toRaw(model);
    double[] scores = new double[1];
    double weight = 0.0;
    double deviance = 0.0;
    double pearson = 0.0;
    double labelTerm = 0.0;
    double scoreTerm = 0.0;
    double offsets = 0.0;
    double counted = 0.0;
    for (int i = 0; i < rows.rows(); i++) {
      double c = rows.weight(i);
      double y = rows.label(i);
      rows.scores(i, shape, raw, scores);
      double score = scores[0];
      weight += c;
      deviance += c * distribution.unitDeviance(y, score);
      pearson += c * distribution.squaredPearsonResidual(y, score);
      labelTerm += distribution.labelTerm(y, c);
      scoreTerm += c * distribution.scoreTerm(y, score);
      offsets += c * rows.offset(i);
      counted += counting == Counting.WEIGHTS ? c : Math.signum(c);
    }
    new NullModel(distribution, nullScore).write(rows, answer);
    return answer
        .set(WEIGHT, weight)
        .set(DEVIANCE, deviance)
        .set(PEARSON, pearson)
        .set(LABEL_TERM, labelTerm)
        .set(SCORE_TERM, scoreTerm)
        .set(OFFSETS, offsets)
        .set(ROWS, counted)
        .values();
  }
}
