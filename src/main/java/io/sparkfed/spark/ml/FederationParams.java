package io.sparkfed.spark.ml;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.PresetNames;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.ml.param.DoubleArrayParam;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.IntParam;
import org.apache.spark.ml.param.LongParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.param.StringArrayParam;

/**
 * The params that an estimator has besides MLlib's own, and the summary of its last fit. An
 * estimator has one of these; {@link HasFederation} says what they mean.
 */
public final class FederationParams implements Serializable {
  private static final long serialVersionUID = 1L;

  private final Param<String> workerCol;
  private final Param<String> preset;
  private final IntParam rounds;
  private final Param<String> aggregationMode;
  private final IntParam minWorkers;
  private final LongParam seed;
  private final StringArrayParam settings;
  private final DoubleParam privacyEpsilon;
  private final DoubleParam privacyDelta;
  private final DoubleArrayParam featureBounds;
  private final DoubleArrayParam labelBounds;
  private final LongParam privacyRows;
  private final DoubleParam intervalsShare;
  private transient volatile FederatedSummary summary;

  /** Creates the params of an estimator and sets their defaults. */
  FederationParams(Params owner) {
    List<String> modes = EnumNames.of(AggregationMode.class);
    workerCol = new Param<>(owner, "workerCol", "name of the column that names each row's worker");
    preset =
        choice(
            owner,
            "preset",
            "how to train; auto chooses the exact preset that fits the data",
            PresetNames.all());
    rounds =
        new IntParam(
            owner,
            "rounds",
            "most rounds (>= 1); if not set, maxIter, and if that is not set either, the"
                + " preset's default",
            ParamValidators.gtEq(1));
    aggregationMode =
        choice(owner, "aggregationMode", "how updates become sums that the driver may see", modes);
    minWorkers =
        new IntParam(
            owner,
            "minWorkers",
            "the least number of workers a sum may be opened over (>= 2)",
            ParamValidators.gtEq(2));
    seed = new LongParam(owner, "seed", "seed of everything random");
    settings =
        new StringArrayParam(owner, "settings", "other configuration keys, each as key=value");
    privacyEpsilon =
        new DoubleParam(
            owner,
            "privacyEpsilon",
            "how much a fit may tell of one row (> 0): sums have noise; if not set, they are exact",
            ParamValidators.inRange(0.0, Double.MAX_VALUE, false, true));
    privacyDelta =
        new DoubleParam(
            owner,
            "privacyDelta",
            "with privacyEpsilon: the chance that more is told, in (0, 1), less than 1 / rows",
            ParamValidators.inRange(0.0, 1.0, false, false));
    featureBounds =
        new DoubleArrayParam(
            owner, "featureBounds", "with privacyEpsilon: [low, high] that each feature is cut to");
    labelBounds =
        new DoubleArrayParam(
            owner,
            "labelBounds",
            "with privacyEpsilon: [low, high] that labels are cut to, but classes");
    privacyRows =
        new LongParam(
            owner,
            "privacyRows",
            "with privacyEpsilon: the number of training rows, where it is public (>= 1)",
            ParamValidators.gtEq(1));
    intervalsShare =
        new DoubleParam(
            owner,
            "intervalsShare",
            "with privacyEpsilon: part of the budget for standard errors and intervals that count"
                + " the noise, in [0, 1)",
            ParamValidators.inRange(0.0, 1.0, true, false));
    owner.setDefault(preset, PresetNames.AUTO);
    owner.setDefault(aggregationMode, "masked");
    owner.setDefault(minWorkers, 3);
    owner.setDefault(seed, 1L);
    owner.setDefault(settings, new String[0]);
  }

  private static Param<String> choice(Params owner, String name, String doc, List<String> choices) {
    return new Param<>(
        owner,
        name,
        doc + ": " + String.join(", ", choices),
        ParamValidators.inArray(new ArrayList<>(choices)));
  }

  Param<String> workerCol() {
    return workerCol;
  }

  Param<String> preset() {
    return preset;
  }

  IntParam rounds() {
    return rounds;
  }

  Param<String> aggregationMode() {
    return aggregationMode;
  }

  IntParam minWorkers() {
    return minWorkers;
  }

  LongParam seed() {
    return seed;
  }

  StringArrayParam settings() {
    return settings;
  }

  DoubleParam privacyEpsilon() {
    return privacyEpsilon;
  }

  DoubleParam privacyDelta() {
    return privacyDelta;
  }

  DoubleArrayParam featureBounds() {
    return featureBounds;
  }

  DoubleArrayParam labelBounds() {
    return labelBounds;
  }

  LongParam privacyRows() {
    return privacyRows;
  }

  DoubleParam intervalsShare() {
    return intervalsShare;
  }

  Optional<FederatedSummary> summary() {
    return Optional.ofNullable(summary);
  }

  void fitted(FederatedSummary newest) {
    summary = newest;
  }
}
