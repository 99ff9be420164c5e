package io.sparkfed.spark.ml;

import java.util.Arrays;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;
import org.apache.spark.sql.types.StructType;

/**
 * What the federated estimators have in common. Each is MLlib's own estimator, with its params,
 * defaults and schema checks, but for what {@code fit} does: it brings each worker's rows into a
 * partition of its own and trains from secure sums. It returns MLlib's model.
 *
 * <p>{@code maxIter} and {@code tol} count where they are set; otherwise the preset's own defaults,
 * which are stricter than MLlib's. Params that only tell MLlib how to compute ({@code
 * aggregationDepth}, {@code maxBlockSizeInMB}) do nothing.
 *
 * @param <E> the estimator
 */
public interface HasFederation<E extends HasFederation<E>> extends Params {

  /** Returns the params and the state that belong to this estimator. */
  FederationParams federation();

  /** Returns the param for the column that says whose row it is; it has no default. */
  default Param<String> workerCol() {
    return federation().workerCol();
  }

  /** Returns the param for how to train: {@code auto}, or the name of a preset. */
  default Param<String> preset() {
    return federation().preset();
  }

  /** Returns the param for the most rounds, at least 1; it has no default. */
  default IntParam rounds() {
    return federation().rounds();
  }

  /** Returns the param for {@code aggregation.mode}. */
  default Param<String> aggregationMode() {
    return federation().aggregationMode();
  }

  /** Returns the param for {@code aggregation.min-workers}, at least 2. */
  default IntParam minWorkers() {
    return federation().minWorkers();
  }

  /** Returns the param for the run's seed. */
  default LongParam seed() {
    return federation().seed();
  }

  /** Returns the param for further keys of a run's configuration, each as {@code key=value}. */
  default StringArrayParam settings() {
    return federation().settings();
  }

  /**
   * Returns the param for {@code privacy.epsilon}, positive; it has no default. Where it is set,
   * rows are hidden: sums have noise. MLlib's linear regression has an {@code epsilon} of its own,
   * another thing.
   */
  default DoubleParam privacyEpsilon() {
    return federation().privacyEpsilon();
  }

  /** Returns the param for {@code privacy.delta}, in (0, 1); it has no default. */
  default DoubleParam privacyDelta() {
    return federation().privacyDelta();
  }

  /** Returns the param for what each feature is cut to, [low, high]; it has no default. */
  default DoubleArrayParam featureBounds() {
    return federation().featureBounds();
  }

  /** Returns the param for {@code privacy.label-bounds}; it has no default. */
  default DoubleArrayParam labelBounds() {
    return federation().labelBounds();
  }

  /** Returns the param for {@code privacy.rows}, at least 1; it has no default. */
  default LongParam privacyRows() {
    return federation().privacyRows();
  }

  /** Returns the param for {@code privacy.intervals-share}, in [0, 1); it has no default. */
  default DoubleParam intervalsShare() {
    return federation().intervalsShare();
  }

  /** Returns how much a fit may tell of one row. */
  default double getPrivacyEpsilon() {
    return (double) getOrDefault(privacyEpsilon());
  }

  /** Returns the chance that more is told. */
  default double getPrivacyDelta() {
    return (double) getOrDefault(privacyDelta());
  }

  /** Returns what each feature is cut to, [low, high]. */
  default double[] getFeatureBounds() {
    return getOrDefault(featureBounds());
  }

  /** Returns what labels are cut to, [low, high]. */
  default double[] getLabelBounds() {
    return getOrDefault(labelBounds());
  }

  /** Returns the public number of training rows. */
  default long getPrivacyRows() {
    return (long) getOrDefault(privacyRows());
  }

  /** Returns what part of the budget intervals have. */
  default double getIntervalsShare() {
    return (double) getOrDefault(intervalsShare());
  }

  /** Sets how much a fit may tell of one row. */
  default E setPrivacyEpsilon(double value) {
    return with(privacyEpsilon(), value);
  }

  /** Sets the chance that more is told. */
  default E setPrivacyDelta(double value) {
    return with(privacyDelta(), value);
  }

  /** Sets what each feature is cut to, [low, high]: public numbers, not taken from the rows. */
  default E setFeatureBounds(double[] value) {
    return with(featureBounds(), value);
  }

  /** Sets what labels are cut to, [low, high]: public numbers, not taken from the rows. */
  default E setLabelBounds(double[] value) {
    return with(labelBounds(), value);
  }

  /** Sets the public number of training rows. */
  default E setPrivacyRows(long value) {
    return with(privacyRows(), value);
  }

  /** Sets what part of the budget intervals have, such as 0.1. */
  default E setIntervalsShare(double value) {
    return with(intervalsShare(), value);
  }

  /** Returns the column that says whose row it is. */
  default String getWorkerCol() {
    return getOrDefault(workerCol());
  }

  /** Returns how to train. */
  default String getPreset() {
    return getOrDefault(preset());
  }

  /** Returns the most rounds. */
  default int getRounds() {
    return (int) getOrDefault(rounds());
  }

  /** Returns how updates become sums. */
  default String getAggregationMode() {
    return getOrDefault(aggregationMode());
  }

  /** Returns the least number of workers a sum may be opened over. */
  default int getMinWorkers() {
    return (int) getOrDefault(minWorkers());
  }

  /** Returns the run's seed. */
  default long getSeed() {
    return (long) getOrDefault(seed());
  }

  /** Returns further keys of a run's configuration. */
  default String[] getSettings() {
    return getOrDefault(settings());
  }

  /** Sets the column that says whose row it is; its values are compared as text. */
  default E setWorkerCol(String value) {
    return with(workerCol(), value);
  }

  /** Sets how to train. */
  default E setPreset(String value) {
    return with(preset(), value);
  }

  /** Sets the most rounds. */
  default E setRounds(int value) {
    return with(rounds(), value);
  }

  /** Sets how updates become sums. */
  default E setAggregationMode(String value) {
    return with(aggregationMode(), value);
  }

  /** Sets the least number of workers a sum may be opened over. */
  default E setMinWorkers(int value) {
    return with(minWorkers(), value);
  }

  /** Sets the run's seed. */
  default E setSeed(long value) {
    return with(seed(), value);
  }

  /** Sets further keys of a run's configuration, each as {@code key=value}. */
  default E setSettings(String[] value) {
    return with(settings(), value);
  }

  /** Returns whether this very estimator has been fitted; a copy has not. */
  default boolean hasSummary() {
    return federation().summary().isPresent();
  }

  /**
   * Returns how the last fit of this very estimator went. MLlib's tuning fits copies: theirs is at
   * hand as {@link FederatedSummary#of} the model.
   *
   * @throws IllegalStateException if there was none
   */
  default FederatedSummary summary() {
    return federation()
        .summary()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    uid()
                        + " has no summary: it has not been fitted; FederatedSummary.of(model) has"
                        + " that of a model that a copy of it fitted"));
  }

  @SuppressWarnings("unchecked")
  private <T> E with(Param<T> param, T value) {
    set(param, value);
    return (E) this;
  }

  /**
   * Checks that the worker column is set and there.
   *
   * @throws IllegalArgumentException if not
   */
  default void requireWorkerCol(StructType schema) {
    if (!isSet(workerCol()) || getWorkerCol().isEmpty()) {
      throw new IllegalArgumentException(
          "workerCol must be set: the column that names each row's worker");
    }
    if (!Arrays.asList(schema.fieldNames()).contains(getWorkerCol())) {
      throw new IllegalArgumentException(
          "workerCol column "
              + getWorkerCol()
              + " does not exist. Columns: "
              + String.join(", ", schema.fieldNames()));
    }
  }
}
