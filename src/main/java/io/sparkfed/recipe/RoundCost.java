package io.sparkfed.recipe;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.RoundLayout;
import io.sparkfed.federated.noised.Budgets;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.SampledGram;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.masked.MaskedCohort;

/**
 * What a round costs where nobody drops out, reckoned before it from the lengths of what travels.
 * An estimate: names, and keys for the sums to come, are counted by their usual size or not at all.
 *
 * @param coefficients number d of coefficients
 * @param jobs visits of the workers and aggregators, each a Spark job
 * @param bytesToWorker the model
 * @param bytesFromWorker a worker's messages
 * @param bytesAtDriver all of it over all workers, as {@code rounds.jsonl} counts it
 */
public record RoundCost(
    int coefficients, int jobs, long bytesToWorker, long bytesFromWorker, long bytesAtDriver) {
  /** The flags of a secure sum. */
  private static final int FLAGS = 2;

  /** What stands around a masked vector, and around what is revealed. */
  private static final long MASKED_FRAME = 240;

  /** What a worker sends for each neighbor: shares to keep, and shares that unmask. */
  private static final long MASKED_NEIGHBOUR = 194;

  private static final long SEALED_FRAME = 150;
  private static final long SEALED_AGGREGATOR = 80;

  /**
   * Reckons a training's rounds.
   *
   * @param features number p of features
   * @param workers number of workers
   * @throws ConfigurationException if the preset can't have so many features
   */
  public static RoundCost of(TrainingConfig config, int features, int workers) {
    ModelShape shape = Presets.shape(config, features);
    int size = shape.size();
    boolean isNoised = config.privacy().isPresent();
    long payload =
        Long.BYTES
            * (isNoised
                ? size
                : FixedPointSum.words(RoundLayout.of(Presets.plan(config, features), workers)));
    long flagged = payload + Long.BYTES * FLAGS;
    int aggregators = config.aggregation().aggregators().size();
    long fromWorker =
        switch (config.aggregation().mode()) {
          case INSECURE_PLAIN -> payload;
          case MASKED ->
              flagged
                  + MASKED_FRAME
                  + MASKED_NEIGHBOUR
                      * MaskedCohort.of(
                              workers, MaskedCohort.LEAST_WORKERS, config.aggregation().masked())
                          .neighbours();
          case SECURE_WORKER, COMMITTEE -> flagged + SEALED_FRAME + SEALED_AGGREGATOR * aggregators;
        };
    int jobs = jobs(config.aggregation().mode());
    long toWorker = Double.BYTES * (size + (isNoised ? whitening(config, shape) : 0L));
    long fromAggregators = aggregators * (flagged + SEALED_AGGREGATOR);
    return new RoundCost(
        size, jobs, toWorker, fromWorker, workers * (toWorker + fromWorker) + fromAggregators);
  }

  /** Returns how many numbers travel beside a model whose rows are hidden. */
  private static long whitening(TrainingConfig config, ModelShape shape) {
    int order = SampledGram.order(shape);
    boolean hasProducts =
        Budgets.of(
                PrivatePlans.budget(config),
                PrivatePlans.method(config),
                order,
                config.algorithm().rounds())
            .hasProducts();
    return hasProducts ? SymmetricMatrix.packedLength(order) : 0L;
  }

  /** Returns the visits of a round, each a Spark job. */
  static int jobs(AggregationMode mode) {
    return switch (mode) {
      case INSECURE_PLAIN -> 1;
      case MASKED, SECURE_WORKER, COMMITTEE -> 2;
    };
  }
}
