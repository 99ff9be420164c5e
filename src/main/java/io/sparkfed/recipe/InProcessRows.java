package io.sparkfed.recipe;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.Response;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Rows of workers that are arrays in this process: the same results as on a cluster, bit for bit,
 * and nobody is protected from anybody. Not for use by several threads.
 */
public final class InProcessRows implements Rows {
  private static final String WORKER = "worker";
  private static final String PERSON = "privacy.person-column";

  /** What a configuration may say of such rows besides. */
  private static final List<String> HEEDED =
      List.of("data.split.test-fraction", "data.storage", "data.label-proportions");

  private final List<String> features;
  private final Map<String, List<Observation>> byWorker = new TreeMap<>();

  private record Observation(double label, double weight, double offset, double[] features) {}

  private InProcessRows(List<String> features) {
    this.features = features;
  }

  /**
   * Returns rows with these features, and none yet.
   *
   * @throws IllegalArgumentException if two features have the same name
   */
  public static InProcessRows of(String... features) {
    if (new HashSet<>(Arrays.asList(features)).size() < features.length) {
      throw new IllegalArgumentException("each feature needs a name of its own");
    }
    return new InProcessRows(List.of(features));
  }

  /**
   * Adds a row of weight 1.
   *
   * @param values one for each feature
   * @throws IllegalArgumentException if there are more values or fewer
   */
  public InProcessRows add(String worker, double label, double... values) {
    return addWeighted(worker, label, 1.0, 0.0, values);
  }

  /**
   * Adds a row.
   *
   * @param weight how often it counts, at least 0
   * @param offset what is added to its scores
   * @param values one for each feature
   * @throws IllegalArgumentException if there are more values or fewer
   */
  public InProcessRows addWeighted(
      String worker, double label, double weight, double offset, double... values) {
    if (values.length != features.size()) {
      throw new IllegalArgumentException(
          "a row must have a value for each of " + features.size() + " features");
    }
    byWorker
        .computeIfAbsent(worker, id -> new ArrayList<>())
        .add(new Observation(label, weight, offset, values.clone()));
    return this;
  }

  @Override
  public Map<String, Object> settings(Set<String> given) {
    for (String key : given) {
      if (key.equals(PERSON)) {
        throw new ConfigurationException(
            key + " names a column, and rows in this process have none besides their features");
      }
      if ((key.equals("data") || key.startsWith("data.")) && !HEEDED.contains(key)) {
        throw new ConfigurationException(
            key + " is about tables and files; rows in this process have no use for it");
      }
    }
    // They stand for a table that is there already.
    return Map.of(
        "data.format", "parquet",
        "data.worker-column", WORKER,
        "data.feature-columns", features);
  }

  @Override
  public Loaded load(TrainingConfig config) {
    ShardPacking packing = ShardPacking.of(config);
    Response response = config.model().response();
    Map<String, Shard> shards = new TreeMap<>();
    Map<String, String> skipped = new TreeMap<>();
    byWorker.forEach(
        (worker, rows) -> {
          Shard shard = packed(worker, rows, packing, response);
          if (shard.train().totalWeight() > 0.0) {
            shards.put(worker, shard);
          } else {
            skipped.put(worker, "no training rows");
          }
        });
    int least = config.aggregation().minWorkers();
    if (shards.size() < least) {
      throw CohortException.tooFew(shards.size(), least, skipped);
    }
    return new Workers(new InProcessFederation<>(shards), FeatureEncoding.ofNumbers(features));
  }

  private Shard packed(
      String worker, List<Observation> rows, ShardPacking packing, Response response) {
    ShardBuilder builder = packing.builder(worker, features.size());
    for (int i = 0; i < rows.size(); i++) {
      Observation row = rows.get(i);
      require(
          response.acceptsLabel(row.label),
          worker,
          "",
          i,
          "a label must be " + response.labelRule());
      require(
          row.weight >= 0.0 && Double.isFinite(row.weight), worker, "", i, "a weight must be >= 0");
      require(Double.isFinite(row.offset), worker, "", i, "an offset must be a finite number");
      for (int j = 0; j < row.features.length; j++) {
        require(
            Double.isFinite(row.features[j]),
            worker,
            features.get(j),
            i,
            "must be a finite number, and is NaN or infinite");
      }
      require(
          packing.storage().holds(row.features),
          worker,
          "",
          i,
          "data.storage = float needs features below 3.4e38");
      builder.addDense(row.features, row.label, row.weight, row.offset, Part.TRAIN);
    }
    return packing.build(builder, features.size());
  }

  private static void require(boolean isMet, String worker, String column, int at, String rule) {
    if (!isMet) {
      String place = column.isEmpty() ? "" : ", column " + column;
      throw new DataException("worker " + worker + place + ", row " + (at + 1) + ": " + rule);
    }
  }

  private record Workers(Federation<Shard> federation, FeatureEncoding encoding) implements Loaded {
    @Override
    public void close() {
      // The rows are the caller's.
    }
  }
}
