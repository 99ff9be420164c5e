package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.RunBudget;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.testing.TestData;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;

/**
 * Rows that are public, dealt out to workers, with what is said of them where they are hidden.
 *
 * @param rows public number of training rows
 * @param honest of how many workers the noise is relied on
 */
record NoisedStudy(
    Map<String, Shard> shards, ModelShape shape, RowCut cut, double delta, long rows, int honest) {
  private static final int COLUMNS = 123;

  /** Returns census income at ten workers: 32,561 training rows of 14 ones, 16,281 test rows. */
  static NoisedStudy censusIncome() {
    ModelShape shape = new ModelShape(COLUMNS, true);
    RowCut cut = new RowCut(Scaling.identity(shape), Math.sqrt(15), 1.0, 1);
    return new NoisedStudy(adult(10), shape, cut, 1e-5, 32_561, 7);
  }

  /**
   * Returns rows of numbers in [-1, 1], each with its label last, all for training.
   *
   * @param workers they are dealt out to
   */
  static NoisedStudy ofNumbers(double[][] rows, int workers) {
    int features = rows[0].length - 1;
    ModelShape shape = new ModelShape(features, true);
    Map<String, ShardBuilder> builders = new TreeMap<>();
    for (int i = 0; i < rows.length; i++) {
      builders
          .computeIfAbsent("w" + i % workers, name -> new ShardBuilder(name, features))
          .addDense(Arrays.copyOf(rows[i], features), rows[i][features], 1.0, Part.TRAIN);
    }
    RowCut cut = new RowCut(Scaling.identity(shape), Math.sqrt(features + 1), 1.0, 1);
    int honest = Math.max(1, 2 * workers / 3 + 1);
    return new NoisedStudy(built(builders, shape), shape, cut, 1e-5, rows.length, honest);
  }

  /** Returns the same of rows that are shortened to a norm. */
  NoisedStudy within(double norm) {
    return new NoisedStudy(shards, shape, cut.within(norm), delta, rows, honest);
  }

  /**
   * Returns rows of two classes at four workers: normal features of one deviation, with labels from
   * a logistic model whose scores have the deviation 2.
   *
   * @param rows all of them, in [-1, 1]
   * @param test how many of them are for testing
   * @param deviation of a feature
   */
  static NoisedStudy ofClasses(int rows, int test, int features, double deviation) {
    Random random = new Random(features);
    double[] weights = random.doubles(features, -1.0, 1.0).toArray();
    double norm = Math.sqrt(Arrays.stream(weights).map(w -> w * w).sum());
    ModelShape shape = new ModelShape(features, true);
    Map<String, ShardBuilder> builders = new TreeMap<>();
    for (int i = 0; i < rows; i++) {
      double[] x = new double[features];
      double score = 0.0;
      for (int j = 0; j < features; j++) {
        double z = random.nextGaussian();
        x[j] = Math.max(-1.0, Math.min(1.0, deviation * z));
        score += 2.0 * weights[j] / norm * z;
      }
      double label = random.nextDouble() < 1.0 / (1.0 + Math.exp(-score)) ? 1.0 : 0.0;
      builders
          .computeIfAbsent("w" + i % 4, name -> new ShardBuilder(name, features))
          .addDense(x, label, 1.0, i < test ? Part.TEST : Part.TRAIN);
    }
    RowCut cut = new RowCut(Scaling.identity(shape), Math.sqrt(features + 1), 1.0, 1);
    return new NoisedStudy(built(builders, shape), shape, cut, 1e-5, rows - test, 3);
  }

  /** Returns heart disease at four hospitals: 486 training rows, 254 test rows. */
  static NoisedStudy heartDisease() {
    Map<String, double[]> bounds =
        Map.of(
            "age", new double[] {20, 90},
            "trestbps", new double[] {80, 220},
            "chol", new double[] {0, 600},
            "thalach", new double[] {60, 220},
            "oldpeak", new double[] {-3, 7});
    List<String> features =
        List.of(
            "age",
            "trestbps",
            "chol",
            "thalach",
            "oldpeak",
            "sex",
            "fbs",
            "exang",
            "cp_2",
            "cp_3",
            "cp_4",
            "restecg_1",
            "restecg_2");
    ModelShape shape = new ModelShape(features.size(), true);
    Map<String, Shard> shards = hospitals(features, bounds, shape);
    double[] middles = new double[features.size()];
    double[] halves = new double[features.size()];
    for (int j = 0; j < halves.length; j++) {
      double[] own = bounds.getOrDefault(features.get(j), new double[] {-1, 1});
      middles[j] = (own[0] + own[1]) / 2;
      halves[j] = (own[1] - own[0]) / 2;
    }
    RowCut cut = new RowCut(Scaling.standardize(shape, middles, halves), Math.sqrt(11), 1.0, 1);

    return new NoisedStudy(shards, shape, cut, 1e-3, 486, 3);
  }

  /**
   * Returns the plan of a training.
   *
   * @param figuresShare of its budget: for figures of training rows
   * @param seed of the workers' secrets
   */
  TrainingPlan plan(double epsilon, double figuresShare, int seed) {
    return plan(PrivatePlan.Method.GRADIENTS, Family.LOGISTIC, 1.0, epsilon, figuresShare, seed);
  }

  /**
   * Returns the plan of a training of least squares.
   *
   * @param labels their public bound: they are from {@code -labels} to {@code labels}
   * @param seed of the workers' secrets
   */
  TrainingPlan leastSquares(PrivatePlan.Method method, double labels, double epsilon, int seed) {
    return plan(method, Family.LINEAR, labels, epsilon, 0.0, seed);
  }

  private TrainingPlan plan(
      PrivatePlan.Method method,
      Family family,
      double labelScale,
      double epsilon,
      double figuresShare,
      int seed) {
    Zcdp budget = Zcdp.within(epsilon, delta);
    PrivatePlan privacy =
        new PrivatePlan(
            HiddenUnit.ROW,
            method,
            epsilon,
            delta,
            new RunBudget(budget, budget, figuresShare, 0.0, 0.0, 0.2),
            cut,
            0.0,
            labelScale,
            OptionalLong.of(rows),
            OptionalInt.of(honest),
            0.95,
            MetricSettings.of(family),
            OptionalDouble.empty());
    return new PlanBuilder()
        .family(family)
        .features(shape.features())
        .sums(new RealNoise(seed))
        .rounds(8)
        .privacy(privacy)
        .build();
  }

  Federation<Shard> federation() {
    return new InProcessFederation<>(shards);
  }

  private static Map<String, Shard> hospitals(
      List<String> features, Map<String, double[]> bounds, ModelShape shape) {
    Map<String, ShardBuilder> builders = new TreeMap<>();
    for (Map<String, String> row : TestData.csv("fed-heart-disease/flamby_split.csv")) {
      double[] x = features.stream().mapToDouble(f -> value(row, f, bounds)).toArray();
      builders
          .computeIfAbsent(row.get("center"), name -> new ShardBuilder(name, x.length))
          .addDense(
              x,
              Double.parseDouble(row.get("y")),
              1.0,
              row.get("split").equals("train") ? Part.TRAIN : Part.TEST);
    }
    return built(builders, shape);
  }

  private static Map<String, Shard> built(Map<String, ShardBuilder> builders, ModelShape shape) {
    Map<String, Shard> shards = new TreeMap<>();
    builders.forEach((name, builder) -> shards.put(name, builder.build(0.0, 1L, false, shape)));
    return shards;
  }

  private static double value(
      Map<String, String> row, String feature, Map<String, double[]> bounds) {
    double v;
    if (row.containsKey(feature)) {
      v = Double.parseDouble(row.get(feature));
    } else {
      int underscore = feature.lastIndexOf('_');
      double level = Double.parseDouble(feature.substring(underscore + 1));
      return Double.parseDouble(row.get(feature.substring(0, underscore))) == level ? 1.0 : 0.0;
    }
    double[] b = bounds.get(feature);
    return b == null ? v : Math.max(b[0], Math.min(b[1], v));
  }

  private static Map<String, Shard> adult(int count) {
    Map<String, ShardBuilder> builders = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      builders.put("w" + (char) ('a' + k), new ShardBuilder("w" + (char) ('a' + k), COLUMNS));
    }
    List<ShardBuilder> all = List.copyOf(builders.values());
    for (Part part : Part.values()) {
      String file = part == Part.TRAIN ? "adult-a9a/a9a.gz" : "adult-a9a/a9a.t.gz";
      int row = 0;
      for (TestData.SparseRow one : TestData.libsvm(file)) {
        all.get(row++ % count)
            .addSparse(one.columns(), one.values(), one.isPositive() ? 1.0 : 0.0, 1.0, part);
      }
    }
    return built(builders, new ModelShape(COLUMNS, true));
  }
}
