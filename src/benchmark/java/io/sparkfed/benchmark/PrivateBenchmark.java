package io.sparkfed.benchmark;

import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.SummedDerivatives;
import io.sparkfed.federated.TestRows;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.DiscreteGaussian;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What a worker does in a round of {@code private} against one of {@code fed-lbfgs}, on the same
 * shard in one thread, in CPU time: bounded gradients in whitened coordinates with noise, against
 * gradients with losses and metrics. Both take turns; {@code ratio} is that of their medians. How
 * long rows are, which is found before the first round of a training, is given apart.
 */
public final class PrivateBenchmark {
  private static final int LOG_SIGMA = 33;

  /** So many to warm up. */
  private static final int TURNS_BEFORE = 25;

  private static final int TURNS = 15;

  /** Samples to warm up: of short vectors alone few would be drawn. */
  private static final int SAMPLES_BEFORE = 1_000_000;

  private PrivateBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args {@code rows=250000}, {@code features=50}, {@code present=0}: of how many of a row's
   *     features are 1, all others 0, in sparse rows; 0 for dense ones; {@code families=logistic},
   *     {@code classes=3}
   */
  public static void main(String[] args) {
    Suite suite = new Suite("private", args);
    SparkSession spark = suite.open();
    int classes = suite.numbers("classes", List.of(3)).get(0);
    for (String name : suite.texts("families", List.of("logistic"))) {
      Family family = Family.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
      for (int rows : suite.numbers("rows", List.of(250_000))) {
        for (int features : suite.numbers("features", List.of(50))) {
          for (int present : suite.numbers("present", List.of(0))) {
            suite.print(spark, measured(family, classes, rows, features, present));
          }
        }
      }
    }
    spark.stop();
  }

  private static Map<String, Object> measured(
      Family family, int classes, int rows, int features, int present) {
    VectorLoss loss = family.loss(classes, 1.35);
    ModelShape shape = new ModelShape(features, true, loss.outputs());
    Shard shard = shard(family, shape, rows, present);
    double[] model = new double[shape.size()];
    Scaling scaling = Scaling.identity(shape);
    RowCut cut = new RowCut(scaling, Math.sqrt(features + 1.0), 1.0, 1);
    Statement<Shard> clipped =
        new GradientWithin(model, loss, shape, cut, whitening(features + 1), Math.sqrt(features));
    Statement<Shard> bare =
        new SummedDerivatives(
            loss,
            shape,
            SummedDerivatives.Wanted.DERIVATIVES,
            false,
            MetricSums.of(family, loss, MetricSettings.of(family)),
            TestRows.LEFT_OUT,
            scaling,
            model);
    DiscreteGaussian noise = DiscreteGaussian.ofVariance(BigInteger.ONE.shiftLeft(2 * LOG_SIGMA));
    NoiseBenchmark.draw(noise, NoiseBenchmark.key(-1), SAMPLES_BEFORE);
    double first = millis(() -> clipped.answer("a", shard));
    List<Double> ofClipped = new ArrayList<>();
    List<Double> ofBare = new ArrayList<>();
    List<Double> ofNoise = new ArrayList<>();
    for (int turn = 0; turn < TURNS_BEFORE + TURNS; turn++) {
      byte[] key = NoiseBenchmark.key(turn);
      double now = millis(() -> clipped.answer("a", shard));
      double nowNoise = millis(() -> NoiseBenchmark.draw(noise, key, shape.size()));
      double nowBare = millis(() -> bare.answer("a", shard));
      if (turn >= TURNS_BEFORE) {
        ofClipped.add(now + nowNoise);
        ofNoise.add(nowNoise);
        ofBare.add(nowBare);
      }
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("family", family.name());
    line.put("rows", shard.train().rows());
    line.put("features", features);
    line.put("present", present);
    line.put("firstRoundMillis", Suite.rounded(first));
    line.put("privateRoundMillis", Suite.rounded(Suite.median(ofClipped)));
    line.put("noiseMillis", Suite.rounded(Suite.median(ofNoise)));
    line.put("fedLbfgsRoundMillis", Suite.rounded(Suite.median(ofBare)));
    line.put("ratio", Suite.rounded(Suite.median(ofClipped) / Suite.median(ofBare)));
    return line;
  }

  private static double millis(Runnable work) {
    long start = CpuTimedFederation.cpuNanos();
    work.run();
    return (CpuTimedFederation.cpuNanos() - start) / 1e6;
  }

  private static Shard shard(Family family, ModelShape shape, int rows, int present) {
    ShardBuilder builder = new ShardBuilder("a", shape.features());
    if (present == 0) {
      new SyntheticWorkers(shape.features(), rows, 0.2, 0.5, family, shape.outputs(), 1L)
          .generate("a", builder);
      return builder.build(0.0, 1L, false, shape);
    }
    SeededRandom random = new SeededRandom(1L);
    double[] ones = new double[present];
    Arrays.fill(ones, 1.0);
    double[] scores = new double[shape.outputs()];
    for (int i = 0; i < rows; i++) {
      int[] columns = new int[present];
      for (int e = 0; e < present; e++) {
        int from = (int) ((long) e * shape.features() / present);
        int to = (int) ((e + 1L) * shape.features() / present);
        columns[e] = from + random.nextInt(to - from);
      }
      scores[0] = random.nextGaussian();
      builder.addSparse(columns, ones, family.drawLabel(scores, random), 1.0, Part.TRAIN);
    }
    return builder.build(0.0, 1L, false, shape);
  }

  private static double[] whitening(int order) {
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        packed[at] = i == j ? 2.0 + i % 3 : 1.0 / (10.0 + j - i);
      }
    }
    return packed;
  }
}
