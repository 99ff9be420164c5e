package io.sparkfed.jobs;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.Standardize;
import io.sparkfed.output.RunCheckpoints;
import io.sparkfed.recipe.PlannedNoise;
import java.util.ArrayList;
import java.util.List;

/** What the user of a training should know, in sentences. */
final class TrainingNotes {
  /** Of a row that is there in half of all cases, an attack says so rightly five times of six. */
  private static final double LARGE_EPSILON = 10.0;

  private TrainingNotes() {}

  static List<String> onResumption(RunCheckpoints checkpoints) {
    List<String> notes = new ArrayList<>(checkpoints.notes());
    checkpoints
        .resumed()
        .ifPresent(
            checkpoint ->
                notes.add(
                    "resumed from the checkpoint of round "
                        + checkpoint.state().round()
                        + "; times are those since then"));
    return notes;
  }

  static List<String> onProtection(TrainingConfig config, boolean isLocal, int workers) {
    List<String> notes = new ArrayList<>();
    AggregationMode mode = config.aggregation().mode();
    if (!mode.protectsFromDriver()) {
      notes.add(
          "WARNING: aggregation.mode = insecure-plain shows every worker's update to the driver; it"
              + " protects nobody");
    } else if (isLocal && !areWithAgents(config)) {
      notes.add(
          "local master: driver, workers and aggregation share one process, so nobody is"
              + " protected from anybody. Only a cluster separates them.");
    } else if (isLocal && !mode.aggregators().isEmpty()) {
      notes.add(
          "local master: driver and aggregators share one process, so workers' updates aren't"
              + " protected from it. Only a cluster separates them.");
    }
    if (mode.protectsFromDriver() && config.aggregation().keys().isEmpty()) {
      notes.add(
          "aggregation.keys is not set: keys were generated for this run and exist only in"
              + " executor memory. On a cluster this protects updates from an honest-but-curious"
              + " driver, not from a malicious one. On a local master nothing is protected.");
    }
    config
        .privacy()
        .filter(privacy -> privacy.epsilon() > LARGE_EPSILON)
        .ifPresent(
            privacy ->
                notes.add(
                    "privacy.epsilon = "
                        + privacy.epsilon()
                        + " hides little: somebody who sees everything can mostly tell whether "
                        + PlannedNoise.unit(config).given()));
    if (config.privacy().isPresent()) {
      notes.add(
          "losses of rounds aren't told under privacy.unit = "
              + EnumNames.of(config.privacy().get().unit())
              + ": each would cost some of epsilon");
    }
    if (config.privacy().isPresent() && config.aggregation().keys().isEmpty()) {
      notes.add(
          "without aggregation.keys noise protects, but no owner keeps a ledger: nobody adds up what"
              + " several runs tell of the same rows");
    }
    if (workers == 2) {
      notes.add(
          "two workers: each can compute the other's update from the average, so neither is"
              + " protected from the other");
    }
    return notes;
  }

  /** Whether rows and keys are in processes of their owners, whatever the master. */
  private static boolean areWithAgents(TrainingConfig config) {
    return config.data().source() instanceof WorkerPaths paths && paths.areOfAgents();
  }

  static List<String> onEncoding(TrainingConfig config, FeatureEncoding encoding) {
    List<String> notes = new ArrayList<>();
    for (OneHot category : encoding.categories()) {
      notes.add(
          "column "
              + category.name()
              + ": levels "
              + String.join(", ", category.levels())
              + "; the reference is "
              + category.reference());
    }
    for (Numeric column : encoding.imputed()) {
      notes.add(
          "column "
              + column.name()
              + ": missing values are replaced by "
              + (config.data().preprocessing().fills().containsKey(column.name())
                  ? "the middle of their bounds, "
                  : "the federation's mean, ")
              + column.fill());
    }
    return notes;
  }

  static List<String> onResult(TrainingConfig config, TrainingResult result, int workers) {
    List<String> notes = new ArrayList<>();
    result.notes().forEach(note -> notes.add(note.in(KeyWords::of)));
    long saturated = total(result, Measurement.SATURATED);
    if (saturated > 0) {
      notes.add(
          saturated
              + " coordinates of updates were cut to the range of the sum; the range grew after"
              + " each (see rounds.jsonl)");
    }
    long clipped = total(result, Measurement.CLIPPED);
    if (clipped > 0) {
      notes.add(
          clipped
              + " updates were longer than their owners' policies allow (clip) and were scaled"
              + " down (see rounds.jsonl)");
    }
    if (config.model().family().isClassifier() && result.oneClassWorkers() > 0) {
      notes.add(
          result.oneClassWorkers()
              + " of "
              + workers
              + " workers hold one class only. They train like the others, and the driver"
              + " doesn't know which they are.");
    }
    if (config.data().columns().offset().isPresent() && !config.model().family().hasLogLink()) {
      notes.add(
          "the MLlib model has no offset: add data.offset-column to its score, as jobs/predict"
              + " does");
    }
    if (config.model().standardize() == Standardize.WORKER) {
      notes.add(
          "the model is in standardized units (model.standardize = worker): before it predicts,"
              + " standardize rows with their own worker's mean and deviation, as jobs/predict"
              + " does");
    }
    return notes;
  }

  private static long total(TrainingResult result, Measurement each) {
    return result.rounds().stream().mapToLong(round -> round.measured(each)).sum();
  }
}
