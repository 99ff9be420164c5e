package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each key refuses each kind of value that can't be meant, and says which key it was. */
class WrongValuesTest {
  private static final List<String> NO_SINGLE_VALUES = List.of("[]", "[1]", "{}", "{a = 1}");

  private static final List<String> NO_NUMBERS =
      List.of(
          "NaN",
          "Infinity",
          "-Infinity",
          "-1e400",
          "1e400",
          "5f",
          "10d",
          "0x1p3",
          "1_000",
          "\"1,5\"",
          "5 parsecs",
          "5s",
          "true",
          "\"\"",
          "\" \"");

  /** What a key's value is. */
  private enum Kind {
    TEXT(List.of("\"\"", "\"  \"")),
    CHOICE(List.of("maybe", "5", "\"\"", "Linear")),
    TRUTH(List.of("maybe", "1", "0", "\"\"", "5s")),
    LIST(List.of("5", "a", "\"\"", "[[1]]", "[null]", "[{}]", "{}", "{a = 1}")),
    NUMBER(NO_NUMBERS),
    POSITIVE(with(NO_NUMBERS, "0", "-1", "-0.5", "1e-400")),
    AT_LEAST_ZERO(with(NO_NUMBERS, "-1", "-1e-300")),
    SHARE(with(NO_NUMBERS, "-1", "-0.5", "1.5", "1e300", "50%")),
    WHOLE(with(NO_NUMBERS, "0.5", "1.0000001", "1e300", "99999999999999999999")),
    COUNT(with(NO_NUMBERS, "-1", "1.5", "1e300", "4294967297")),
    INTERVAL(
        List.of(
            "5",
            "a",
            "\"\"",
            "[]",
            "[1]",
            "[1, 1]",
            "[2, 1]",
            "[1, 2, 3]",
            "[NaN, 1]",
            "[0, Infinity]",
            "[-1e400, 1]",
            "[0, 5f]",
            "[null, 1]",
            "[[0], 1]",
            "{}",
            "{a = 1}")),
    DURATION(
        List.of(
            "0s",
            "-1s",
            "1ns",
            "0.1 ms",
            "5",
            "\"5\"",
            "0x1p3",
            "1e300",
            "1e30 days",
            "366 days",
            "99999999999999999999 s",
            "5 parsecs",
            "5 mins ago",
            "Infinity",
            "NaN s",
            "true",
            "\"\""));

    private final List<String> wrong;

    Kind(List<String> wrong) {
      this.wrong =
          Set.of("LIST", "INTERVAL").contains(name())
              ? wrong
              : Stream.concat(NO_SINGLE_VALUES.stream(), wrong.stream()).toList();
    }

    private static List<String> with(List<String> some, String... more) {
      return Stream.concat(some.stream(), Stream.of(more)).toList();
    }
  }

  private static final Map<Kind, List<String>> KEYS =
      Map.ofEntries(
          Map.entry(
              Kind.TEXT,
              List.of(
                  "name",
                  "study.purpose",
                  "study.analyst",
                  "data.dataset",
                  "data.format",
                  "data.schema",
                  "data.path",
                  "data.worker-column",
                  "data.where",
                  "data.label-column",
                  "data.features-column",
                  "data.formula",
                  "data.weight-column",
                  "data.offset-column",
                  "data.split.column",
                  "data.split.train",
                  "data.split.test",
                  "privacy.person-column",
                  "aggregation.keys.dir",
                  "data.relay-keys",
                  "aggregation.keys.roster",
                  "output.dir",
                  "checkpoint.dir",
                  "predictions.format",
                  "predictions.path",
                  "tracking.mlflow.experiment",
                  "tracking.mlflow.run-name")),
          Map.entry(
              Kind.CHOICE,
              List.of(
                  "study.until",
                  "data.decimal",
                  "data.missing",
                  "data.impute.strategy",
                  "data.storage",
                  "model.family",
                  "model.standardize",
                  "algorithm.preset",
                  "algorithm.warm-start",
                  "algorithm.preconditioner",
                  "algorithm.local.solver",
                  "algorithm.local.schedule",
                  "algorithm.local.loss",
                  "algorithm.weighting",
                  "privacy.unit",
                  "aggregation.mode",
                  "predictions.mode",
                  "predictions.unseen",
                  "predictions.missing")),
          Map.entry(
              Kind.TRUTH,
              List.of(
                  "data.label-proportions",
                  "model.intercept",
                  "output.overwrite",
                  "output.resume")),
          Map.entry(
              Kind.LIST,
              List.of(
                  "data.columns",
                  "data.label-levels",
                  "data.feature-columns",
                  "data.missing-values",
                  "data.impute.columns")),
          Map.entry(Kind.NUMBER, List.of("model.threshold")),
          Map.entry(
              Kind.POSITIVE,
              List.of(
                  "model.huber-delta",
                  "algorithm.step-size",
                  "algorithm.local.step-size",
                  "algorithm.local.tolerance",
                  "algorithm.server.learning-rate",
                  "algorithm.server.tau",
                  "algorithm.divergence-factor",
                  "privacy.epsilon",
                  "privacy.max-weight",
                  "privacy.max-row-norm",
                  "privacy.update-norm")),
          Map.entry(
              Kind.AT_LEAST_ZERO,
              List.of(
                  "model.l1",
                  "model.l2",
                  "algorithm.tolerance",
                  "algorithm.proximal-mu",
                  "data.synthetic.model-skew",
                  "data.synthetic.feature-skew")),
          Map.entry(
              Kind.SHARE,
              List.of(
                  "data.split.test-fraction",
                  "algorithm.local.momentum",
                  "algorithm.server.momentum",
                  "algorithm.server.beta1",
                  "algorithm.server.beta2",
                  "algorithm.cohort.fraction",
                  "privacy.delta",
                  "privacy.gram-share",
                  "privacy.evaluation-share",
                  "privacy.count-share",
                  "privacy.intervals-share",
                  "aggregation.masked.corrupted",
                  "aggregation.masked.dropouts",
                  "evaluation.auc-error",
                  "evaluation.confidence-level")),
          Map.entry(Kind.INTERVAL, List.of("privacy.label-bounds")),
          Map.entry(Kind.WHOLE, List.of("seed", "privacy.rows")),
          Map.entry(
              Kind.COUNT,
              List.of(
                  "data.synthetic.workers",
                  "data.synthetic.rows-per-worker",
                  "data.synthetic.features",
                  "data.simulation.workers-per-task",
                  "data.min-level-rows",
                  "data.min-level-workers",
                  "data.min-worker-rows",
                  "model.classes",
                  "algorithm.rounds",
                  "algorithm.local.steps",
                  "algorithm.local.epochs",
                  "algorithm.local.max-batches",
                  "algorithm.local.batch-size",
                  "algorithm.local.max-iterations",
                  "algorithm.local.history",
                  "algorithm.cohort.count",
                  "algorithm.cohort.evaluate-every",
                  "privacy.rows-per-person",
                  "privacy.honest-workers",
                  "privacy.vector-size",
                  "privacy.rounds",
                  "aggregation.masked.full-graph-up-to",
                  "aggregation.min-workers",
                  "evaluation.auc-bins",
                  "checkpoint.every")),
          Map.entry(
              Kind.DURATION,
              List.of(
                  "aggregation.deadline",
                  "cluster.timeout",
                  "study.approval-wait",
                  "tracking.mlflow.timeout")));

  /** It may be empty, for none; its own test has what it refuses. */
  private static final String ADDRESS = "tracking.mlflow.uri";

  /** What makes a configuration read a key, by the key's beginning. */
  private static final Map<String, String> READ_WITH =
      Map.ofEntries(
          Map.entry("data.split.tr", "data.split.column = s"),
          Map.entry("data.split.test", "data.split.column = s"),
          Map.entry("data.split.test-", ""),
          Map.entry("data.label-", "model.family = logistic"),
          Map.entry("model.classes", "model.family = softmax"),
          Map.entry("model.huber-delta", "model.family = huber"),
          Map.entry("model.threshold", "model.family = svm"),
          Map.entry("algorithm.step-size", "algorithm.preset = fed-sgd"),
          Map.entry("algorithm.warm-start", "algorithm.preset = fed-lbfgs"),
          Map.entry("algorithm.preconditioner", "algorithm.preset = fed-lbfgs"),
          Map.entry("algorithm.proximal-mu", "algorithm.preset = fed-prox"),
          Map.entry("algorithm.server", "algorithm.preset = fed-adam"),
          Map.entry("algorithm.server.momentum", "algorithm.preset = fed-avgm"),
          Map.entry("algorithm.local.epochs", "algorithm.local.solver = sgd"),
          Map.entry("algorithm.local.max-batches", "algorithm.local.solver = sgd"),
          Map.entry("algorithm.local.batch-size", "algorithm.local.solver = sgd"),
          Map.entry("algorithm.local.momentum", "algorithm.local.solver = sgd"),
          Map.entry("algorithm.local.max-iterations", "algorithm.local.solver = lbfgs"),
          Map.entry("algorithm.local.tolerance", "algorithm.local.solver = lbfgs"),
          Map.entry("algorithm.local.history", "algorithm.local.solver = lbfgs"),
          Map.entry("privacy", ConfigFiles.PRIVATE),
          Map.entry(
              "privacy.vector-size",
              ConfigFiles.PRIVATE
                  + "\ndata { feature-columns = null, features-column = v }\n"
                  + "privacy.bounds = null\nprivacy.bounds { v = [0, 1] }"),
          Map.entry("privacy.update-norm", ConfigFiles.PRIVATE_WORKERS),
          Map.entry("aggregation.keys.dir", "aggregation.keys.roster = r"),
          Map.entry("aggregation.keys.roster", "aggregation.keys.dir = d"),
          Map.entry("tracking", "tracking.mlflow.uri = \"http://a:1\""));

  private static final String SYNTHETIC = "data.synthetic.workers = 5\n";
  private static final String NO_FEATURES =
      "data { path = \"rows.csv\", worker-column = \"owner\" }\n";

  @TempDir static Path folder;

  private static String context(String key) {
    if (key.startsWith("data.synthetic.") || key.startsWith("data.simulation.")) {
      return SYNTHETIC;
    }
    String with =
        READ_WITH.keySet().stream()
            .filter(key::startsWith)
            .reduce((a, b) -> a.length() > b.length() ? a : b)
            .map(READ_WITH::get)
            .orElse("");
    boolean isOfFeatures = Set.of("data.formula", "data.features-column").contains(key);
    return (isOfFeatures ? NO_FEATURES : ConfigFiles.LEAST) + with + "\n";
  }

  static Stream<String> keys() {
    return KEYS.values().stream().flatMap(List::stream).sorted();
  }

  private static Kind kind(String key) {
    return KEYS.entrySet().stream()
        .filter(entry -> entry.getValue().contains(key))
        .findFirst()
        .orElseThrow()
        .getKey();
  }

  @ParameterizedTest
  @MethodSource("keys")
  void load_valueThatCannotBeMeant_isRefusedByKey(String key) {
    ConfigFiles files = new ConfigFiles(folder);
    Map<String, String> others = new TreeMap<>();
    for (String wrong : kind(key).wrong) {
      String refusal = refusal(files, context(key), key + "=" + wrong);
      if (!refusal.contains(key)) {
        others.put(wrong, refusal);
      }
    }
    assertEquals(Map.of(), others);
  }

  private static String refusal(ConfigFiles files, String text, String argument) {
    try {
      files.load(text, argument);
      return "accepted";
    } catch (ConfigurationException e) {
      return e.getMessage();
    }
  }

  @Test
  void keys_ofTheReference_allHaveAKind() {
    Set<String> known = KnownKeys.all();
    Set<String> values =
        known.stream()
            .filter(key -> known.stream().noneMatch(other -> other.startsWith(key + ".")))
            .filter(key -> !KeyPaths.FREE_SECTIONS.contains(key))
            .collect(Collectors.toCollection(TreeSet::new));
    values.remove(ADDRESS);

    assertEquals(values, keys().collect(Collectors.toCollection(TreeSet::new)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.options={\"\"=1}",
        "data.options={sep=[1]}",
        "data.options=5",
        "data.derive={\"\"=1}",
        "data.derive={c=\"\"}",
        "data.derive={c=[1]}",
        "data.derive=[c]",
        "data.categorical={a=5}",
        "data.categorical={\"\"={}}",
        "data.categorical={a={levels=5}}",
        "aggregation.aggregators={a=\"\", b=any}",
        "aggregation.aggregators={\"\"=any, b=any}",
        "aggregation.aggregators={a=[any]}",
        "privacy.bounds=5",
        "privacy.bounds={a=5}",
        "privacy.bounds={a={low=0}}",
        "privacy.bounds={\"\"=[0, 1]}",
        "privacy.bounds={c=[0, 1]}",
        "predictions.options={\"\"=1}",
        "predictions.options={a=[1]}",
        "data.workers={\" \"=x}",
        "data.workers={a=\"\"}",
        "data.workers={a=[x]}",
        "data.feature-columns=[\"\"]",
        "data.feature-columns=[a, \" \"]",
        "data.impute.columns=[\"\"]"
      })
  void load_sectionOrListWithWhatCannotBeMeant_isRefusedByKey(String argument) {
    String key = argument.substring(0, argument.indexOf('='));

    String refusal = refusal(new ConfigFiles(folder), ConfigFiles.LEAST, argument);

    assertTrue(refusal.contains(key), refusal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1 ms", "90s", "5 minutes", "0.5 h", "1e3 ms", "\"10 days\"", "365d"})
  void load_durationWithItsUnit_isTaken(String duration) {
    assertEquals(
        "accepted",
        refusal(new ConfigFiles(folder), ConfigFiles.LEAST, "cluster.timeout=" + duration));
  }

  @ParameterizedTest
  @ValueSource(strings = {"5", "\"5\"", " 5 ", "5.", ".5e1", "+5.0", "5E+0"})
  void load_numberInAnyDecimalSpelling_isTaken(String number) {
    assertEquals(
        5,
        new ConfigFiles(folder)
            .load(ConfigFiles.LEAST, "checkpoint.every=" + number)
            .checkpoints()
            .every());
  }
}
