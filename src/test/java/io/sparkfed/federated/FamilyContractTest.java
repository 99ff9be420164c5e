package io.sparkfed.federated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.Question;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.evaluation.ResponseDistribution;
import io.sparkfed.federated.exact.StartingPoint;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.LabelTotals;
import io.sparkfed.model.Link;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.ObjectiveKind;
import io.sparkfed.model.Response;
import io.sparkfed.model.Scaling;
import io.sparkfed.testing.FiniteDifferences;
import io.sparkfed.testing.Table;
import io.sparkfed.wire.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What every family must have, from its loss to the bytes that a worker is sent: one that lacks a
 * piece, or whose pieces don't go together, fails here.
 */
class FamilyContractTest {
  private static final int CLASSES = 3;
  private static final double DELTA = 1.5;
  private static final double[] SCORES = {-20.0, -3.0, -1.0, -0.1, 0.0, 0.2, 1.0, 2.5, 20.0};
  private static final double[] NUMBERS = {
    -7.5, -1.0, 0.0, 0.001, 0.25, 0.5, 1.0, 1.1, 2.0, 3.0, 17.0, 42.0, 1e3
  };

  private static VectorLoss loss(Family family) {
    return family.loss(CLASSES, DELTA);
  }

  /** Numbers of the family's domain. */
  private static double[] labels(Family family) {
    return Arrays.stream(NUMBERS).filter(loss(family)::acceptsLabel).toArray();
  }

  /** The scores of the tests: each on its own, or in the cyclic orders of K of them. */
  private static List<double[]> scores(Family family) {
    double[][] all = new double[SCORES.length][loss(family).outputs()];
    for (int first = 0; first < all.length; first++) {
      for (int k = 0; k < all[first].length; k++) {
        all[first][k] = SCORES[(first + 2 * k) % SCORES.length];
      }
    }
    return List.of(all);
  }

  /** Whether the loss has a derivative near these scores, and it another one. */
  private static boolean isSmoothAt(Family family, double[] scores, double label) {
    return switch (family) {
      case SVM, SQUARED_HINGE -> Math.abs((2.0 * label - 1.0) * scores[0] - 1.0) > 0.01;
      case HUBER -> Math.abs(Math.abs(scores[0] - label) - DELTA) > 0.01;
      default -> true;
    };
  }

  private static double[] gradient(Family family, double[] scores, double label) {
    double[] gradient = new double[scores.length];
    loss(family).gradient(scores, label, gradient);
    return gradient;
  }

  private static double[] curvature(Family family, double[] scores, double label) {
    double[] curvature = new double[scores.length * scores.length];
    loss(family).curvature(scores, label, curvature);
    return curvature;
  }

  private static double[] mean(Family family, double... scores) {
    double[] mean = new double[scores.length];
    loss(family).mean(scores, mean);
    return mean;
  }

  private static double largest(double[] values) {
    return Arrays.stream(values).map(Math::abs).max().orElseThrow();
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void gradient_anyScore_isTheSlopeOfTheValue(Family family) {
    VectorLoss loss = loss(family);
    for (double y : labels(family)) {
      for (double[] s : scores(family)) {
        if (isSmoothAt(family, s, y)) {
          double[] slope = FiniteDifferences.gradient(scores -> loss.value(scores, y), s);
          double size = Math.max(1.0, largest(slope));
          assertArrayEquals(
              slope, gradient(family, s, y), 1e-7 * size, Arrays.toString(s) + ", " + y);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void curvature_anyScore_isTheSlopeOfTheGradient(Family family) {
    int k = loss(family).outputs();
    for (double y : labels(family)) {
      for (double[] s : scores(family)) {
        if (!isSmoothAt(family, s, y)) {
          continue;
        }
        double[] curvature = curvature(family, s, y);
        for (int row = 0; row < k; row++) {
          int of = row;
          double[] slope = FiniteDifferences.gradient(scores -> gradient(family, scores, y)[of], s);
          assertArrayEquals(
              slope,
              Arrays.copyOfRange(curvature, row * k, (row + 1) * k),
              1e-6 * Math.max(1.0, largest(slope)),
              Arrays.toString(s) + ", " + y);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void value_betweenTwoScores_isAtMostTheChord(Family family) {
    VectorLoss loss = loss(family);
    double[] labels = labels(family);
    Random random = new Random(1L);
    int k = loss.outputs();
    for (int i = 0; i < 1000; i++) {
      double[] a = random.doubles(k, -60.0, 60.0).toArray();
      double[] b = random.doubles(k, -60.0, 60.0).toArray();
      double t = random.nextDouble();
      double[] between = new double[k];
      Arrays.setAll(between, j -> t * a[j] + (1.0 - t) * b[j]);
      double y = labels[random.nextInt(labels.length)];
      double chord = t * loss.value(a, y) + (1.0 - t) * loss.value(b, y);
      assertTrue(
          loss.value(between, y) <= chord + 1e-12 * Math.max(1.0, chord),
          "not convex between " + Arrays.toString(a) + " and " + Arrays.toString(b));
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void curvature_anyDirection_isNotNegative(Family family) {
    double[] labels = labels(family);
    Random random = new Random(2L);
    int k = loss(family).outputs();
    for (int i = 0; i < 1000; i++) {
      double[] s = random.doubles(k, -30.0, 30.0).toArray();
      double[] v = random.doubles(k, -1.0, 1.0).toArray();
      double[] curvature = curvature(family, s, labels[random.nextInt(labels.length)]);
      double form = 0.0;
      for (int r = 0; r < k; r++) {
        for (int c = 0; c < k; c++) {
          form += v[r] * curvature[r * k + c] * v[c];
          assertEquals(curvature[r * k + c], curvature[c * k + r]);
        }
      }
      assertTrue(form >= -1e-14 * k * largest(curvature), "curvature " + form);
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void everyFunction_hugeScores_isFiniteAndKeepsItsSign(Family family) {
    VectorLoss loss = loss(family);
    int k = loss.outputs();
    for (double y : labels(family)) {
      for (double huge : new double[] {-1e5, -1e3, 1e3, 1e5}) {
        for (int at = 0; at < k; at++) {
          double[] s = new double[k];
          s[at] = huge;
          assertTrue(Double.isFinite(loss.value(s, y)) && loss.value(s, y) >= 0.0);
          assertTrue(Double.isFinite(largest(curvature(family, s, y))));
          assertTrue(curvature(family, s, y)[at * k + at] >= 0.0);
          assertTrue(Double.isFinite(largest(gradient(family, s, y))));
          assertTrue(Double.isFinite(largest(mean(family, s))));
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void gradientAndMean_writtenOverTheScores_areTheSame(Family family) {
    for (double[] s : scores(family)) {
      double y = labels(family)[0];
      double[] overwritten = s.clone();
      loss(family).gradient(overwritten, y, overwritten);
      assertArrayEquals(gradient(family, s, y), overwritten);
      overwritten = s.clone();
      loss(family).mean(overwritten, overwritten);
      assertArrayEquals(mean(family, s), overwritten);
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void factsOfTheLoss_anyScore_areTrueOfItsDerivatives(Family family) {
    VectorLoss loss = loss(family);
    List<double[]> all = new ArrayList<>(scores(family));
    for (int k = 0; k < loss.outputs(); k++) {
      for (double far : new double[] {-50.0, 50.0}) {
        double[] s = new double[loss.outputs()];
        s[k] = far;
        all.add(s);
      }
    }
    all.add(new double[loss.outputs()]);
    double mostSlope = 0.0;
    double mostCurvature = 0.0;
    double leastCurvature = Double.POSITIVE_INFINITY;
    for (double y : labels(family)) {
      for (double[] s : all) {
        double[] curvature = curvature(family, s, y);
        mostSlope = Math.max(mostSlope, largest(gradient(family, s, y)));
        mostCurvature = Math.max(mostCurvature, largest(curvature));
        leastCurvature = Math.min(leastCurvature, largest(curvature));
      }
    }

    if (!Double.isNaN(loss.largestSlope())) {
      assertEquals(loss.largestSlope(), mostSlope, 1e-15);
    }
    if (!Double.isNaN(loss.largestCurvature())) {
      assertTrue(mostCurvature <= loss.largestCurvature());
      assertTrue(mostCurvature >= 0.85 * loss.largestCurvature(), "at most " + mostCurvature);
    }
    assertEquals(loss.isCurved(), leastCurvature > 0.0);
    assertEquals(loss.isCurved(), family.isCurved());
    assertEquals(loss.isCurved() && leastCurvature == mostCurvature, family.isQuadratic());
    assertEquals(loss.getClass(), family.lossType());
  }

  /** A slope that jumps is a kink; a likelihood ratio says by itself what is a large value. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void kind_ofTheObjective_isThatOfTheLoss(Family family) {
    double y = 1.0;
    double[] score = new double[loss(family).outputs()];
    double jump = 0.0;
    for (int i = -4000; i < 4000; i++) {
      score[0] = i / 1000.0;
      double below = gradient(family, score, y)[0];
      score[0] = (i + 1) / 1000.0;
      jump = Math.max(jump, Math.abs(gradient(family, score, y)[0] - below));
    }
    assertEquals(jump > 0.5, family.kind() == ObjectiveKind.KINKED, "jump " + jump);

    boolean isLikelihood = family.kind() == ObjectiveKind.LIKELIHOOD;
    LabelTotals totals = totals(family, 0.5, 2.0);
    double typical = family.typicalLoss(totals);
    assertEquals(isLikelihood, Double.isFinite(typical));
    assertTrue(!isLikelihood || (typical > 0.0 && typical <= 1.0));
    assertEquals(family.hasLogLink(), family.rounding(totals) > 0.0);
    assertTrue(family.rounding(totals) < 1e-14);
  }

  /** Rows of weight 1 in all, one of each label: the mean label of one output is {@code mean}. */
  private static LabelTotals totals(Family family, double mean, double weight) {
    int outputs = loss(family).outputs();
    double[] sums = new double[outputs];
    Arrays.fill(sums, outputs == 1 ? mean * weight : weight / outputs);
    return new LabelTotals(new ModelShape(2, true, outputs), sums, weight);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void acceptsLabel_anyNumber_isTheFamilysDomain(Family family) {
    Response response = new Response(family, loss(family));

    for (double never :
        new double[] {Double.NaN, Double.POSITIVE_INFINITY, Double.NEGATIVE_INFINITY}) {
      assertFalse(response.acceptsLabel(never));
    }
    double[] accepted =
        Arrays.stream(NUMBERS).filter(response::acceptsLabel).sorted().distinct().toArray();
    if (family.isClassifier()) {
      int classes = Math.max(2, loss(family).outputs());
      assertArrayEquals(IntStream.range(0, classes).asDoubleStream().toArray(), accepted);
    } else {
      assertTrue(accepted.length >= 5);
    }
    for (double y : accepted) {
      assertTrue(loss(family).acceptsLabel(y));
    }
    assertFalse(response.labelRule().isBlank());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void link_ofAMean_isTheScoreThatHasIt(Family family) {
    if (family.link() == Link.NONE) {
      assertEquals(0.0, family.link().score(0.25));
      return;
    }
    for (double m : new double[] {0.01, 0.25, 0.5, 0.9}) {
      assertEquals(m, mean(family, family.link().score(m))[0], 1e-15);
    }
    for (double y : labels(family)) {
      assertTrue(Double.isFinite(family.link().score(y)));
      for (double[] s : scores(family)) {
        assertEquals(
            Math.signum(mean(family, s)[0] - y),
            Math.signum(gradient(family, s, y)[0]),
            "score " + s[0]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void predictions_anyScores_goWithTheMeanResponse(Family family) {
    Response response = new Response(family, loss(family));
    for (double[] s : scores(family)) {
      double[] predictions = response.predictions(s.clone());
      double[] mean = mean(family, s);
      assertEquals(response.predictionNames().size(), predictions.length);
      assertEquals("prediction", response.predictionNames().get(0));
      if (!family.isClassifier()) {
        assertArrayEquals(mean, predictions);
      } else if (family.hasThreshold()) {
        assertEquals(s[0] > 0.0 ? 1.0 : 0.0, predictions[0]);
        double of = family.isBinomial() ? mean[0] : s[0];
        assertEquals(of, predictions[1]);
        Response strict = new Response(family, loss(family), response.labels(), of);
        assertEquals(0.0, strict.predictions(s)[0]);
      } else {
        assertEquals(largest(mean), mean[(int) predictions[0]]);
        assertArrayEquals(mean, Arrays.copyOfRange(predictions, 1, predictions.length));
      }
    }
    assertEquals(family.hasThreshold(), !Double.isNaN(family.threshold()));
    assertTrue(family.isClassifier() || !family.hasThreshold());
    assertEquals(family.isMultinomial(), loss(family).outputs() > 1);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void startingCurvature_rowsNearTheirMean_isThatOfTheLoss(Family family) {
    int k = loss(family).outputs();
    for (boolean hasIntercept : new boolean[] {true, false}) {
      for (double m : new double[] {0.25, 0.75}) {
        double[] s = new double[k];
        s[0] = hasIntercept ? family.link().score(m) : 0.0;
        double y = family.link() == Link.NONE ? 1.0 : mean(family, s)[0];
        double[] curvature = curvature(family, s, y);
        // In a direction that changes the loss.
        double expected = k == 1 ? curvature[0] : curvature[0] - curvature[1];
        double actual = family.startingCurvature(new ModelShape(2, hasIntercept, k), m);
        if (expected > 0.0) {
          assertEquals(expected, actual, 1e-15);
        } else {
          assertTrue(actual > 0.0);
        }
      }
    }
  }

  /** An intercept runs away where the slope of equal labels never changes its sign. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void runaway_equalLabels_isSaidWhereNoInterceptFits(Family family) {
    int outputs = loss(family).outputs();
    for (double y : labels(family)) {
      double[] sums = new double[outputs];
      sums[outputs == 1 ? 0 : (int) y] = outputs == 1 ? 2.0 * y : 2.0;
      double[] s = new double[outputs];
      int at = outputs == 1 ? 0 : (int) y;
      s[at] = -30.0;
      double below = gradient(family, s, y)[at];
      s[at] = 30.0;
      double above = gradient(family, s, y)[at];
      boolean isUnbounded = outputs > 1 || (y <= 2.0 && below * above > 0.0);

      LabelTotals totals = new LabelTotals(new ModelShape(2, true, outputs), sums, 2.0);
      assertEquals(isUnbounded, family.runaway(totals).isPresent(), "label " + y);
      assertEquals(
          Optional.empty(),
          family.runaway(new LabelTotals(new ModelShape(2, false, outputs), sums, 2.0)));
    }
    assertEquals(Optional.empty(), family.runaway(totals(family, 0.5, 2.0)));
  }

  private static Shard shard(Table table, double[] offsets, int from) {
    ShardBuilder builder = new ShardBuilder("any", table.features());
    for (int i = 0; i < table.rows(); i++) {
      double offset = offsets[from + i];
      builder.addDense(table.x()[i], table.y()[i], table.weights()[i], offset, Part.TRAIN);
    }
    return builder.build(0.0, 1L, false, new ModelShape(table.features(), true));
  }

  /** Exactly so for a likelihood, and for log odds beside offsets about so. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void start_ofASearch_isTheBestInterceptAlone(Family family) {
    Table random = Table.random(7L, 60, 2, family);
    double[] y = Arrays.stream(random.y()).map(l -> family.isClassifier() ? l : l + 5).toArray();
    Table table = new Table(random.x(), y, new Random(8L).doubles(60, 0.5, 2.0).toArray());
    for (double spread : family.isMultinomial() ? new double[] {0.0} : new double[] {0.0, 1.0}) {
      double[] offsets = new Random(9L).doubles(60).map(o -> 0.5 + spread * o).toArray();
      if (spread == 0.0) {
        Arrays.fill(offsets, 0.0);
      }
      Map<String, Shard> shards = new TreeMap<>();
      shards.put("a", shard(table.slice(0, 40), offsets, 0));
      shards.put("b", shard(table.slice(40, 60), offsets, 40));
      TrainingPlan plan = new PlanBuilder().family(family).build();

      double[] start =
          StartingPoint.of(new InProcessFederation<>(shards), plan, Optional.empty()).point();

      if (family.isMultinomial()) {
        assertArrayEquals(new double[plan.shape().size()], start);
        return;
      }
      assertArrayEquals(new double[2], Arrays.copyOf(start, 2));
      double slope = 0.0;
      double value = 0.0;
      double ofZero = 0.0;
      for (int i = 0; i < 60; i++) {
        Loss loss = (Loss) plan.loss();
        double c = table.weights()[i];
        slope += c * loss.gradient(start[2] + offsets[i], y[i]);
        value += c * loss.value(start[2] + offsets[i], y[i]);
        ofZero += c * loss.value(offsets[i], y[i]);
      }
      assertTrue(value <= ofZero + 0.05 * ofZero, "start " + start[2]);
      boolean isExact = spread == 0.0 || family.link() != Link.LOGIT;
      if (ResponseDistribution.of(family).isPresent() && isExact) {
        assertEquals(0.0, slope, 1e-7, "start " + start[2]);
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void distribution_ofALikelihood_hasADevianceThatIsZeroWhereTheMeanIsTheLabel(Family family) {
    Optional<ResponseDistribution> found = ResponseDistribution.of(family);
    boolean isLikelihood = family.kind() == ObjectiveKind.LIKELIHOOD && !family.isMultinomial();
    assertTrue(found.isPresent() || !isLikelihood);
    if (found.isEmpty()) {
      return;
    }
    ResponseDistribution distribution = found.get();
    assertEquals(family.hasLogLink(), distribution.hasLogLink());
    for (double y : labels(family)) {
      for (double[] one : scores(family)) {
        double s = one[0];
        double slope =
            FiniteDifferences.derivative(at -> 0.5 * distribution.unitDeviance(y, at), s);
        assertTrue(distribution.unitDeviance(y, s) >= 0.0);
        assertTrue(distribution.information(s) > 0.0);
        assertEquals(
            slope, distribution.slope(y, s), 1e-7 * Math.max(1.0, Math.abs(slope)), y + ", " + s);
        if (Math.abs(s) <= 3.0) {
          double pearson = distribution.slope(y, s);
          pearson *= pearson / distribution.information(s);
          assertEquals(
              pearson, distribution.squaredPearsonResidual(y, s), 1e-9 * Math.max(1.0, pearson));
        }
      }
    }
    for (double m : new double[] {0.25, 0.5, 0.75}) {
      assertEquals(0.0, distribution.unitDeviance(m, family.link().score(m)), 1e-15);
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void metrics_anyRows_haveTheLossAndTheRows(Family family) {
    MetricSums metrics = MetricSums.of(family, loss(family), MetricSettings.of(family));
    ModelShape shape = new ModelShape(2, true, loss(family).outputs());
    double[] model = new Random(8L).doubles(shape.size(), -1.0, 1.0).toArray();
    double[] sums = new double[metrics.length()];
    metrics.add(
        Table.random(3L, 40, 2, family).examples(), new Coefficients(shape, model), sums, 0);
    Map<String, Double> named = metrics.metrics(sums, 0);

    assertEquals(40.0, named.get("rows"));
    double ofLoss = named.get(family.lossMetric()) / metrics.meanLoss(sums, 0);
    // A deviance is twice the loss.
    assertEquals(family.hasLogLink() ? 2.0 : 1.0, ofLoss, 1e-15);
    assertEquals(loss(family), metrics.loss());
    assertEquals(family.isBinomial(), metrics.ranking(sums, 0).isPresent());
    assertEquals(family.isBinomial(), named.containsKey("auc"));
    assertEquals(family.isClassifier(), named.containsKey("accuracy"));
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void statement_ofTheFamily_isReadFromItsBytes(Family family) {
    TrainingPlan plan = new PlanBuilder().family(family).build();
    double[] model = new Random(4L).doubles(plan.shape().size()).toArray();
    Scaling scaling = Scaling.identity(plan.shape());
    for (Statement<Shard> statement :
        List.of(
            LocalTraining.of(plan, scaling, 1, model, true),
            SummedDerivatives.of(
                plan, SummedDerivatives.Wanted.DERIVATIVES, family.isCurved(), scaling, model))) {
      byte[] bytes = statement.toBytes();
      Question<Object> read = StatementForm.INSTANCE.read(bytes, Site.BARE);
      Shard rows = Table.random(5L, 9, 2, family).shard("a");

      assertArrayEquals(bytes, read.toBytes());
      assertEquals(statement.layout(), read.layout());
      assertArrayEquals(statement.answer("a", rows), read.answer("a", rows));
    }
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void drawLabel_generatedRows_areOfTheDomain(Family family) {
    int outputs = loss(family).outputs();
    SyntheticWorkers workers = new SyntheticWorkers(3, 400, 0.2, 0.2, family, outputs, 1L);
    ShardBuilder builder = new ShardBuilder("worker-1", 3);
    workers.generate("worker-1", builder);
    Examples rows = builder.build(0.0, 1L, false, new ModelShape(3, true)).train();
    double[] labels = IntStream.range(0, rows.rows()).mapToDouble(rows::label).toArray();

    assertTrue(Arrays.stream(labels).allMatch(loss(family)::acceptsLabel));
    long distinct = Arrays.stream(labels).distinct().count();
    boolean classes = family.isClassifier();
    assertTrue(classes ? distinct == Math.max(2, outputs) : distinct > 3, "distinct " + distinct);
  }
}
