package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.evaluation.NoisedMetrics;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.Coefficients;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What is told of finished models, with the workers' real noise, beside what is so. */
class NoisedEvaluationTest {
  private static final int DRAWS = 20;
  private static final List<String> TOLD = List.of("rows", "accuracy", "precision", "recall");

  /** A model of a study, and what is told of it. */
  private static final class Told {
    private final NoisedStudy study;
    private final double epsilon;
    private final double figuresShare;
    private final Federation<Shard> federation;
    private final NoisedFit fit;
    private final Map<String, Double> ofTraining;
    private final Map<String, Double> ofTest;

    Told(NoisedStudy study, double epsilon, double figuresShare) {
      this.study = study;
      this.epsilon = epsilon;
      this.figuresShare = figuresShare;
      TrainingPlan plan = study.plan(epsilon, figuresShare, 1);
      federation = study.federation();
      fit = new NoisedFit(plan, federation.workers().size());
      fit.begin(federation);
      for (int round = 1; round <= plan.rounds(); round++) {
        fit.round(federation, new Visit("round", round, federation.workers()));
      }
      Coefficients model =
          new Coefficients(study.shape(), study.cut().scaling().toRaw(fit.model()));
      ofTraining = exact(plan.metrics(), study, Shard::train, model);
      ofTest = exact(plan.metrics(), study, Shard::test, model);
    }

    private static Map<String, Double> exact(
        MetricSums metrics, NoisedStudy study, Function<Shard, Examples> part, Coefficients model) {
      double[] sums = new double[metrics.length()];
      study.shards().values().forEach(shard -> metrics.add(part.apply(shard), model, sums, 0));
      return metrics.metrics(sums, 0);
    }

    /** Asks workers with other secrets, as the same ones would give the same noise. */
    NoisedMetrics told(AskedRows rows, int seed) {
      TrainingPlan plan = study.plan(epsilon, figuresShare, seed);
      PrivatePlan privacy = plan.privacy().orElseThrow();
      Budgets budgets = Budgets.of(privacy.budget(), privacy.method(), 1, plan.rounds());
      return new NoisedEvaluation(plan, study.shards().size())
          .within(federation, rows, study.cut().scaling().toRaw(fit.model()), budgets.figures(rows))
          .orElseThrow();
    }

    NoisedMetrics told(AskedRows rows) {
      return fit.evaluate(federation, rows).orElseThrow();
    }

    /** Each draw is within four of its stated errors, and all of them err by about as much. */
    void assertErrsAsStated(AskedRows rows) {
      Map<String, Double> exact = rows == AskedRows.TRAIN ? ofTraining : ofTest;
      double squares = 0.0;
      Set<Double> draws = new HashSet<>();
      for (int draw = 0; draw < DRAWS; draw++) {
        NoisedMetrics told = told(rows, draw);
        draws.add(told.metrics().get("accuracy"));
        for (String name : TOLD) {
          double off = told.metrics().get(name) - exact.get(name);
          double stated = told.errors().get(name);
          assertTrue(Math.abs(off) <= 4.0 * stated, name + " " + told + " of " + exact);
          squares += name.equals("accuracy") ? (off / stated) * (off / stated) : 0.0;
        }
      }
      assertEquals(DRAWS, draws.size());
      // A sum of 20 squares of normal numbers: with a chance of 1e-4 beyond either end.
      assertTrue(squares >= 4.4 && squares <= 53.0, "squares " + squares);
    }
  }

  @Test
  void evaluate_censusIncomeAtEpsilonOne_isNearTheExactFigures() {
    Told study = new Told(NoisedStudy.censusIncome(), 1.0, 0.0);

    study.assertErrsAsStated(AskedRows.TEST);

    NoisedMetrics told = study.told(AskedRows.TEST);
    assertEquals(study.ofTest.get("accuracy"), told.metrics().get("accuracy"), 0.005);
    assertEquals(study.ofTest.get("logLoss"), told.metrics().get("logLoss"), 0.02);
    assertEquals(study.ofTest.get("auc"), told.metrics().get("auc"), 0.02);
    assertTrue(told.errors().get("accuracy") < 0.001, told.toString());
    assertTrue(study.fit.evaluate(study.federation, AskedRows.TRAIN).isEmpty());
  }

  /** A tenth of the budget is for the rows that the model was trained from. */
  @Test
  void evaluate_trainingRowsOfCensusIncome_isNearTheExactFigures() {
    Told study = new Told(NoisedStudy.censusIncome(), 1.0, 0.1);

    study.assertErrsAsStated(AskedRows.TRAIN);

    NoisedMetrics told = study.told(AskedRows.TRAIN);
    assertEquals(study.ofTraining.get("logLoss"), told.meanLoss(), 0.02);
    assertEquals(32_561.0, told.metrics().get("rows"), 4.0 * told.errors().get("rows"));
    double ofTest = study.told(AskedRows.TEST).errors().get("rows");
    assertEquals(Math.sqrt(10.0), told.errors().get("rows") / ofTest, 0.01);
  }

  @Test
  void evaluate_hospitalsAtEpsilonThree_isNearTheExactFigures() {
    Told study = new Told(NoisedStudy.heartDisease(), 3.0, 0.0);

    study.assertErrsAsStated(AskedRows.TEST);

    assertTrue(study.told(AskedRows.TEST).errors().get("accuracy") < 0.03);
  }

  /** A few hundred rows in the noise of epsilon 0.01: nothing is told rather than noise. */
  @Test
  void evaluate_hospitalsAtAnEpsilonThatHidesThem_tellsNothing() {
    Told study = new Told(NoisedStudy.heartDisease(), 0.01, 0.0);

    int told = 0;
    for (int draw = 0; draw < DRAWS; draw++) {
      told += study.told(AskedRows.TEST, draw).metrics().isEmpty() ? 0 : 1;
    }

    assertTrue(told <= 2, told + " of " + DRAWS);
  }
}
