package io.sparkfed.tracking;

import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.ResultSettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.RoundSummary;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.RunTag;

/** What MLflow is told, in its own words and within its limits. */
final class MlflowRecords {
  /** The tag that finds a run again. */
  static final String RUN_ID_TAG = "spark_federated.run_id";

  /** The tag that says how a run ended. */
  static final String EXIT_TAG = "spark_federated.exit";

  /** Longest value of a parameter that MLflow takes. */
  static final int LONGEST_VALUE = 6000;

  /** The same before MLflow 2.10 or so. */
  static final int LONGEST_VALUE_ONCE = 500;

  private static final int LONGEST_NAME = 250;
  private static final int LONGEST_TAG = 500;

  /** What names owners' places or may hold a secret under a name of a data source's own. */
  private static final List<String> LEFT_OUT =
      List.of("data.workers.", "data.options.", "aggregation.keys.");

  private static final Pattern PLAIN_TEXT = Pattern.compile("\"[^\"\\\\]*\"");
  private static final Pattern NOT_IN_NAMES = Pattern.compile("[^A-Za-z0-9_. -]");

  private MlflowRecords() {}

  /**
   * Returns the settings that the result depends on: a resumed run has the same ones, as MLflow
   * demands of parameters.
   *
   * @param longest how long a value may be; the rest is cut off
   */
  static List<Param> parameters(TrainingConfig config, int longest) {
    Map<String, String> values = new TreeMap<>();
    Set<String> ofResult = ResultSettings.of(config).values().keySet();
    Map<String, String> shown = new TreeMap<>();
    config.settings().forEach(setting -> shown.put(setting.key(), setting.value()));
    shown.forEach(
        (key, value) -> {
          if (ofResult.contains(key) && LEFT_OUT.stream().noneMatch(key::startsWith)) {
            putUnderFreeName(values, NOT_IN_NAMES.matcher(key).replaceAll("_"), text(value));
          }
        });
    if (config.data().source() instanceof WorkerPaths workers) {
      values.put("data.workers", String.valueOf(workers.paths().size()));
    }
    List<Param> parameters = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          if (!value.isEmpty()) {
            parameters.add(Param.newBuilder().setKey(name).setValue(cut(value, longest)).build());
          }
        });
    return parameters;
  }

  /** Keys that differ only by characters that MLflow doesn't take stay apart. */
  private static void putUnderFreeName(Map<String, String> values, String name, String value) {
    String free = name.substring(0, Math.min(name.length(), LONGEST_NAME - 5));
    for (int k = 2; values.containsKey(free); k++) {
      free = name.substring(0, Math.min(name.length(), LONGEST_NAME - 5)) + "_" + k;
    }
    values.put(free, value);
  }

  /** Settings are kept as JSON; texts are told without their quotes. */
  private static String text(String json) {
    return PLAIN_TEXT.matcher(json).matches() ? json.substring(1, json.length() - 1) : json;
  }

  /** Returns what a run is found by, and listed with. */
  static List<RunTag> tags(TrainingConfig config, TrackedRun run) {
    Map<String, String> tags = new LinkedHashMap<>();
    tags.put(RUN_ID_TAG, run.id());
    run.versions()
        .forEach(
            (name, version) ->
                tags.put("spark_federated.version." + name.replace('-', '_'), version));
    tags.put("spark_federated.output", run.output());
    tags.put("aggregation.mode", EnumNames.of(config.aggregation().mode()));
    tags.put("algorithm.preset", config.algorithm().preset());
    tags.put("model.family", EnumNames.of(config.model().family()));
    tags.put("mlflow.source.name", "spark-federated");
    tags.put("mlflow.source.type", "JOB");
    List<RunTag> records = new ArrayList<>();
    tags.forEach((name, value) -> records.add(tag(name, value)));
    return records;
  }

  /** Returns one tag. */
  static RunTag tag(String name, String value) {
    return RunTag.newBuilder().setKey(name).setValue(cut(value, LONGEST_TAG)).build();
  }

  /**
   * Returns the figures of a round; what is no finite number is left out. Of round 0, the initial
   * model, there is only how good it is.
   *
   * @param millis when the round ended, in milliseconds since 1970
   */
  static List<Metric> metrics(RoundSummary round, long millis) {
    Map<String, Double> values = new LinkedHashMap<>();
    values.put("loss", round.loss());
    round.trainMetrics().forEach((name, value) -> values.put("train/" + name, value));
    round.testMetrics().forEach((name, value) -> values.put("test/" + name, value));
    round.noise().train().forEach((name, value) -> values.put("noise/train/" + name, value));
    round.noise().test().forEach((name, value) -> values.put("noise/test/" + name, value));
    if (round.round() > 0) {
      values.put("seconds", round.seconds());
      round.phaseSeconds().forEach((name, value) -> values.put("phase/" + name, value));
      values.put("workers", (double) round.workers());
      values.put("dropouts", (double) round.dropouts());
      round.measured().forEach((key, value) -> values.put(key, (double) value));
    }
    List<Metric> metrics = new ArrayList<>();
    values.forEach(
        (name, value) -> {
          if (Double.isFinite(value)) {
            metrics.add(
                Metric.newBuilder()
                    .setKey(name)
                    .setValue(value)
                    .setTimestamp(millis)
                    .setStep(round.round())
                    .build());
          }
        });
    return metrics;
  }

  private static String cut(String value, int longest) {
    return value.length() <= longest ? value : value.substring(0, longest - 3) + "...";
  }
}
