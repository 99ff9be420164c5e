package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.DataConfig.Missing;
import io.sparkfed.config.PrivacySettings.Unit;
import io.sparkfed.data.LeastRows;
import io.sparkfed.math.Interval;
import io.sparkfed.model.Standardize;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivacyConfigTest {
  private static final String LEAST = ConfigFiles.LEAST + ConfigFiles.PRIVATE;

  private static final String TABLE = "data { path = \"rows.csv\", worker-column = \"owner\" }\n";
  private static final String BUDGET =
      "privacy { unit = row, epsilon = 1, delta = 1e-6 }\nmodel.family = logistic\n";

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void writeInto() {
    files = new ConfigFiles(folder);
  }

  @Test
  void load_nothingSaid_nothingIsHidden() {
    assertEquals(Optional.empty(), files.load(ConfigFiles.LEAST).privacy());
  }

  @Test
  void load_leastThatHides_hasTheDefaults() {
    assertEquals(
        new PrivacySettings(
            Unit.ROW,
            1.0,
            1e-6,
            OptionalLong.empty(),
            1,
            Optional.empty(),
            new TreeMap<>(Map.of("a", new Interval(0.0, 1.0), "b", new Interval(-1.0, 1.0))),
            OptionalInt.empty(),
            Optional.of(new Interval(0.0, 1.0)),
            1.0,
            OptionalDouble.empty(),
            OptionalInt.empty(),
            8,
            0.2,
            0.0,
            0.01,
            0.0,
            OptionalDouble.empty()),
        files.load(LEAST).privacy().orElseThrow());
  }

  @Test
  void load_eachKey_isTaken() {
    assertEquals(
        new PrivacySettings(
            Unit.ROW,
            0.5,
            1e-3,
            OptionalLong.of(486),
            3,
            Optional.of("patient"),
            new TreeMap<>(Map.of("a", new Interval(20.0, 90.5), "b", new Interval(-1.0, 1.0))),
            OptionalInt.empty(),
            Optional.of(new Interval(-3.0, 7.0)),
            2.5,
            OptionalDouble.of(3.75),
            OptionalInt.of(2),
            12,
            0.3,
            0.15,
            0.05,
            0.25,
            OptionalDouble.empty()),
        files
            .load(
                LEAST,
                "privacy.epsilon=0.5",
                "privacy.delta=1e-3",
                "privacy.rows=486",
                "privacy.rows-per-person=3",
                "privacy.person-column=patient",
                "privacy.bounds.a=[20, 90.5]",
                "privacy.label-bounds=[-3, 7]",
                "privacy.max-weight=2.5",
                "privacy.max-row-norm=3.75",
                "privacy.honest-workers=2",
                "privacy.rounds=12",
                "privacy.gram-share=0.3",
                "privacy.evaluation-share=0.15",
                "privacy.count-share=0.05",
                "privacy.intervals-share=0.25",
                "model.family=poisson")
            .privacy()
            .orElseThrow());
  }

  @ParameterizedTest
  @CsvSource({
    ", private, 8",
    "algorithm.preset=auto, private, 8",
    "algorithm.preset=private, private, 8",
    "algorithm.preset=private-statistics, private-statistics, 1"
  })
  void load_rowsHidden_presetHidesThemAndReadsNothingElse(
      String argument, String preset, int rounds) {
    TrainingConfig config = argument == null ? files.load(LEAST) : files.load(LEAST, argument);

    assertEquals(preset, config.algorithm().preset());
    assertEquals(rounds, config.algorithm().rounds());
    assertEquals(Standardize.NONE, config.model().standardize());
    assertEquals(Missing.DROP, config.data().missing());
    assertEquals(LeastRows.ANY, config.data().leastRows());
    assertTrue(config.settings().stream().noneMatch(s -> s.key().equals("algorithm.rounds")));
  }

  @Test
  void load_rowsOfOneWorkerEach_nobodyIsLeftOutForTheirNumber() {
    String workers = "data { workers { h = \"a.csv\" }, feature-columns = [a, b] }\n";

    assertEquals(LeastRows.ANY, files.load(workers + ConfigFiles.PRIVATE).data().leastRows());
    assertEquals(new LeastRows(2), files.load(workers).data().leastRows());
  }

  /** Each with what it says of the reason. */
  @ParameterizedTest
  @CsvSource({
    "algorithm.preset=fed-avg, locally",
    "algorithm.preset=fed-prox, locally",
    "algorithm.preset=fed-avgm, locally",
    "algorithm.preset=fed-adagrad, locally",
    "algorithm.preset=fed-adam, locally",
    "algorithm.preset=fed-yogi, locally",
    "algorithm.preset=fed-newton, line search",
    "algorithm.preset=fed-lbfgs, line search",
    "algorithm.preset=normal-equations, private-statistics",
    "algorithm.preset=fed-sgd, losses",
    "model.family=gamma, gradients",
    "model.l1=0.1, model.l2",
    "model.standardize=federated, privacy.bounds",
    "model.standardize=worker, privacy.bounds",
    "algorithm.warm-start=true, average of models",
    "algorithm.preconditioner=true, products of features",
    "algorithm.tolerance=1e-6, loss",
    "algorithm.tolerance=0, loss",
    "algorithm.rounds=5, privacy.rounds",
    "algorithm.cohort.fraction=0.5, noise",
    "algorithm.cohort.count=3, noise",
    "algorithm.weighting=equal, fed-avg",
    "data.missing=error, drop",
    "data.min-level-rows=1, number of rows",
    "data.min-level-workers=1, number of workers",
    "data.min-worker-rows=1, few rows",
    "evaluation.auc-error=0.1, test rows",
    "privacy.update-norm=1, worker",
    "privacy.epsilon=0, > 0",
    "privacy.epsilon=-1, > 0",
    "privacy.epsilon=NaN, > 0",
    "privacy.epsilon=Infinity, > 0",
    "privacy.epsilon=1e10, at most 1e9",
    "privacy.max-row-norm=1e-40, 1e-20",
    "privacy.max-row-norm=1e40, 1e20",
    "'privacy.label-bounds=[-1e35, 1e35]', 1e20",
    "'privacy.label-bounds=[0, 1e-30]', 2e-20",
    "privacy.epsilon=null, not set",
    "privacy.delta=0, '(0, 1)'",
    "privacy.delta=1, '(0, 1)'",
    "privacy.delta=NaN, '(0, 1)'",
    "privacy.delta=null, not set",
    "privacy.rows=0, at least 1",
    "privacy.count-share=0, '(0, 1)'",
    "privacy.evaluation-share=1, '[0, 1)'",
    "privacy.intervals-share=1, '[0, 1)'",
    "privacy.rows-per-person=2, privacy.person-column",
    "privacy.label-bounds=null, not set"
  })
  void load_whatTellsOfRows_isRefusedWithTheReason(String argument, String reason) {
    String key = argument.substring(0, argument.indexOf('='));

    String refusal = files.refusal(LEAST, argument);

    assertTrue(refusal.startsWith(key + " "), refusal);
    assertTrue(refusal.contains(reason), refusal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "model.l2=0.1",
        "model.standardize=none",
        "data.missing=drop",
        "data.split.test-fraction=0.2",
        "model.family=huber",
        "model.family=poisson",
        "aggregation.min-workers=5",
        "data.weight-column=w",
        "data.offset-column=o",
        "evaluation.auc-bins=50"
      })
  void load_whatTellsNothingOfRows_isTaken(String argument) {
    assertTrue(files.load(LEAST, argument).privacy().isPresent());
  }

  /** Products leave them out, and steps of counts depend on exposures that nothing tells. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "algorithm.preset=private-statistics | algorithm.preset = private-statistics",
        "model.family=poisson | model.family = poisson under privacy.unit = row"
      })
  void load_offsetsOfWhatLeavesThemOut_areRefused(String argument, String of) {
    String column = files.refusal(LEAST, argument, "data.offset-column=o");
    String formula =
        files.refusal(
            TABLE + ConfigFiles.PRIVATE, argument, "data.formula=\"label ~ a + b + offset(o)\"");

    assertTrue(column.startsWith("data.offset-column must not be set for " + of), column);
    assertTrue(formula.startsWith("data.formula must have no offset for " + of), formula);
    assertTrue(files.load(LEAST, argument).privacy().isPresent());
    assertEquals(
        Optional.of("o"),
        files
            .load(ConfigFiles.LEAST, "model.family=poisson", "data.offset-column=o")
            .data()
            .columns()
            .offset());
  }

  @ParameterizedTest
  @CsvSource({
    "data.format=json, data.format must not be json, parquet",
    "data.format=XML, data.format must not be xml, parquet",
    "data.format=libsvm, data.options.numFeatures must be set, found in rows",
    "data.options.header=false, data.columns must be set, number of columns"
  })
  void load_formatWhoseColumnsAreFoundInRows_isRefused(
      String argument, String refused, String reason) {
    String refusal = files.refusal(LEAST, argument);

    assertTrue(refusal.startsWith(refused + " under privacy.unit = row"), refusal);
    assertTrue(refusal.contains(reason), refusal);
    assertEquals(Optional.empty(), files.load(ConfigFiles.LEAST, argument).privacy());
  }

  @Test
  void load_workersFilesWithoutNames_areRefused() {
    String workers =
        """
        data {
          workers { g = "g.csv", h { path = "h.csv", options { header = false } } }
          feature-columns = [a, b]
        }
        """;

    String refusal = files.refusal(workers + ConfigFiles.PRIVATE);

    assertTrue(refusal.startsWith("data.workers.h.columns must be set"), refusal);
    assertTrue(
        files
            .load(workers + ConfigFiles.PRIVATE, "data.workers.h.columns=[a, b, label]")
            .privacy()
            .isPresent());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.format=parquet",
        "data.format=orc",
        "data.columns=[a, b, label, owner]",
        "data.schema=\"a DOUBLE, b DOUBLE, label DOUBLE, owner STRING\""
      })
  void load_formatWhoseColumnsAreNotFoundInRows_isTaken(String argument) {
    assertTrue(files.load(LEAST, argument).privacy().isPresent());
  }

  @ParameterizedTest
  @ValueSource(strings = {"logistic", "svm", "squared-hinge", "huber", "poisson"})
  void load_statisticsOfWhatIsNoParabola_isRefused(String family) {
    String bounds = family.equals("huber") || family.equals("poisson") ? "[0, 1]" : "null";

    String refusal =
        files.refusal(
            LEAST,
            "algorithm.preset=private-statistics",
            "model.family=" + family,
            "privacy.label-bounds=" + bounds);

    assertTrue(refusal.startsWith("model.family must be linear"), refusal);
  }

  @ParameterizedTest
  @ValueSource(strings = {"private", "private-statistics"})
  void load_privatePresetWithoutUnit_isRefused(String preset) {
    String refusal = files.refusalOf("algorithm.preset=" + preset);

    assertTrue(refusal.startsWith("algorithm.preset needs privacy.unit = row"), refusal);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "privacy.epsilon=1",
        "privacy.delta=1e-5",
        "privacy.rows=100",
        "privacy.rows-per-person=2",
        "privacy.person-column=p",
        "privacy.bounds.a=[0, 1]",
        "privacy.label-bounds=[0, 1]",
        "privacy.max-weight=2",
        "privacy.max-row-norm=2",
        "privacy.honest-workers=2",
        "privacy.evaluation-share=0.1",
        "privacy.count-share=0.1"
      })
  void load_keyWithoutUnit_isRefused(String argument) {
    String refusal = files.refusalOf(argument);

    assertTrue(refusal.startsWith(argument.replaceFirst("(\\.a)?=.*", "") + " "), refusal);
    assertTrue(refusal.contains("privacy.unit = row"), refusal);
  }

  /** Each with what it says of the reason. */
  @ParameterizedTest
  @CsvSource({
    "model.family=svm, 'model.family = svm: the hinge has no curvature'",
    "model.family=squared-hinge, 'model.family = squared-hinge: how far rows are within the margin'",
    "model.family=softmax;model.classes=3, 'model.family = softmax: errors would need the curvature'",
    "model.family=softmax;model.classes=3, 'are of linear, logistic, poisson and huber'",
    "model.l2=0.1, penalty",
    "privacy.gram-share=0, products",
    "'algorithm.preset=private-statistics;model.family=linear;privacy.label-bounds=[0,1]', = private"
  })
  void load_intervalsOfWhatHasNone_areRefusedWithTheReason(String argument, String reason) {
    String refusal =
        files.refusal(
            LEAST + "model.family = logistic\nprivacy.label-bounds = null\n",
            ("privacy.intervals-share=0.1;" + argument).split(";"));

    assertTrue(refusal.startsWith("privacy.intervals-share "), refusal);
    assertTrue(refusal.contains(reason), refusal);
  }

  @Test
  void load_deltaOfARow_isRefusedAndLessIsTaken() {
    assertTrue(
        files
            .refusal(LEAST, "privacy.rows=1000", "privacy.delta=1e-3")
            .contains("privacy.delta must be less than 1 / privacy.rows, which is 0.001"));
    assertFalse(files.load(LEAST, "privacy.rows=1000", "privacy.delta=9e-4").privacy().isEmpty());
  }

  /** Nobody says how many rows there are, but not so few that this would hide one. */
  @Test
  void load_deltaOfNextToNoRows_isRefusedWithoutTheirNumber() {
    String refusal = files.refusal(LEAST, "privacy.delta=0.5");

    assertTrue(
        refusal.startsWith("privacy.delta must be at most 0.01 where privacy.rows isn't set"),
        refusal);
    assertTrue(refusal.contains("Provided value: 0.5"), refusal);
    assertEquals(0.01, files.load(LEAST, "privacy.delta=0.01").privacy().orElseThrow().delta());
    assertTrue(files.load(LEAST, "privacy.delta=0.5", "privacy.rows=1").privacy().isPresent());
  }

  @Test
  void load_levelsToBeFound_areRefusedAndNamedAll() {
    String refusal =
        files.refusal(
            TABLE + BUDGET,
            "data.feature-columns=[a, b, c]",
            "data.categorical={a={}, b={levels=[1, 2]}, c={reference=x}}",
            "privacy.rows=10");

    assertTrue(
        refusal.startsWith("data.categorical.a.levels, data.categorical.c.levels must be set"),
        refusal);
  }

  @Test
  void load_factorOfFormulaWithoutLevels_isRefused() {
    String refusal = files.refusal(TABLE + BUDGET, "data.formula=\"y ~ factor(stage)\"");

    assertTrue(refusal.startsWith("data.categorical.stage.levels must be set"), refusal);
  }

  @Test
  void load_softmaxWithoutClasses_isRefused() {
    String refusal = files.refusal(LEAST, "model.family=softmax", "privacy.label-bounds=null");

    assertTrue(refusal.startsWith("model.classes"), refusal);
  }

  @Test
  void load_imputation_takesTheMiddleOfTheBoundsOnly() {
    String mean = files.refusal(LEAST, "data.impute.columns=[a]");
    assertTrue(mean.startsWith("data.impute.strategy must be constant"), mean);

    assertEquals(
        Map.of("a", 0.5),
        files
            .load(LEAST, "data.impute.columns=[a]", "data.impute.strategy=constant")
            .data()
            .preprocessing()
            .fills());

    String without = files.refusalOf("data.impute.columns=[a]", "data.impute.strategy=constant");
    assertTrue(without.startsWith("data.impute.strategy needs privacy.bounds"), without);
  }

  /** All that answers depend on: an owner approves these numbers, and no others. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "privacy.epsilon=2",
        "privacy.delta=1e-7",
        "privacy.rows=10",
        "privacy.person-column=p",
        "privacy.bounds.a=[0, 2]",
        "privacy.label-bounds=[0, 2]",
        "privacy.max-weight=2",
        "privacy.max-row-norm=1",
        "privacy.honest-workers=1",
        "privacy.rounds=9",
        "privacy.gram-share=0.1",
        "privacy.count-share=0.1"
      })
  void asked_eachKey_isPartOfTheStudy(String argument) {
    WorkersHalf asked = files.load(LEAST, argument).asked();

    assertFalse(asked.equals(files.load(LEAST).asked()));
    String key = argument.replaceFirst("=.*", "");
    assertTrue(asked.shown().stream().anyMatch(line -> line.startsWith(key + " = ")));
    assertEquals(asked, asked.of("h").asked());
  }

  @ParameterizedTest
  @CsvSource({
    "privacy.person-column=a, ''",
    "privacy.person-column=B, ''",
    "privacy.person-column=LABEL, ''",
    "privacy.person-column=W, data.weight-column=w",
    "privacy.person-column=o, data.offset-column=O"
  })
  void load_personThatReachesTheModel_isRefused(String argument, String other) {
    String refusal =
        other.isEmpty() ? files.refusal(LEAST, argument) : files.refusal(LEAST, argument, other);

    assertTrue(refusal.startsWith("privacy.person-column must not name a feature"), refusal);
  }

  @Test
  void load_personsOfGeneratedRows_areRefused() {
    String refusal =
        files.refusal(
            "data.synthetic { workers = 3, features = 1 }\n" + BUDGET,
            "privacy.bounds.x_0=[-5, 5]",
            "privacy.person-column=p");

    assertTrue(refusal.startsWith("privacy.person-column must not be set"), refusal);
  }

  @Test
  void load_conditionOnRowsOfOneTable_isRefused() {
    String refusal =
        files.refusal(
            """
            data {
              format = parquet, path = table, worker-column = w, label-column = y
              feature-columns = [x], where = "y > 0"
            }
            model.family = logistic
            """
                + BUDGET,
            "privacy.bounds.x=[-5, 5]");

    assertTrue(refusal.startsWith("data.where must not be set"), refusal);
  }
}
