package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Layout.Kind;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Examples;
import io.sparkfed.data.ScoreSink;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.LinearDerivatives;
import io.sparkfed.objective.LinearObjective;
import io.sparkfed.objective.Reduction;

/**
 * A round of a lossless method at a worker: sums of the loss of its training rows, of its
 * derivatives at the model it received, and the evaluation of that model. The Hessian is there only
 * for a method that needs it, and the label sum is that of weighted labels, for softmax that of the
 * weights of each class.
 *
 * <p>Precision. An <em>exact</em> number, of seven words, is so to the last place of the largest at
 * any worker when the range was found, 2^-50 of it or less, and keeps that however small it gets; a
 * <em>scaled</em> one, of one word, to about 2^-46 of the largest of all of them. Loss and weight
 * are always exact. The gradient, which alone decides where the optimum is, is exact up to {@value
 * #EXACT_GRADIENT} coefficients. A Hessian is exact up to {@value #EXACT_HESSIAN} coefficients, and
 * scaled above: its entries are of one size, as the features are standardized, and an error of it
 * makes a step longer or shorter, not the optimum another.
 *
 * @param loss of a row
 * @param shape the model's
 * @param derivatives whether any are wanted
 * @param hasHessian whether the Hessian is among the sums
 * @param metrics what is evaluated
 * @param testRows whether test rows are in the evaluation
 * @param scaling the federation's; the identity where workers have their own
 * @param model the global model in training units
 */
public record SummedDerivatives(
    VectorLoss loss,
    ModelShape shape,
    Wanted derivatives,
    boolean hasHessian,
    MetricSums metrics,
    TestRows testRows,
    Scaling scaling,
    double[] model)
    implements Statement<Shard> {
  /** Beyond it, seven words a coefficient are more than the precision is worth. */
  static final int EXACT_GRADIENT = 8192;

  /** 8,256 numbers, 462 kB. */
  public static final int EXACT_HESSIAN = 128;

  public static final String HESSIAN = "Hessian";
  public static final String GRADIENT = "gradient";
  public static final String LOSS = "loss";
  public static final String WEIGHT = "weight";
  public static final String LABELS = "labels";

  /** Whether the optimizer still wants to know of the model, or it is only evaluated. */
  public enum Wanted {
    DERIVATIVES,
    ZEROS
  }

  /** Takes what the plan says of the rows; the scaling is the identity unless federated. */
  public static SummedDerivatives of(
      TrainingPlan plan, Wanted derivatives, boolean hasHessian, Scaling scaling, double[] model) {
    return new SummedDerivatives(
        plan.loss(),
        plan.shape(),
        derivatives,
        hasHessian,
        plan.metrics(),
        TestRows.of(plan),
        scaling,
        model);
  }

  @Override
  public long parameters() {
    return shape.size();
  }

  @Override
  public Layout layout() {
    return layout(shape, hasHessian, metrics);
  }

  public static Layout layout(ModelShape shape, boolean hasHessian, MetricSums metrics) {
    int size = shape.size();
    Kind ofHessian = size <= EXACT_HESSIAN ? Kind.ALIKE : Kind.SCALED;
    Kind ofGradient = hasHessian || size <= EXACT_GRADIENT ? Kind.EXACT : Kind.SCALED;
    Layout layout = Layout.empty();
    if (hasHessian) {
      layout = layout.of(ofHessian, HESSIAN, SymmetricMatrix.packedLength(size));
    }
    layout =
        layout
            .of(ofGradient, GRADIENT, size)
            .exact(LOSS)
            .exact(WEIGHT)
            .exact(LABELS, shape.outputs());
    return EvaluationSums.behind(layout, metrics);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Scaling own = WorkersScaling.of(shard, scaling);
    Examples rows = shard.train();
    NamedVector answer = layout().zeros();
    ScoreSink ofTraining = metrics.into(rows, answer.values(), EvaluationSums.trainFrom(answer));
    LinearObjective objective = new LinearObjective(loss, rows, shape, own, 0.0, Reduction.SUM);
    if (derivatives == Wanted.ZEROS) {
      answer.set(LOSS, objective.value(model, ofTraining));
    } else if (hasHessian) {
      LinearDerivatives sums = LinearDerivatives.at(model, loss, rows, shape, own, ofTraining);
      answer
          .setAll(HESSIAN, sums.hessian())
          .setAll(GRADIENT, sums.gradient())
          .set(LOSS, sums.value());
    } else {
      double[] gradient = new double[model.length];
      answer
          .set(LOSS, objective.valueAndGradient(model, gradient, ofTraining))
          .setAll(GRADIENT, gradient);
    }
    answer.set(WEIGHT, rows.totalWeight()).setAll(LABELS, LabelsByOutput.sums(rows, shape));
    EvaluationSums.writeTest(
        answer, metrics, testRows, shard, new Coefficients(shape, own.toRaw(model)));
    return answer.values();
  }
}
