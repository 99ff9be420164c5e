package io.sparkfed.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigFiles;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.PrivatePlan.Method;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.noised.Budgets;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn.Vectors;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.recipe.OwnersConsent.Asking;
import io.sparkfed.secure.keys.Budget;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.KeyFolderMaker;
import io.sparkfed.secure.keys.KeyFolders;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.KeysWithPolicies;
import io.sparkfed.secure.keys.RosterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PrivatePlansTest {
  private static final String LEAST = ConfigFiles.LEAST + ConfigFiles.PRIVATE;
  private static final FeatureEncoding COLUMNS = FeatureEncoding.ofNumbers(List.of("a", "b"));

  @TempDir Path folder;

  private TrainingPlan training(String text, FeatureEncoding encoding, String... arguments) {
    return Presets.plan(new ConfigFiles(folder).load(text, arguments), encoding);
  }

  private PrivatePlan plan(String... arguments) {
    return training(LEAST, COLUMNS, arguments).privacy().orElseThrow();
  }

  /**
   * Calibrated with the conversion of Canonne, Kamath and Steinke 2020 by an independent script.
   */
  @ParameterizedTest
  @CsvSource({
    "1, 1e-5, 0.03055660",
    "0.5, 1e-5, 0.00850553",
    "2, 1e-6, 0.08815269",
    "1, 1e-3, 0.05939020",
    "10, 1e-5, 1.78269562"
  })
  void plan_ofEpsilonAndDelta_hasTheBudgetOfBoth(String epsilon, String delta, double rho) {
    PrivatePlan plan =
        plan(
            "privacy.epsilon=" + epsilon, "privacy.delta=" + delta, "data.split.test-fraction=0.3");

    assertEquals(rho, plan.budget().training().rho().doubleValue(), 1e-8);
    assertEquals(plan.budget().training(), plan.budget().test());
    assertEquals(plan.budget().training(), plan.budget().plan());
    assertEquals(Double.parseDouble(epsilon), plan.epsilon());
    assertEquals(Double.parseDouble(delta), plan.delta());
  }

  @Test
  void plan_withoutTestRows_leavesNothingForThem() {
    assertEquals(Zcdp.NOTHING, plan().budget().test());
  }

  @Test
  void plan_ofDefaults_isOfGradients() {
    TrainingPlan training = training(LEAST, COLUMNS);
    PrivatePlan plan = training.privacy().orElseThrow();

    assertEquals(Method.GRADIENTS, plan.method());
    assertEquals(8, training.rounds());
    assertEquals(0.2, plan.budget().productsShare());
    assertEquals(0.01, plan.budget().countShare());
    assertEquals(0.0, plan.budget().figuresShare());
    assertEquals(OptionalLong.empty(), plan.rows());
    assertEquals(OptionalInt.empty(), plan.honestWorkers());
    assertTrue(training.exact().isEmpty() && training.tolerance().isEmpty());
  }

  @Test
  void plan_ofLabels_hasTheMiddleAndHalfTheWidthOfTheirBounds() {
    PrivatePlan plan = plan("privacy.label-bounds=[10, 16]");
    assertEquals(13.0, plan.labelMiddle());
    assertEquals(3.0, plan.labelScale());

    PrivatePlan classes = plan("model.family=svm", "privacy.label-bounds=null");
    assertEquals(0.0, classes.labelMiddle());
    assertEquals(1.0, classes.labelScale());
  }

  @Test
  void plan_ofStatistics_isOneRound() {
    TrainingPlan training = training(LEAST, COLUMNS, "algorithm.preset=private-statistics");

    assertEquals(Method.STATISTICS, training.privacy().orElseThrow().method());
    assertEquals(1, training.rounds());
  }

  @Test
  void plan_rowsAndRounds_areTheUsers() {
    TrainingPlan training =
        training(LEAST, COLUMNS, "privacy.rows=486", "privacy.rounds=12", "privacy.gram-share=0");

    assertEquals(12, training.rounds());
    assertEquals(OptionalLong.of(486), training.privacy().orElseThrow().rows());
    assertEquals(0.0, training.privacy().orElseThrow().budget().productsShare());
    assertEquals(0.0, training.privacy().orElseThrow().budget().countShare());
  }

  /** Ledgers are charged for rows, which may move an update twice as far as zeros are. */
  @Test
  void plan_ofWorkers_hasFourTimesTheBudgetAtThePriceOfRows() {
    String text = ConfigFiles.LEAST + ConfigFiles.PRIVATE_WORKERS;
    String[] whole = {"privacy.epsilon=1", "privacy.delta=1e-5", "privacy.evaluation-share=0.2"};
    String[] split = Arrays.copyOf(whole, 4);
    split[3] = "data.split.test-fraction=0.3";

    PrivatePlan plan = training(text, COLUMNS, whole).privacy().orElseThrow();
    PrivatePlan ofSplit = training(text, COLUMNS, split).privacy().orElseThrow();

    assertEquals(HiddenUnit.WORKER, plan.unit());
    assertEquals(Method.UPDATES, plan.method());
    assertEquals(4.0 * 0.03055660, plan.budget().training().rho().doubleValue(), 4e-8);
    assertEquals(Zcdp.NOTHING, plan.budget().test());
    assertEquals(0.2, plan.budget().figuresShare());
    assertEquals(plan.budget().training(), ofSplit.budget().training());
    assertEquals(0.8 * 0.03055660, ofSplit.budget().test().rho().doubleValue(), 4e-8);
    assertEquals(0.0, ofSplit.budget().figuresShare());
    for (PrivatePlan each : List.of(plan, ofSplit)) {
      Budgets divided = Budgets.of(each.budget(), each.method(), 3, 10);
      Zcdp all = divided.gradient().times(10).then(divided.figures()).then(divided.test());
      assertTrue(each.budget().plan().covers(all), all.toString());
      assertEquals(0.12222640, all.rho().doubleValue(), 4e-8);
    }
  }

  /** Before anything is asked, and paid for. */
  @ParameterizedTest
  @CsvSource({
    "privacy.epsilon=1e-9, number of rows",
    "privacy.count-share=1e-300, number of rows",
    "privacy.gram-share=1e-300, products",
    "privacy.gram-share=0.9999999999999999, rounds",
    "privacy.evaluation-share=1e-300, training rows"
  })
  void plan_ofAReleaseWithNextToNothing_isRefused(String setting, String what) {
    String refusal = assertThrows(ConfigurationException.class, () -> plan(setting)).getMessage();

    assertTrue(refusal.startsWith("privacy.epsilon"), refusal);
    assertTrue(refusal.contains(what), refusal);
  }

  /** Without any answer, nothing is told, and no file opened. */
  @Test
  void refusal_ownerDemandsNoise_isOfStudiesWithoutIt() {
    KeyRing keys = new KeysWithPolicies().with("owner", new Budget(true, "all", 1.0, 1e-6, 1.0, 1));
    ConfigFiles files = new ConfigFiles(folder);
    String text = workers(3);

    OwnersConsent noised =
        new Asking(keys, Studies.of(files.load(text + ConfigFiles.PRIVATE)).toBytes());
    OwnersConsent exact = new Asking(keys, Studies.of(files.load(text)).toBytes());

    assertEquals(Optional.empty(), noised.refusal("owner"));
    assertEquals(Optional.of("dp.required"), exact.refusal("owner"));
  }

  /** No rule of a policy says so, and nothing is wrong with the study. */
  @Test
  void refusal_journalCantBeWritten_isOfTheFolder() throws IOException {
    KeyFolderMaker.init(folder, "owner");
    Path own = folder.resolve("owner");
    RosterFile roster = RosterFile.parse(Files.readAllLines(own.resolve(KeyFolderMaker.CARD)));
    KeyFolderMaker.accept(own, "owner", roster);
    Files.writeString(
        own.resolve(KeyFolder.POLICY), "\nuntil = 2999-12-31\n", StandardOpenOption.APPEND);
    KeyRing keys = new KeyFolders(folder.toString(), roster.lines());
    byte[] study = Studies.of(new ConfigFiles(folder).load(workers(3))).toBytes();
    assertEquals(Optional.empty(), new Asking(keys, study).refusal("owner"));
    Path log = own.resolve(KeyFolder.JOURNAL).resolve("log");

    Files.delete(log);
    Files.createDirectory(log);

    assertEquals(Optional.of(OwnersConsent.NO_KEYS), new Asking(keys, study).refusal("owner"));
  }

  private static String workers(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> "w" + i + " = \"w" + i + ".csv\"")
        .collect(Collectors.joining(", ", "data { workers {", "}, feature-columns = [a, b] }\n"));
  }

  /** Of masked sums the thresholds, of sealed ones the least number of workers, of plain ones 1. */
  @ParameterizedTest
  @CsvSource({
    "masked, 4, 4",
    "committee, 4, 3",
    "secure-worker, 4, 3",
    "insecure-plain, 4, 1",
    "masked, 10, 7"
  })
  void plan_honestWorkers_areAtMostWhatTheSumsVouchFor(String mode, int workers, int most) {
    String text = workers(workers) + ConfigFiles.PRIVATE;
    String[] possible = {"aggregation.mode=" + mode, "privacy.honest-workers=" + most};
    String[] tooMany = {"aggregation.mode=" + mode, "privacy.honest-workers=" + (most + 1)};

    assertEquals(
        OptionalInt.of(most),
        training(text, COLUMNS, possible).privacy().orElseThrow().honestWorkers());
    String refusal =
        assertThrows(ConfigurationException.class, () -> training(text, COLUMNS, tooMany))
            .getMessage();
    assertTrue(refusal.startsWith("privacy.honest-workers must be at most " + most), refusal);
    assertTrue(refusal.endsWith("Provided value: " + (most + 1)), refusal);
  }

  @ParameterizedTest
  @ValueSource(ints = {999, 1000, 2000, 2001})
  void plan_ofManyFeatures_hasNoProducts(int features) {
    FeatureEncoding vectors = new FeatureEncoding(List.of(new Vectors("v", features)));
    String text =
        """
        data { path = "rows.csv", worker-column = "owner", features-column = v }
        privacy {
          unit = row, epsilon = 1, delta = 1e-6, label-bounds = [0, 1], bounds { v = [0, 1] }
          vector-size = %d
        }
        """
            .formatted(features);

    PrivatePlan plan = training(text, vectors).privacy().orElseThrow();

    Budgets divided = Budgets.of(plan.budget(), plan.method(), features + 1, 8);
    assertEquals(features < 1000, divided.hasProducts());
    assertEquals(Math.sqrt(features + 1.0), plan.cut().norm());
    if (features > 2000) {
      String refusal =
          assertThrows(
                  ConfigurationException.class,
                  () -> training(text, vectors, "algorithm.preset=private-statistics"))
              .getMessage();
      assertTrue(refusal.contains("at most 2000 features"), refusal);
    }
  }

  @Test
  void plan_ofANumberOfFeatures_isRefusedWhereRowsAreHidden() {
    TrainingConfig config = new ConfigFiles(folder).load(LEAST);

    assertThrows(IllegalArgumentException.class, () -> Presets.plan(config, 2));
  }
}
