package io.sparkfed.evaluation;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Interval;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounded sums beside the exact ones, and what their noise does. */
class BoundedSumsTest {
  private static final int ROWS = 4000;
  private static final double DELTA = 1.0;

  private static final Coefficients SLOPE =
      new Coefficients(new ModelShape(1, true), new double[] {1.0, 0.0});

  private static VectorLoss loss(Family family) {
    return family.loss(3, DELTA);
  }

  private static BoundedSums sums(Family family) {
    return BoundedSums.of(
        family,
        loss(family),
        MetricSettings.of(family),
        Optional.of(new Interval(-40.0, 60.0)),
        0.25);
  }

  /** The truth of {@link Table#random}, a little off. */
  private static Coefficients model(Family family) {
    ModelShape shape = new ModelShape(2, true, loss(family).outputs());
    double[] values = {0.9, -0.6, 0.4};
    return new Coefficients(
        shape,
        shape.outputs() == 1 ? values : new double[] {0.1, 0, 1, -0.7, -1, 0.8, 0.5, 0.1, -0.3});
  }

  private static double[] of(Family family, Examples rows) {
    return sums(family).of(rows, model(family), i -> rows.weight(i));
  }

  private static NoisedMetrics metrics(Family family, double[] opened, double noise) {
    return sums(family).metrics(new NoisedSums(sums(family).parts(), opened, noise, 1.0));
  }

  private static Map<String, Double> exact(Family family, Examples rows) {
    MetricSums metrics = MetricSums.of(family, loss(family), MetricSettings.of(family));
    double[] exact = new double[metrics.length()];
    metrics.add(rows, model(family), exact, 0);
    return metrics.metrics(exact, 0);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void metrics_withoutNoise_areTheExactOnes(Family family) {
    double[] weights = new Random(3).doubles(ROWS).map(w -> w < 0.3 ? w : 1.0).toArray();
    Examples rows = Table.random(2L, ROWS, 2, family).withWeights(weights).examples();
    Map<String, Double> expected = exact(family, rows);

    NoisedMetrics found = metrics(family, of(family, rows), 0.0);

    assertEquals(List.copyOf(expected.keySet()), List.copyOf(found.metrics().keySet()));
    expected.forEach(
        (name, value) -> {
          double actual = found.metrics().get(name);
          if (name.equals("auc")) {
            assertEquals(value, actual, found.metrics().get("aucError") + expected.get("aucError"));
            assertEquals(value, actual, 0.01);
          } else if (!name.equals("aucError")) {
            // Each row is rounded to 2^-20 of the end of its band, within twice its size.
            assertEquals(value, actual, Math.abs(value) * 0x1p-18 + 1e-9, name);
          }
        });
    MetricSums metrics = MetricSums.of(family, loss(family), MetricSettings.of(family));
    double[] all = new double[metrics.length()];
    metrics.add(rows, model(family), all, 0);
    assertEquals(metrics.meanLoss(all, 0), found.meanLoss(), 1e-5 * found.meanLoss());
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void metrics_noRows_areEmpty(Family family) {
    double[] none = new double[sums(family).layout().length()];

    assertTrue(metrics(family, none, 0.0).metrics().isEmpty());
    assertTrue(metrics(family, none, 4.0).metrics().isEmpty());
    assertTrue(Double.isNaN(metrics(family, none, 4.0).meanLoss()));
  }

  /** A few rows in much noise: there are no figures, rather than wrong ones. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void metrics_fewRowsInNoise_areEmptyOrHidden(Family family) {
    double[] opened = of(family, Table.random(2L, 20, 2, family).examples());
    Random random = new Random(5);
    int told = 0;
    for (int draw = 0; draw < 200; draw++) {
      double[] noisy = Arrays.stream(opened).map(v -> v + 40.0 * random.nextGaussian()).toArray();
      told += metrics(family, noisy, 40.0).metrics().isEmpty() ? 0 : 1;
    }
    // The number of rows is above three deviations by chance.
    assertTrue(told <= 4, told + " of 200");
  }

  /** A row's term is that row's alone, to the last bit, whatever the others are stored like. */
  @ParameterizedTest
  @EnumSource(Family.class)
  void of_rowsStoredAndSortedOtherwise_hasTheSameBits(Family family) {
    Random random = new Random(11);
    Table table = Table.random(4L, 300, 2, family);
    for (double[] x : table.x()) {
      x[random.nextInt(2)] = random.nextInt(3) == 0 ? 0.0 : 0.1 * random.nextInt(40);
    }
    ModelShape shape = model(family).shape();
    ShardBuilder dense = new ShardBuilder("a", 2);
    ShardBuilder sparse = new ShardBuilder("a", 2);
    table.addTo(dense, Part.TRAIN);
    table.addSparseTo(sparse, Part.TRAIN);
    Examples rows = dense.build(0.0, 1L, false, shape).train();
    double[] all = of(family, rows);

    assertArrayEquals(all, of(family, sparse.build(0.0, 1L, false, shape).train()));
    double[] added = new double[all.length];
    for (int i = 0; i < 300; i++) {
      double[] one = of(family, table.slice(i, i + 1).examples());
      double squares = Arrays.stream(one).map(v -> v * v).sum();
      assertTrue(Math.sqrt(squares) <= sums(family).bound(), () -> Arrays.toString(one));
      Arrays.setAll(added, j -> added[j] + one[j]);
    }
    assertArrayEquals(all, added);
  }

  @ParameterizedTest
  @EnumSource(Family.class)
  void of_rowsOfNoNumbersOrLabels_addsNothing(Family family) {
    double[][] x = {{Double.NaN, 1}, {1, 1}, {1e308, -1e308}, {1, 1}};
    double[] y = {1, Double.NaN, 1, 1};
    ModelShape shape = new ModelShape(2, true, loss(family).outputs());
    double[] huge = new double[shape.size()];
    Arrays.fill(huge, 1e9);
    Examples rows = Table.of(x, y).withWeights(1, 1, 1, Double.NaN).examples();

    double[] found =
        sums(family)
            .of(
                rows,
                new Coefficients(shape, huge),
                i -> rows.weight(i) > 0.0 ? Math.min(1.0, rows.weight(i)) : 0.0);

    assertArrayEquals(new double[found.length], found);
  }

  private record Drawn(double mean, double deviation, double stated, int seen) {}

  /** Draws noise 500 times. */
  private static Drawn draw(Family family, double[] opened, double noise, String metric) {
    Random random = new Random(7);
    List<Double> values = new ArrayList<>();
    double stated = 0.0;
    for (int draw = 0; draw < 500; draw++) {
      double[] noisy = Arrays.stream(opened).map(v -> v + noise * random.nextGaussian()).toArray();
      NoisedMetrics found = metrics(family, noisy, noise);
      if (found.errors().containsKey(metric)) {
        values.add(found.metrics().get(metric));
        stated += found.errors().get(metric);
      }
    }
    double mean = values.stream().mapToDouble(v -> v).average().orElseThrow();
    double squares = values.stream().mapToDouble(v -> (v - mean) * (v - mean)).sum();
    return new Drawn(
        mean, Math.sqrt(squares / (values.size() - 1)), stated / values.size(), values.size());
  }

  /** Epsilon 1 and delta 1e-5, at three workers that rely on two. */
  private static Drawn draw(Family family, String metric) {
    Examples rows = Table.random(2L, ROWS, 2, family).examples();
    return draw(family, of(family, rows), sums(family).bound() * 4.05 * 1.2248, metric);
  }

  /** Of 500 draws a deviation is known to 3.2%; an AUC's bins move it, too. */
  @ParameterizedTest
  @CsvSource({
    "LOGISTIC, rows",
    "LOGISTIC, accuracy",
    "LOGISTIC, precision",
    "LOGISTIC, recall",
    "LOGISTIC, auc",
    "SVM, accuracy",
    "SOFTMAX, accuracy",
    "SOFTMAX, macroRecall",
    "POISSON, rows"
  })
  void metrics_ofNoisyCounts_errByWhatIsStated(Family family, String metric) {
    double truth = exact(family, Table.random(2L, ROWS, 2, family).examples()).get(metric);

    Drawn drawn = draw(family, metric);

    assertEquals(500, drawn.seen());
    assertEquals(1.0, drawn.stated() / drawn.deviation(), 0.13, drawn.toString());
    double bins = metric.equals("auc") ? 0.006 : 0.0;
    assertEquals(truth, drawn.mean(), 0.15 * drawn.deviation() + bins, drawn.toString());
  }

  /** Before a run the worst is told: what is right, and what wrong, has its part of it. */
  @ParameterizedTest
  @CsvSource({"LOGISTIC", "SVM", "SOFTMAX"})
  void expectedNoise_ofAccuracy_isWhatARunHasTimesItsPart(Family family) {
    double noise = sums(family).bound() * 4.05 * 1.2248;
    double most = ExpectedNoise.ofAccuracy(sums(family), noise, ROWS);

    Drawn drawn = draw(family, "accuracy");

    double part = Math.hypot(drawn.mean(), 1.0 - drawn.mean());
    assertEquals(part, drawn.deviation() / most, 0.1 * part, drawn.toString());
    assertTrue(Double.isNaN(ExpectedNoise.ofAccuracy(sums(family), noise, 10.0)));
    assertEquals(most / 10.0, ExpectedNoise.ofAccuracy(sums(family), noise, 10.0 * ROWS), 1e-9);
  }

  /** What is told from bands is biased by rows that noise hides; that is in what is stated. */
  @ParameterizedTest
  @CsvSource({
    "LOGISTIC, logLoss",
    "SOFTMAX, logLoss",
    "SVM, hingeLoss",
    "LINEAR, rmse",
    "LINEAR, r2",
    "LINEAR, mae",
    "HUBER, huberLoss",
    "POISSON, mae",
    "POISSON, meanDeviance"
  })
  void metrics_ofNoisyBands_errByAboutWhatIsStated(Family family, String metric) {
    double truth = exact(family, Table.random(2L, ROWS, 2, family).examples()).get(metric);

    Drawn drawn = draw(family, metric);

    double error = Math.hypot(drawn.deviation(), drawn.mean() - truth);
    assertTrue(drawn.seen() >= 495, drawn.toString());
    assertTrue(error >= 0.5 * drawn.stated() && error <= 1.5 * drawn.stated(), drawn.toString());
  }

  /** What epsilon 1 is worth on 4000 rows. */
  @ParameterizedTest
  @CsvSource({
    "LOGISTIC, accuracy, 0.004", "LOGISTIC, auc, 0.009", "LOGISTIC, logLoss, 0.04",
    "SVM, accuracy, 0.003", "SOFTMAX, accuracy, 0.004", "LINEAR, r2, 0.05"
  })
  void metrics_ofNoisySumsAtEpsilonOne_sayMuch(Family family, String metric, double most) {
    Drawn drawn = draw(family, metric);

    assertTrue(drawn.deviation() <= most, drawn.toString());
  }

  /** Residuals of least squares, of any scale: wherever a band ends among them. */
  @ParameterizedTest
  @ValueSource(doubles = {0.7, 0.85, 1.0, 1.15, 1.3})
  void rmse_ofGaussianErrors_isOffByAboutWhatIsStated(double scale) {
    Random random = new Random(3);
    double[][] x = new double[2400][1];
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      y[i] = scale * random.nextGaussian();
    }
    double truth = Math.sqrt(Arrays.stream(y).map(e -> e * e).average().orElseThrow());

    Drawn drawn = drawn(Family.LINEAR, Table.of(x, y).examples(), new double[2], "rmse");

    double error = Math.hypot(drawn.deviation(), drawn.mean() - truth);
    assertTrue(error >= 0.5 * drawn.stated() && error <= 1.5 * drawn.stated(), drawn.toString());
  }

  /** Rows of a rare class lose much, and noise hides them: so the loss is known to that alone. */
  @ParameterizedTest
  @ValueSource(ints = {0, 10, 30, 60, 200})
  void logLoss_ofRareEvents_isOffByNoMoreThanIsStated(int events) {
    double[][] x = new double[9600][1];
    double[] y = new double[x.length];
    Arrays.fill(y, 0, events, 1.0);
    double score = Math.log((events + 1.0) / (y.length - events));
    double rate = 1.0 / (1.0 + Math.exp(-score));
    double truth =
        -(events * Math.log(rate) + (y.length - events) * Math.log(1.0 - rate)) / y.length;

    Drawn drawn =
        drawn(Family.LOGISTIC, Table.of(x, y).examples(), new double[] {0.0, score}, "logLoss");

    double error = Math.hypot(drawn.deviation(), drawn.mean() - truth);
    assertEquals(500, drawn.seen());
    assertTrue(error <= 1.3 * drawn.stated(), drawn + " of " + truth);
  }

  private static Drawn drawn(Family family, Examples rows, double[] model, String metric) {
    Coefficients at = new Coefficients(new ModelShape(1, true), model);
    double[] opened = sums(family).of(rows, at, i -> 1.0);
    return draw(family, opened, sums(family).bound() * 4.05 * 1.2248, metric);
  }

  /** Labels fill a hundredth of their bounds: bands are as fine as the errors that there are. */
  @Test
  void metrics_boundsFarWiderThanLabels_tellTheErrorsAllTheSame() {
    Examples rows = Table.random(2L, 20_000, 2, Family.LINEAR).examples();
    Map<String, Double> expected = exact(Family.LINEAR, rows);
    BoundedSums wide =
        BoundedSums.of(
            Family.LINEAR,
            loss(Family.LINEAR),
            MetricSettings.of(Family.LINEAR),
            Optional.of(new Interval(-100.0, 900.0)),
            0.4);
    double[] opened = wide.of(rows, model(Family.LINEAR), i -> 1.0);
    double noise = wide.bound() * 4.05;
    Random random = new Random(9);
    double[] noisy = Arrays.stream(opened).map(v -> v + noise * random.nextGaussian()).toArray();

    NoisedMetrics found = wide.metrics(new NoisedSums(wide.parts(), noisy, noise, 1.0));

    assertEquals(expected.get("rmse"), found.metrics().get("rmse"), 0.05);
    assertEquals(expected.get("r2"), found.metrics().get("r2"), 0.05);
  }

  /** Errors of deviation 1, of which a part is at 80 of the 100 that bounds allow. */
  private static Examples heavyTailed(int rows, double part) {
    Random random = new Random(6);
    double[][] x = new double[rows][1];
    double[] y = new double[rows];
    for (int i = 0; i < rows; i++) {
      x[i][0] = random.nextGaussian();
      y[i] = i < part * rows ? (i % 2 == 0 ? 55.0 : -39.0) : x[i][0] + random.nextGaussian();
    }
    return Table.of(x, y).examples();
  }

  /**
   * Rows far from all others that noise hides are in what is stated, or it's said that they aren't
   * counted, and how many they may be.
   */
  @ParameterizedTest
  @CsvSource({"10000, 0.003", "10000, 0.01", "40000, 0.003", "10000, 0.0"})
  void metrics_ofHeavyTails_areNearTheTruthOrSayWhatTheyLeaveOut(int rows, double part) {
    Examples examples = heavyTailed(rows, part);
    MetricSettings settings = MetricSettings.of(Family.LINEAR);
    MetricSums exactly = MetricSums.of(Family.LINEAR, loss(Family.LINEAR), settings);
    double[] all = new double[exactly.length()];
    exactly.add(examples, SLOPE, all, 0);
    Map<String, Double> exact = exactly.metrics(all, 0);
    double[] opened = sums(Family.LINEAR).of(examples, SLOPE, i -> 1.0);
    double noise = sums(Family.LINEAR).bound() * 4.05 * 1.2248;
    Random random = new Random(8);
    int wrong = 0;
    for (int draw = 0; draw < 200; draw++) {
      double[] noisy = Arrays.stream(opened).map(v -> v + noise * random.nextGaussian()).toArray();
      NoisedMetrics found = metrics(Family.LINEAR, noisy, noise);
      for (String name : List.of("rmse", "mae", "r2")) {
        double off = Math.abs(found.metrics().get(name) - exact.get(name));
        boolean isSaid =
            found.limits().stream()
                .anyMatch(limit -> limit.text().contains(name) && limit.most() >= part * rows);
        wrong += off <= 4.0 * found.errors().getOrDefault(name, 9.0) || isSaid ? 0 : 1;
      }
    }

    assertTrue(wrong <= 12, wrong + " of 600");
  }

  /** Where rows are so many that noise in all bands is little, nothing is left out. */
  @Test
  void metrics_ofHeavyTailsOfMillionsOfRows_countThem() {
    double[] opened = sums(Family.LINEAR).of(heavyTailed(10_000, 0.0003), SLOPE, i -> 1.0);
    double[] many = Arrays.stream(opened).map(v -> 300.0 * v).toArray();

    NoisedMetrics found = metrics(Family.LINEAR, many, 5.0);

    assertEquals(List.of(), found.limits());
    assertEquals(Math.sqrt(1.0 + 0.0003 * 47.0 * 47.0), found.metrics().get("rmse"), 0.05);
  }

  /** Of ordinary rows, in bounds of a few deviations: figures are of use, and of all rows. */
  @Test
  void metrics_ofThinTailsInFittingBounds_areOfAllRows() {
    Examples rows = heavyTailed(10_000, 0.0);
    BoundedSums fitting =
        BoundedSums.of(
            Family.LINEAR,
            loss(Family.LINEAR),
            MetricSettings.of(Family.LINEAR),
            Optional.of(new Interval(-5.0, 5.0)),
            0.0);
    double noise = fitting.bound() * 4.05;

    NoisedMetrics found =
        fitting.metrics(
            new NoisedSums(fitting.parts(), fitting.of(rows, SLOPE, i -> 1.0), noise, 1.0));

    assertEquals(List.of(), found.limits());
    assertEquals(1.0, found.metrics().get("rmse"), 0.05);
    assertTrue(found.errors().get("rmse") < 0.06, found.toString());
    assertTrue(found.errors().get("r2") < 0.06, found.toString());
  }

  /** Labels -1 and 1, or 1 and 2: rows of one of them are left out, and nobody told it else. */
  @ParameterizedTest
  @CsvSource({"LOGISTIC, -1, 1, 0", "LOGISTIC, 1, 2, 0", "SVM, 0, 2, 1", "SOFTMAX, 0, 1, 2"})
  void metrics_ofALabelThatNoRowHas_sayIt(Family family, double one, double other, int unseen) {
    double[][] x = new double[ROWS][2];
    double[] y = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      y[i] = i % 2 == 0 ? one : other;
    }
    double[] opened = of(family, Table.of(x, y).examples());

    NoisedMetrics found = metrics(family, opened, 5.0);
    NoisedMetrics usual =
        metrics(family, of(family, Table.random(2L, ROWS, 2, family).examples()), 5.0);

    assertEquals(1, found.limits().size(), found.toString());
    String told = found.limits().get(0).told();
    assertTrue(told.startsWith("next to no row with label " + unseen + " was seen"), told);
    assertTrue(told.contains(family == Family.SOFTMAX ? "must be 0 to 2" : "must be 0 or 1"), told);
    assertTrue(told.matches(".*at most \\d+ rows.*"), told);
    assertTrue(found.ofWorkers().limits().get(0).told().contains(" workers"));
    assertTrue(usual.limits().stream().noneMatch(limit -> limit.told().contains("label")));
  }

  /** A mean over classes isn't known where one of them isn't. */
  @Test
  void metrics_ofAClassThatNoiseHides_haveNoMeansOverClasses() {
    Random random = new Random(2);
    double[][] x = new double[ROWS][2];
    double[] y = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      y[i] = i < 20 ? 2.0 : i % 2;
      x[i][0] = random.nextGaussian();
    }
    double[] opened = of(Family.SOFTMAX, Table.of(x, y).examples());

    NoisedMetrics found = metrics(Family.SOFTMAX, opened, 10.0);

    assertEquals(Double.NaN, found.metrics().get("macroRecall"));
    assertFalse(found.errors().containsKey("macroRecall"));
    assertFalse(Double.isNaN(found.metrics().get("accuracy")));
  }

  /** Nor is one of a class that is hardly ever predicted. */
  @Test
  void metrics_ofAClassThatIsNotPredicted_haveNoMeanPrecision() {
    double[][] x = new double[ROWS][2];
    double[] y = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      y[i] = i % 3;
      x[i][0] = 10.0;
    }
    double[] opened = of(Family.SOFTMAX, Table.of(x, y).examples());

    NoisedMetrics found = metrics(Family.SOFTMAX, opened, 10.0);

    assertEquals(Double.NaN, found.metrics().get("macroPrecision"));
    assertEquals(1.0 / 3.0, found.metrics().get("macroRecall"), 0.1);
  }

  /** Events of one in a hundred, whose scores are far from 0. */
  @Test
  void auc_ofRareEvents_isInBinsAroundTheScores() {
    Random random = new Random(4);
    double[][] x = new double[20_000][1];
    double[] y = new double[x.length];
    for (int i = 0; i < y.length; i++) {
      x[i][0] = random.nextGaussian();
      y[i] = random.nextDouble() < 1.0 / (1.0 + Math.exp(5.0 - 1.5 * x[i][0])) ? 1.0 : 0.0;
    }
    Examples rows = Table.of(x, y).examples();
    Coefficients model = new Coefficients(new ModelShape(1, true), new double[] {1.5, -5.0});
    MetricSettings settings = MetricSettings.of(Family.LOGISTIC);
    MetricSums exact = MetricSums.of(Family.LOGISTIC, loss(Family.LOGISTIC), settings);
    double[] all = new double[exact.length()];
    exact.add(rows, model, all, 0);
    BoundedSums sums =
        BoundedSums.of(Family.LOGISTIC, loss(Family.LOGISTIC), settings, Optional.empty(), -5.0);

    NoisedMetrics found =
        sums.metrics(new NoisedSums(sums.parts(), sums.of(rows, model, i -> 1.0), 0.0, 1.0));

    assertEquals(exact.metrics(all, 0).get("auc"), found.metrics().get("auc"), 0.012);
    assertTrue(found.metrics().get("aucError") < 0.08, found.toString());
  }

  @Test
  void parts_ofEveryFamily_boundThemselves() {
    for (Family family : Family.values()) {
      BoundedSums sums = sums(family);
      double squares = sums.parts().stream().mapToDouble(p -> p.scale() * p.scale()).sum();
      assertEquals(1.0, squares, 0.05, family.toString());
      assertTrue(sums.bound() * sums.bound() >= squares);
      assertEquals(
          sums.parts().stream().map(BoundedPart::name).distinct().count(), sums.parts().size());
      assertTrue(
          sums.parts().stream().map(BoundedPart::length).max(Comparator.naturalOrder()).orElse(0)
              <= 40);
    }
    assertThrows(IllegalArgumentException.class, () -> new BoundedPart("a", 1, 0.01));
    assertThrows(IllegalArgumentException.class, () -> new BoundedPart("a", 1, 1.5));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            BoundedSums.of(
                Family.LINEAR,
                loss(Family.LINEAR),
                MetricSettings.of(Family.LINEAR),
                Optional.empty(),
                0.0));
  }
}
