package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.EvaluationWithin;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.LengthsWithin;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.loss.Loss;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import java.math.BigDecimal;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * A sum that can't be computed if there is a row, and can if there is none, says whether there is
 * one: with its owner's noise, whoever asks gets a vector in both cases.
 */
class FailingAnswersTest {
  private static final Zcdp COST = new Zcdp(new BigDecimal("0.01"));
  private static final int FEATURES = 2;
  private static final Loss LOSS = Family.LOGISTIC.loss();

  private static Shard shard(int rows) {
    ShardBuilder builder = new ShardBuilder("a", FEATURES);
    for (int i = 0; i < rows; i++) {
      builder.addDense(new double[] {0.5, -0.25}, i % 2, 1.0, Part.TRAIN);
    }
    return builder.build(0.0, 1L, false, new ModelShape(FEATURES, true));
  }

  private static long[] answer(Question<Shard> question, Shard shard) {
    OwnersSide owner = new OwnersSide(Clip.NONE, () -> new byte[0], UnaryOperator.identity());
    return NoisyAnswer.of(question, 4, COST, 1, COST).of("a", shard, owner);
  }

  private static RowCut cut(ModelShape shape, int rowsOfPerson) {
    return new RowCut(Scaling.identity(shape), 2.0, 1.0, rowsOfPerson);
  }

  @Test
  void of_modelOfOtherColumns_isZerosWhetherThereIsARowOrNot() {
    for (int features : new int[] {0, 1, 3, 50}) {
      ModelShape shape = new ModelShape(features, true);
      RowCut cut = cut(shape, 1);
      double[] model = new double[shape.size()];
      BoundedSums sums =
          BoundedSums.of(
              Family.LOGISTIC, LOSS, MetricSettings.of(Family.LOGISTIC), Optional.empty(), 0.0);
      for (Question<Shard> question :
          List.<Question<Shard>>of(
              new EvaluationWithin(sums, AskedRows.TRAIN, shape, cut, model),
              new GradientWithin(model, LOSS, shape, cut, new double[0], 1.0),
              new ProductsWithin(shape, cut),
              new LengthsWithin(LOSS, shape, cut))) {
        long[] zeros = new long[question.layout().length()];
        assertArrayEquals(zeros, answer(question, shard(0)), question.name());
        assertArrayEquals(zeros, answer(question, shard(1)), question.name());
        assertArrayEquals(zeros, answer(question, shard(7)), question.name());
      }
    }
  }

  /** Units of another model have another intercept: a row's 1 is not in its length. */
  @Test
  void of_scalingOfAnotherModel_isZeros() {
    ModelShape with = new ModelShape(FEATURES, true);
    ModelShape without = new ModelShape(FEATURES, false);
    double[] tiny = {1e-12, 1e-12};
    Scaling scaling = new Scaling(without, new double[FEATURES], tiny);
    RowCut cut = new RowCut(scaling, 1.0, 1.0, 1);
    Shard rows = shard(9);

    answer(new GradientWithin(new double[2], LOSS, without, cut, new double[0], 1e-6), rows);
    long[] second =
        answer(new GradientWithin(new double[3], LOSS, with, cut, new double[0], 1e-6), rows);

    assertArrayEquals(new long[3], second);
  }

  /** What is kept of one model's rows is not another's. */
  @Test
  void of_gradientsOfTwoShapes_areNoLongerThanTheirBounds() {
    Shard rows = shard(9);
    long most = 0;
    for (boolean hasIntercept : new boolean[] {false, true, false}) {
      ModelShape shape = new ModelShape(FEATURES, hasIntercept);
      double[] tiny = {1e-12, 1e-12};
      RowCut cut = new RowCut(new Scaling(shape, new double[FEATURES], tiny), 1.0, 1.0, 1);
      GradientWithin asked =
          new GradientWithin(new double[shape.size()], LOSS, shape, cut, new double[0], 1e-6);
      double bound =
          NoisyAnswer.of(asked, 4, COST, 1, COST)
              .release()
              .orElseThrow()
              .sensitivity()
              .doubleValue();
      for (long word : answer(asked, rows)) {
        most = Math.max(most, Math.abs(word));
      }
      assertTrue(most <= 9 * bound, most + " of nine rows of " + bound);
    }
  }
}
