package io.sparkfed.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigFiles;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.AlgorithmChoice;
import io.sparkfed.server.Newton;
import io.sparkfed.testing.InKeys;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AutoAlgorithmTest {
  @TempDir Path folder;

  private ConfigFiles files;

  @BeforeEach
  void folder() {
    files = new ConfigFiles(folder);
  }

  private AlgorithmChoice choice(int features, double rows, String... settings) {
    List<String> all = new ArrayList<>(List.of("algorithm.preset=auto"));
    all.addAll(List.of(settings));
    TrainingConfig config = files.load(ConfigFiles.LEAST, all.toArray(String[]::new));
    return Presets.plan(config, features).exact().orElseThrow().chooser().choose(rows, 10);
  }

  @ParameterizedTest
  @CsvSource({
    "linear, 50, 1e6, normal-equations",
    "linear, 500, 2e5, normal-equations",
    "linear, 2500, 2e5, fed-lbfgs",
    "logistic, 50, 1e6, fed-newton",
    "poisson, 50, 1e6, fed-newton",
    "logistic, 500, 2e5, fed-lbfgs",
    "logistic, 500, 2e3, fed-newton",
    "logistic, 500, NaN, fed-lbfgs",
    "logistic, 20000, 2e5, fed-lbfgs",
    "svm, 5, 100, fed-lbfgs",
    "huber, 5, 100, fed-lbfgs",
    "squared-hinge, 5, 100, fed-lbfgs"
  })
  void choose_familyAndSize_isWhatTakesLeastTime(
      String family, int features, double rows, String preset) {
    AlgorithmChoice choice = choice(features, rows, "model.family=" + family);

    assertEquals(preset, choice.preset());
    assertTrue(
        choice
            .note()
            .map(InKeys::said)
            .orElseThrow()
            .startsWith(String.format(Locale.ROOT, "algorithm.preset = auto is %s: ", preset)));
  }

  @Test
  void choose_softmax_countsTheCoefficientsOfAllClasses() {
    String[] ten = {"model.family=softmax", "model.classes=10"};

    assertEquals("fed-newton", choice(5, 1e6, ten).preset());
    assertEquals("fed-lbfgs", choice(50, 1e6, ten).preset());
  }

  /** At least three times the rounds that it was chosen for, and what Newton's take in time. */
  @Test
  void choose_lbfgsWhereNewtonCouldToo_isForSoManyRounds() {
    AlgorithmChoice choice = choice(500, 2e5, "model.family=logistic");
    AlgorithmChoice.Later later = choice.later().orElseThrow();

    assertEquals("fed-newton", later.choice().preset());
    assertEquals(new Newton(1e-12), later.choice().optimizer());
    assertTrue(later.choice().warmStart().isEmpty());
    assertTrue(later.rounds() >= 36 && later.rounds() < 1000, "" + later.rounds());
    assertTrue(
        later.choice().note().map(InKeys::said).orElseThrow().contains(later.rounds() + " rounds"));
    assertEquals(later.rounds(), choice(500, 2e5, "model.family=logistic").later().get().rounds());
  }

  @Test
  void choose_nothingElseFits_isForGood() {
    assertTrue(choice(5, 100, "model.family=svm").later().isEmpty());
    assertTrue(choice(5, 100, "model.family=logistic", "model.l1=0.1").later().isEmpty());
    assertTrue(choice(20_000, 2e5, "model.family=logistic").later().isEmpty());
    assertTrue(choice(5, 100, "model.family=logistic").later().isEmpty());
    assertTrue(choice(5, 100, "algorithm.preset=fed-lbfgs").later().isEmpty());
  }

  /** Dear rounds favor few of them: more workers, or more jobs a round. */
  @Test
  void choose_manyWorkers_favorsHessians() {
    TrainingConfig masked =
        files.load(ConfigFiles.LEAST, "algorithm.preset=auto", "model.family=logistic");
    TrainingConfig plain =
        files.load(
            ConfigFiles.LEAST,
            "algorithm.preset=auto",
            "model.family=logistic",
            "aggregation.mode=insecure-plain");

    int masksAt = hessiansFrom(masked);
    int plainAt = hessiansFrom(plain);
    assertTrue(masksAt > 1 && masksAt < plainAt, masksAt + " " + plainAt);
  }

  /** With so many rows in all, from how many workers on rounds with a Hessian are chosen. */
  private static int hessiansFrom(TrainingConfig config) {
    AlgorithmChoice.Chooser chooser = Presets.plan(config, 100).exact().orElseThrow().chooser();
    for (int workers = 1; workers <= 4096; workers *= 2) {
      if (chooser.choose(1e6, workers).preset().equals("fed-newton")) {
        return workers;
      }
    }
    return Integer.MAX_VALUE;
  }

  @Test
  void choose_withL1_isLbfgs() {
    assertEquals("fed-lbfgs", choice(5, 100, "model.l1=0.1").preset());
  }

  @Test
  void choose_withTolerance_givesItToTheChosen() {
    AlgorithmChoice byDefault = choice(5, 100, "model.family=logistic");
    AlgorithmChoice set = choice(5, 100, "model.family=logistic", "algorithm.tolerance=1e-3");

    assertEquals(new Newton(1e-12), byDefault.optimizer());
    assertEquals(new Newton(1e-3), set.optimizer());
  }

  @Test
  void choose_warmStart_isForNewtonWithManyRows() {
    assertTrue(choice(5, 1000, "model.family=logistic").warmStart().isPresent());
    assertTrue(choice(5, 100, "model.family=logistic").warmStart().isEmpty());
    assertTrue(choice(5, 1000, "model.family=svm").warmStart().isEmpty());
    assertTrue(choice(5, 1000).warmStart().isEmpty());
    assertTrue(choice(5, 1000, "algorithm.warm-start=false").warmStart().isEmpty());
    assertTrue(choice(5, 10, "algorithm.warm-start=true").warmStart().isPresent());
  }

  @Test
  void choose_preconditioner_isForLbfgsOfFewFeaturesWithoutL1() {
    assertTrue(choice(5, 1000, "model.family=svm").preconditioned());
    assertTrue(choice(1000, 1000, "algorithm.preset=fed-lbfgs").preconditioned());
    assertTrue(
        choice(2000, 1000, "model.family=svm", "algorithm.preconditioner=true").preconditioned());
    assertFalse(choice(1001, 1000, "model.family=svm").preconditioned());
    assertFalse(
        choice(5, 1000, "model.family=svm", "algorithm.preconditioner=false").preconditioned());
    assertFalse(choice(5, 1000, "model.family=svm", "model.l1=0.1").preconditioned());
    assertFalse(choice(5, 100, "model.family=logistic").preconditioned());
  }

  @ParameterizedTest
  @CsvSource({
    "2001, model.l1=0.0, at most 2000 features",
    "5, model.l1=0.1, does not go with model.l1 > 0"
  })
  void choose_preconditionerThatCantBe_isRefused(int features, String setting, String rule) {
    ConfigurationException refusal =
        assertThrows(
            ConfigurationException.class,
            () ->
                choice(
                    features, 1000, "model.family=svm", "algorithm.preconditioner=true", setting));

    assertTrue(refusal.getMessage().contains(rule), refusal.getMessage());
  }

  @Test
  void choose_withoutPreconditioner_isMoreForHessians() {
    String[] plain = {"model.family=logistic", "algorithm.preconditioner=false"};

    assertEquals("fed-lbfgs", choice(100, 1e6, "model.family=logistic").preset());
    assertEquals("fed-newton", choice(100, 1e6, plain).preset());
  }

  @Test
  void choose_namedPreset_saysNothing() {
    AlgorithmChoice choice = choice(5, 100, "algorithm.preset=fed-lbfgs");

    assertEquals("fed-lbfgs", choice.preset());
    assertTrue(choice.note().isEmpty());
  }
}
