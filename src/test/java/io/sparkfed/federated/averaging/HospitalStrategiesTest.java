package io.sparkfed.federated.averaging;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.TrainingState.Cost;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.recipe.Presets;
import io.sparkfed.testing.TestData;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

/**
 * The averaging presets beside the published results of FLamby for the four hospitals (Ogier du
 * Terrail et al., NeurIPS 2022; five seeds, 15 rounds of 100 batches of 4 rows), with its steps,
 * its rows standardized at each hospital, and, as there, models that begin at random: the first is
 * drawn as PyTorch draws it.
 */
class HospitalStrategiesTest {
  private static final int SEEDS = 20;
  private static final int FEATURES = 13;
  private static final int ROUNDS = 15;
  private static final List<String> SETTING =
      List.of(
          "model.standardize=worker",
          "aggregation.mode=insecure-plain",
          "algorithm.rounds=" + (ROUNDS + 1),
          "algorithm.local.solver=sgd",
          "algorithm.local.steps=null",
          "algorithm.local.epochs=100",
          "algorithm.local.max-batches=100",
          "algorithm.local.batch-size=4");
  private static final String BETAS =
      " algorithm.server.beta1=0.9 algorithm.server.beta2=0.999 algorithm.server.tau=1e-8";

  /** By the published name of a strategy: the preset and its steps. */
  private static final Map<String, String> STRATEGIES =
      new TreeMap<>(
          Map.of(
              "FedAvg", "fed-avg algorithm.local.step-size=0.001",
              "FedProx", "fed-prox algorithm.local.step-size=0.001 algorithm.proximal-mu=0.01",
              "FedAdam",
                  "fed-adam algorithm.local.step-size=0.01 algorithm.server.learning-rate=0.01"
                      + BETAS,
              "FedYogi",
                  "fed-yogi algorithm.local.step-size=0.003162"
                      + " algorithm.server.learning-rate=0.01"
                      + BETAS,
              "FedAdagrad",
                  "fed-adagrad algorithm.local.step-size=0.003162"
                      + " algorithm.server.learning-rate=0.316228 algorithm.server.beta1=0.9"
                      + " algorithm.server.tau=1e-8"));

  /** Accuracy on all test rows together, and the mean of the hospitals' own. */
  private record Accuracy(double pooled, double ofHospitals) {}

  private record Row(double[] x, double y, boolean isTrain) {}

  private final List<String> features =
      ConfigLoader.load(Path.of("conf", "hospitals.conf"), Map.of(), List.of())
          .data()
          .columns()
          .features();
  private final Map<String, List<Row>> hospitals = rows();

  @Test
  void train_publishedStrategies_areWithinTwoStandardDeviationsAndInTheirOrder() {
    Map<String, Accuracy> ours = new HashMap<>();
    for (Map.Entry<String, String> strategy : STRATEGIES.entrySet()) {
      double pooled = 0.0;
      double ofHospitals = 0.0;
      for (int seed = 0; seed < SEEDS; seed++) {
        Accuracy accuracy = accuracy(trained(strategy.getValue(), seed));
        pooled += accuracy.pooled() / SEEDS;
        ofHospitals += accuracy.ofHospitals() / SEEDS;
      }
      ours.put(strategy.getKey(), new Accuracy(pooled, ofHospitals));
    }

    ours.forEach(
        (strategy, accuracy) -> {
          List<Accuracy> published = published(strategy);
          assertEquals(5, published.size());
          near(strategy, published.stream().mapToDouble(Accuracy::pooled), accuracy.pooled());
          near(
              strategy,
              published.stream().mapToDouble(Accuracy::ofHospitals),
              accuracy.ofHospitals());
        });
    for (String adaptive : List.of("FedAdam", "FedYogi", "FedAdagrad")) {
      for (String plain : List.of("FedAvg", "FedProx")) {
        String both = ours.toString();
        assertTrue(ours.get(adaptive).pooled() > ours.get(plain).pooled(), both);
        assertTrue(ours.get(adaptive).ofHospitals() > ours.get(plain).ofHospitals(), both);
      }
    }
    assertEquals(ours.get("FedAvg").pooled(), ours.get("FedProx").pooled(), 0.002);
    assertEquals(ours.get("FedAvg").ofHospitals(), ours.get("FedProx").ofHospitals(), 0.002);
  }

  private static void near(String strategy, DoubleStream published, double accuracy) {
    double[] values = published.toArray();
    double mean = Arrays.stream(values).average().orElseThrow();
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    assertEquals(mean, accuracy, 2.0 * Math.sqrt(squares / (values.length - 1)), strategy);
  }

  private double[] trained(String strategy, int seed) {
    List<String> overrides = new ArrayList<>(SETTING);
    overrides.add("seed=" + seed);
    List<String> own = List.of(strategy.split(" "));
    overrides.add("algorithm.preset=" + own.get(0));
    overrides.addAll(own.subList(1, own.size()));
    TrainingConfig config =
        ConfigLoader.load(Path.of("conf", "hospitals.conf"), Map.of(), overrides);
    TrainingPlan plan = Presets.plan(config, FEATURES);
    Map<String, Shard> shards = new TreeMap<>();
    hospitals.forEach(
        (name, rows) -> {
          ShardBuilder builder = new ShardBuilder(name, FEATURES);
          rows.stream()
              .filter(Row::isTrain)
              .forEach(row -> builder.addDense(row.x(), row.y(), 1.0, Part.TRAIN));
          shards.put(name, builder.build(0.0, seed, true, plan.shape()));
        });
    TrainingPlan trainsOnly = plan.withoutTestRows();
    return new FederatedTrainer(new InProcessFederation<>(shards), trainsOnly, round -> {})
        .resume(random(plan, seed))
        .model()
        .values();
  }

  /** The state of a training whose first model was drawn instead of trained. */
  private static TrainingState random(TrainingPlan plan, int seed) {
    double bound = 1.0 / Math.sqrt(FEATURES);
    double[] model = new Random(seed).doubles(plan.shape().size(), -bound, bound).toArray();
    Map<String, double[]> values = new HashMap<>();
    plan.server()
        .begin(model.length)
        .vectors()
        .forEach((name, vector) -> values.put("server." + name, vector));
    return new TrainingState(
        1,
        model,
        model,
        Optional.empty(),
        Optional.empty(),
        List.of(),
        Cost.NONE,
        new Work("", values, new int[0]));
  }

  private Accuracy accuracy(double[] model) {
    List<Row> all = hospitals.values().stream().flatMap(List::stream).toList();
    double mean = 0.0;
    for (List<Row> own : hospitals.values()) {
      mean += accuracy(model, own) / hospitals.size();
    }
    return new Accuracy(accuracy(model, all), mean);
  }

  /** Of the test rows, standardized with the mean and sample deviation of the training rows. */
  private static double accuracy(double[] model, List<Row> rows) {
    List<Row> train = rows.stream().filter(Row::isTrain).toList();
    double[] means = new double[FEATURES];
    double[] deviations = new double[FEATURES];
    for (int j = 0; j < FEATURES; j++) {
      int column = j;
      double mean = train.stream().mapToDouble(row -> row.x()[column]).average().orElseThrow();
      double squares = train.stream().mapToDouble(row -> Math.pow(row.x()[column] - mean, 2)).sum();
      means[j] = mean;
      deviations[j] = Math.sqrt(squares / (train.size() - 1)) + 1e-9;
    }
    int right = 0;
    int tested = 0;
    for (Row row : rows) {
      if (!row.isTrain()) {
        double score = model[FEATURES];
        for (int j = 0; j < FEATURES; j++) {
          score += model[j] * (row.x()[j] - means[j]) / deviations[j];
        }
        tested++;
        right += score > 0.0 == row.y() > 0.5 ? 1 : 0;
      }
    }
    return (double) right / tested;
  }

  private static List<Accuracy> published(String strategy) {
    List<Accuracy> seeds = new ArrayList<>();
    for (int seed = 42; seed <= 46; seed++) {
      double pooled = 0.0;
      double hospitals = 0.0;
      String file =
          String.format(Locale.ROOT, "fed-heart-disease/flamby_results/heart_seed%d.csv", seed);
      for (Map<String, String> row : TestData.csv(file)) {
        if (row.get("Method").equals(strategy + "100")) {
          double metric = Double.parseDouble(row.get("Metric"));
          if (row.get("Test").equals("Pooled Test")) {
            pooled = metric;
          } else {
            hospitals += metric / 4.0;
          }
        }
      }
      seeds.add(new Accuracy(pooled, hospitals));
    }
    return seeds;
  }

  private Map<String, List<Row>> rows() {
    Map<String, List<Row>> rows = new TreeMap<>();
    for (Map<String, String> row : TestData.csv("fed-heart-disease/flamby_split.csv")) {
      double[] x = features.stream().mapToDouble(name -> HospitalsTest.value(row, name)).toArray();
      rows.computeIfAbsent(row.get("center"), name -> new ArrayList<>())
          .add(new Row(x, Double.parseDouble(row.get("y")), row.get("split").equals("train")));
    }
    return rows;
  }
}
