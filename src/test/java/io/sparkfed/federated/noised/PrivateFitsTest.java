package io.sparkfed.federated.noised;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.ReleasedSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.NoisySum;
import io.sparkfed.secure.UnderPolicies;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.testing.TestData;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** Scratch. */
class PrivateFitsTest {
  static final int COLUMNS = 123;

  @Test
  void a9a() throws IOException {
    Map<String, Shard> shards = adult(10);
    Federation<Shard> workers = new InProcessFederation<>(shards);
    ModelShape shape = new ModelShape(COLUMNS, true);
    Scaling scaling = Scaling.identity(shape);
    for (double eps : new double[] {0.1, 1, 3}) {
      for (int h : new int[] {10, 7, 4, 1}) {
        double acc = 0;
        double loss = 0;
        int seeds = 4;
        long t = System.nanoTime();
        for (int s = 0; s < seeds; s++) {
          TrainingResult result =
              fit(
                  Family.LOGISTIC,
                  workers,
                  shape,
                  new RowCut(scaling, Math.sqrt(15), 1.0, 1),
                  eps,
                  1e-5,
                  0.0,
                  1.0,
                  32561,
                  h,
                  PrivatePlan.Method.GRADIENTS);
          acc += accuracy(shards, result.model(), true) / seeds;
          loss += logLoss(shards, result.model()) / seeds;
        }
        System.out.printf(
            "a9a eps %s h %d accuracy %.4f excess %.4f  %.2f s%n",
            eps, h, acc, loss - 0.322621, (System.nanoTime() - t) / 1e9 / seeds);
      }
    }
  }

  @Test
  void hospitals() throws IOException {
    Map<String, double[]> bounds = new LinkedHashMap<>();
    bounds.put("age", new double[] {20, 90});
    bounds.put("trestbps", new double[] {80, 220});
    bounds.put("chol", new double[] {0, 600});
    bounds.put("thalach", new double[] {60, 220});
    bounds.put("oldpeak", new double[] {-3, 7});
    List<String> features =
        List.of(
            "age", "trestbps", "chol", "thalach", "oldpeak", "sex", "fbs", "exang", "cp_2", "cp_3",
            "cp_4", "restecg_1", "restecg_2");
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
    ModelShape shape = new ModelShape(features.size(), true);
    Map<String, Shard> shards = new TreeMap<>();
    builders.forEach((n, b) -> shards.put(n, b.build(0.0, 1L, false, shape)));
    double[] means = new double[features.size()];
    double[] half = new double[features.size()];
    java.util.Arrays.fill(half, 1.0);
    for (int j = 0; j < 5; j++) {
      double[] b = bounds.get(features.get(j));
      means[j] = (b[0] + b[1]) / 2;
      half[j] = (b[1] - b[0]) / 2;
    }
    Scaling scaling = Scaling.standardize(shape, means, half);
    for (double delta : new double[] {1e-3, 1e-4}) {
      for (double eps : new double[] {0.1, 0.5, 1, 3, 10}) {
        for (int h : new int[] {4, 3, 2, 1}) {
          double acc = 0;
          int seeds = 20;
          for (int s = 0; s < seeds; s++) {
            TrainingResult result =
                fit(
                    Family.LOGISTIC,
                    new InProcessFederation<>(shards),
                    shape,
                    new RowCut(scaling, Math.sqrt(11), 1.0, 1),
                    eps,
                    delta,
                    0.0,
                    1.0,
                    486,
                    h,
                    PrivatePlan.Method.GRADIENTS);
            double mean = 0;
            for (String name : shards.keySet()) {
              mean += accuracy(Map.of(name, shards.get(name)), result.model(), true) / 4;
            }
            acc += mean / seeds;
          }
          System.out.printf("heart delta %s eps %s h %d accuracy %.4f%n", delta, eps, h, acc);
        }
      }
    }
  }

  static double value(
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

  @Test
  void linear() {
    java.util.Random random = new java.util.Random(5);
    int p = 10;
    int n = 20000;
    ModelShape shape = new ModelShape(p, true);
    Map<String, ShardBuilder> builders = new TreeMap<>();
    double[] w = new double[p];
    for (int j = 0; j < p; j++) {
      w[j] = random.nextGaussian();
    }
    double[][] x = new double[n][p];
    double[] y = new double[n];
    for (int i = 0; i < n; i++) {
      double common = random.nextGaussian();
      for (int j = 0; j < p; j++) {
        x[i][j] = 0.7 * common + 0.7 * random.nextGaussian();
        y[i] += w[j] * x[i][j];
      }
      y[i] += random.nextGaussian();
      for (int j = 0; j < p; j++) {
        x[i][j] = Math.max(-5, Math.min(5, x[i][j]));
      }
      builders
          .computeIfAbsent("w" + i % 10, name -> new ShardBuilder(name, p))
          .addDense(x[i], y[i], 1.0, Part.TRAIN);
    }
    double scale = 12.0;
    Map<String, Shard> shards = new TreeMap<>();
    builders.forEach((nn, b) -> shards.put(nn, b.build(0.0, 1L, false, shape)));
    double[] half = new double[p];
    java.util.Arrays.fill(half, 5.0);
    Scaling scaling = Scaling.standardize(shape, new double[p], half);
    for (PrivatePlan.Method method : PrivatePlan.Method.values()) {
      for (double eps : new double[] {0.1, 0.5, 1, 3}) {
        double r2 = 0;
        int seeds = 5;
        for (int s = 0; s < seeds; s++) {
          TrainingResult result =
              fit(
                  Family.LINEAR,
                  new InProcessFederation<>(shards),
                  shape,
                  new RowCut(scaling, Math.sqrt(11), 1.0, 1),
                  eps,
                  1e-5,
                  0.0,
                  scale,
                  n,
                  10,
                  method);
          double mean = java.util.Arrays.stream(y).average().orElse(0);
          double sse = 0;
          double sst = 0;
          for (int i = 0; i < n; i++) {
            double score = result.model().intercepts()[0];
            for (int j = 0; j < p; j++) {
              score += result.model().weights(0)[j] * x[i][j];
            }
            sse += (y[i] - score) * (y[i] - score);
            sst += (y[i] - mean) * (y[i] - mean);
          }
          r2 += (1 - sse / sst) / seeds;
        }
        System.out.printf("linear %s eps %s R2 %.4f%n", method, eps, r2);
      }
    }
  }

  static TrainingResult fit(
      Family family,
      Federation<Shard> workers,
      ModelShape shape,
      RowCut cut,
      double eps,
      double delta,
      double labelMiddle,
      double labelScale,
      long rows,
      int honest,
      PrivatePlan.Method method) {
    Zcdp budget = Zcdp.within(eps, delta);
    PrivatePlan privacy =
        new PrivatePlan(
            method, eps, delta, budget, Zcdp.NOTHING, cut, labelMiddle, labelScale,
            OptionalLong.of(rows), OptionalInt.of(honest), 0.2, 0.01);
    UnderPolicies ring = new UnderPolicies(new EphemeralKeys(), new InsecurePlainSum(1));
    SumFactory sums =
        new SumFactory() {
          @Override
          public VectorSum sumOf(Layout layout) {
            return new FixedPointSum(ring, layout);
          }

          @Override
          public ReleasedSum released(Zcdp cost, Zcdp plan, int h) {
            return new Shares(new NoisySum(ring, cost, plan, 1), cost, plan, h);
          }
        };
    return new PlanBuilder()
        .family(family)
        .features(shape.features())
        .sums(sums)
        .rounds(8)
        .privacy(privacy)
        .train(workers);
  }

  /** Plain sums let one worker rely on itself alone: its share is as large as of h. */
  record Shares(NoisySum sum, Zcdp cost, Zcdp plan, int h) implements ReleasedSum {
    @Override
    public <S> io.sparkfed.aggregate.Opened<double[]> sum(
        Federation<S> federation,
        io.sparkfed.aggregate.Visit visit,
        io.sparkfed.aggregate.Question<S> question) {
      return own().sum(federation, visit, question);
    }

    private NoisySum own() {
      return new NoisySum(
          sum.ring(), new Zcdp(cost.rho().multiply(java.math.BigDecimal.valueOf(h))), plan, 1);
    }

    @Override
    public double deviation(io.sparkfed.aggregate.Question<?> q, int cohort, int workers) {
      return own().deviation(q, cohort, workers);
    }
  }

  static double accuracy(Map<String, Shard> shards, Coefficients model, boolean test) {
    double right = 0;
    double all = 0;
    for (Shard shard : shards.values()) {
      Examples rows = test ? shard.test() : shard.train();
      for (int i = 0; i < rows.rows(); i++) {
        double score = rows.dot(i, model.weights(0), 0) + model.intercepts()[0];
        right += (score > 0) == (rows.label(i) > 0.5) ? 1 : 0;
        all++;
      }
    }
    return right / all;
  }

  static double logLoss(Map<String, Shard> shards, Coefficients model) {
    double sum = 0;
    double all = 0;
    for (Shard shard : shards.values()) {
      Examples rows = shard.train();
      for (int i = 0; i < rows.rows(); i++) {
        double score = rows.dot(i, model.weights(0), 0) + model.intercepts()[0];
        sum += LogisticLoss.INSTANCE.value(score, rows.label(i));
        all++;
      }
    }
    return sum / all;
  }

  static Map<String, Shard> adult(int count) throws IOException {
    Map<String, ShardBuilder> builders = new TreeMap<>();
    for (int k = 0; k < count; k++) {
      builders.put("w" + (char) ('a' + k), new ShardBuilder("w" + (char) ('a' + k), COLUMNS));
    }
    List<ShardBuilder> all = List.copyOf(builders.values());
    for (Part part : Part.values()) {
      String file = part == Part.TRAIN ? "adult-a9a/a9a.gz" : "adult-a9a/a9a.t.gz";
      try (BufferedReader lines =
          new BufferedReader(
              new InputStreamReader(
                  new GZIPInputStream(Files.newInputStream(TestData.file(file))),
                  StandardCharsets.UTF_8))) {
        int row = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          String[] cells = line.strip().split("[ :]", -1);
          int entries = (cells.length - 1) / 2;
          int[] columns = new int[entries];
          double[] values = new double[entries];
          for (int k = 0; k < entries; k++) {
            columns[k] = Integer.parseInt(cells[1 + 2 * k]) - 1;
            values[k] = Double.parseDouble(cells[2 + 2 * k]);
          }
          all.get(row % count)
              .addSparse(columns, values, cells[0].startsWith("+") ? 1.0 : 0.0, 1.0, part);
          row++;
        }
      }
    }
    Map<String, Shard> shards = new TreeMap<>();
    builders.forEach((n, b) -> shards.put(n, b.build(0.0, 1L, false, new ModelShape(COLUMNS, true))));
    assertTrue(!shards.isEmpty());
    return shards;
  }
}
