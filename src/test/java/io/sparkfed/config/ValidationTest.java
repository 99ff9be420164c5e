package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.loss.HuberLoss;
import io.sparkfed.loss.SoftmaxLoss;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.solver.LocalSolver;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.solver.Schedule;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValidationTest {

  @TempDir Path folder;

  private ConfigFiles files;

  @BeforeEach
  void writeInto() {
    files = new ConfigFiles(folder);
  }

  @ParameterizedTest
  @CsvSource({
    "algorithm.rouns, algorithm.rounds",
    "algorithm.local.step_size, algorithm.local.step-size",
    "Model.Family, model.family",
    "data.features-columns, data.feature-columns",
    "aggregation.minworkers, aggregation.min-workers",
    "data.split.test_fraction, data.split.test-fraction",
    "sead, seed",
    "seed.x, seed"
  })
  void load_unknownKey_namesTheNearestKnownOne(String unknown, String known) {
    assertEquals(
        "unknown key " + unknown + " (command line); the nearest known key is " + known,
        files.refusalOf(unknown + "=1"));
  }

  @Test
  void load_unknownKeyInTheFile_namesFileAndLine() {
    String message = files.refusal("seed = 1\nmodel { familly = linear }\n" + ConfigFiles.LEAST);

    assertTrue(message.startsWith("unknown key model.familly ("), message);
    assertTrue(message.contains("run.conf: 2"), message);
    assertTrue(message.endsWith("the nearest known key is model.family"), message);
  }

  @Test
  void load_unknownSparkProperty_isNamedAsThat() {
    Path file = files.file(ConfigFiles.LEAST);

    assertEquals(
        "unknown key algorithm.round (spark.federated.algorithm.round); the nearest known key is"
            + " algorithm.rounds",
        assertThrows(
                ConfigurationException.class,
                () -> ConfigLoader.load(file, Map.of("algorithm.round", "3"), List.of()))
            .getMessage());
  }

  @ParameterizedTest
  @CsvSource({
    "algorithm.rounds, 0, must be a whole number from 1 to",
    "algorithm.rounds, 1.5, must be a whole number from 1 to",
    "algorithm.rounds, many, must be a whole number from 1 to",
    "algorithm.rounds, 1000000000000, must be a whole number from 1 to",
    "algorithm.local.steps, -1, must be a whole number from 1 to 1000000",
    "algorithm.local.step-size, 0, must be a number > 0",
    "algorithm.local.step-size, NaN, must be a number > 0",
    "algorithm.local.step-size, Infinity, must be a number > 0",
    "data.storage, half, must be one of double | float",
    "algorithm.local.solver, adam, must be one of gradient | sgd",
    "algorithm.local.loss, max, must be one of sum | mean",
    "algorithm.weighting, row, must be one of rows | equal",
    "algorithm.preset, fed-none, must be one of auto | fed-adagrad",
    "algorithm.divergence-factor, 1, must be a number > 1",
    "aggregation.min-workers, 1, must be a whole number from 2 to",
    "aggregation.masked.corrupted, 0.34, 'must be in [0, 0.33]'",
    "aggregation.masked.dropouts, -0.1, 'must be in [0, 0.33]'",
    "aggregation.masked.full-graph-up-to, 2, must be a whole number from 3 to",
    "aggregation.mode, plain, must be one of masked | committee | secure-worker | insecure-plain",
    "model.family, LINEAR, must be one of linear | logistic",
    "model.l2, -0.1, must be a number >= 0",
    "model.intercept, maybe, must be true or false",
    "model.standardize, global, must be one of none | worker | federated",
    "data.split.test-fraction, 0, 'must be a number in (0, 1)'",
    "data.split.test-fraction, 1, 'must be a number in (0, 1)'",
    "data.label-column, '  ', must not be blank",
    "evaluation.confidence-level, 1, 'must be a number in (0, 1)'",
    "evaluation.auc-bins, 1, must be a whole number from 2 to",
    "evaluation.auc-error, 0, 'must be a number in (0, 0.5]'",
    "evaluation.auc-error, 0.6, 'must be a number in (0, 0.5]'",
    "model.threshold, 0.5, 'belongs to model.family = logistic, svm or squared-hinge'",
    "output.overwrite, 2, must be true or false",
    "predictions.mode, merge, must be one of error | overwrite | append | ignore",
    "seed, 1.5, must be a whole number",
    "seed, 9223372036854775808, must be a whole number",
    "seed, x, must be a whole number"
  })
  void load_valueOutOfRange_namesKeyRuleValueAndOrigin(String key, String value, String rule) {
    String message = files.refusalOf(key + "=" + value);

    assertTrue(message.startsWith(key + " " + rule), message);
    assertTrue(message.contains("Provided value: "), message);
    assertTrue(message.contains(value), message);
    assertTrue(message.endsWith(" (command line)"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "fed-newton, algorithm.local.steps=3, algorithm.local belongs to algorithm.preset = fed-avg",
    "fed-lbfgs, algorithm.weighting=equal, algorithm.weighting belongs to algorithm.preset = fed-avg",
    "auto, algorithm.proximal-mu=0.1, 'algorithm.proximal-mu belongs to algorithm.preset = fed-avg, fed-prox,'",
    "fed-newton, algorithm.cohort.count=5, 'algorithm.cohort belongs to algorithm.preset = fed-avg, fed-prox,'",
    "fed-avg, algorithm.cohort.count=2, 'algorithm.cohort.count must be at least aggregation.min-workers, which is 3'",
    "fed-avg, algorithm.cohort.fraction=0, 'algorithm.cohort.fraction must be a number in (0, 1]'",
    "fed-avg, algorithm.cohort.evaluate-every=5, 'algorithm.cohort.evaluate-every must be with algorithm.cohort.fraction or count'",
    "fed-prox, algorithm.proximal-mu=-0.1, algorithm.proximal-mu must be a number >= 0",
    "fed-avg, algorithm.tolerance=-1, algorithm.tolerance must be a number >= 0",
    "fed-avg, algorithm.warm-start=true, algorithm.warm-start belongs to the lossless presets",
    "fed-avg, algorithm.preconditioner=true, algorithm.preconditioner belongs to algorithm.preset = fed-lbfgs",
    "fed-newton, algorithm.preconditioner=true, algorithm.preconditioner belongs to algorithm.preset = fed-lbfgs",
    "auto, algorithm.local.steps=3, algorithm.local belongs to algorithm.preset = fed-avg",
    "auto, algorithm.tolerance=-1, algorithm.tolerance must be a number >= 0",
    "fed-newton, algorithm.step-size=1, algorithm.step-size belongs to algorithm.preset = fed-sgd",
    "fed-avg, algorithm.step-size=1, algorithm.step-size belongs to algorithm.preset = fed-sgd",
    "fed-newton, algorithm.tolerance=-1, algorithm.tolerance must be a number >= 0",
    "fed-sgd, algorithm.step-size=0, algorithm.step-size must be a number > 0",
    "normal-equations, algorithm.rounds=2, algorithm.rounds does not belong to normal-equations",
    "fed-newton, model.family=svm, model.family must have a loss with curvature",
    "fed-newton, model.l1=0.1, model.l1 must be 0 for algorithm.preset = fed-newton; use fed-lbfgs",
    "fed-sgd, model.l1=0.1, model.l1 must be 0 for algorithm.preset = fed-sgd; use fed-lbfgs",
    "normal-equations, model.family=logistic, model.family must be linear"
  })
  void load_keyThatThePresetCantHave_isRefused(String preset, String setting, String rule) {
    String message = files.refusalOf("algorithm.preset=" + preset, setting);

    assertTrue(message.startsWith(rule), message);
  }

  @Test
  void load_valueOutOfRangeInTheFile_namesFileAndLine() {
    String message = files.refusal("\n\nmodel.l2 = -3\n" + ConfigFiles.LEAST);

    assertTrue(message.startsWith("model.l2 must be a number >= 0. Provided value: -3 ("), message);
    assertTrue(message.endsWith("run.conf: 3)"), message);
  }

  /** A value in place of a section would hide every key of the section. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.split=0.2",
        "data.synthetic=50",
        "output=out",
        "algorithm.local=sgd",
        "model=logistic",
        "data.options=x",
        "data.derive=[1]",
        "data.workers=bob.csv",
        "evaluation=10"
      })
  void load_valueInPlaceOfASection_isRefused(String assignment) {
    String key = assignment.substring(0, assignment.indexOf('='));

    String message = files.refusalOf(assignment);

    assertTrue(message.startsWith(key + " must be a section"), message);
    assertTrue(message.endsWith(" (command line)"), message);
  }

  @ParameterizedTest
  @CsvSource({
    "data.path={}, data.path must be a string",
    "data.path={a = 1}, unknown key data.path.a",
    "seed={}, seed must be a whole number",
    "data.feature-columns=a, data.feature-columns must be a list of names",
    "'data.feature-columns=[\"a\", \"b\", \"a\"]', data.feature-columns must not name a column twice"
  })
  void load_valueOfAnotherType_isRefused(String assignment, String start) {
    String message = files.refusalOf(assignment);

    assertTrue(message.startsWith(start), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"epochs=2", "batch-size=8"})
  void load_keyOfTheOtherSolver_isRefused(String assignment) {
    String key = "algorithm.local." + assignment.substring(0, assignment.indexOf('='));

    assertTrue(
        files
            .refusalOf("algorithm.local." + assignment)
            .startsWith(key + " belongs to algorithm.local.solver = sgd"));
    assertTrue(
        files
            .refusalOf("algorithm.local.solver=sgd", "algorithm.local.steps=3")
            .startsWith("algorithm.local.steps belongs to algorithm.local.solver = gradient"));
  }

  @ParameterizedTest
  @CsvSource({
    "data.workers.bob=x, 2",
    "data.synthetic.workers=5, 2",
    "data.synthetic.workers=5;data.workers.bob=x, 3",
    "data.path=null;data.worker-column=null, 0"
  })
  void load_notExactlyOneSource_isRefusedWithTheCount(String assignments, int given) {
    assertEquals(
        "exactly one of data.workers, data.path with data.worker-column, and"
            + " data.synthetic.workers must be set. Set: "
            + given,
        files.refusalOf(assignments.split(";")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{ path = \"a.csv\", host = \"h\" } | unknown key data.workers.bob.host; the nearest known"
            + " key is data.workers.bob.hosts",
        "{ hosts = [h] } | data.workers.bob.path is not set",
        "{ path = \"a.csv\", hosts = [] } | data.workers.bob.hosts must be a list of at least one"
            + " host. Provided value: [] (command line)",
        "{ path = \"a.csv\", hosts = \"h\" } | data.workers.bob.hosts must be a list of names."
            + " Provided value: \"h\" (command line)"
      })
  void load_workerWithHostsThatIsNoSuch_isRefused(String worker, String message) {
    assertEquals(
        message,
        files.refusalOf("data.path=null", "data.worker-column=null", "data.workers.bob=" + worker));
  }

  @Test
  void load_workersNames_areIdsWithoutSpacesAroundThem() {
    DataConfig.WorkerPaths workers =
        (DataConfig.WorkerPaths)
            files
                .load("data { workers { \" 01\\u00a0\" = x, 1 = y }, feature-columns = [f] }")
                .data()
                .source();

    assertEquals(Map.of("01", "x", "1", "y"), workers.paths());
  }

  @Test
  void load_workersWithOneId_areRefused() {
    assertEquals(
        "data.workers must name worker a once, whatever the spaces in its name",
        files.refusal("data { workers { a = x, \"a \" = y }, feature-columns = [f] }"));
    assertEquals(
        "data.workers must not have a blank name",
        files.refusal("data { workers { a = x, \" \" = y }, feature-columns = [f] }"));
  }

  @Test
  void load_workersWithRowsOfTheirOwnShareTasks_isRefused() {
    String workers = "data { workers { a = x, b = y }, feature-columns = [f] }";

    assertTrue(
        files
            .refusal(workers, "data.simulation.workers-per-task=2")
            .startsWith("data.simulation.workers-per-task is for simulated workers"));
    assertTrue(
        files
            .refusalOf("data.simulation.workers-per-task=0")
            .startsWith("data.simulation.workers-per-task must be a whole number from 1"));
    assertEquals(
        2,
        files
            .load(ConfigFiles.LEAST, "data.simulation.workers-per-task=2")
            .data()
            .workersPerTask()
            .orElseThrow());
  }

  @Test
  void load_moreSimulatedWorkersThanMaskedTakes_isRefused() {
    String many = "data.synthetic.workers = 10001";

    assertTrue(
        files
            .refusal(many)
            .startsWith(
                "data.synthetic.workers must be at most 10000 with aggregation.mode = masked"));
    assertTrue(
        files.load(many, "aggregation.mode=secure-worker").data().workersPerTask().isEmpty());
  }

  @Test
  void load_pathWithoutWorkerColumn_isRefused() {
    assertEquals("data.worker-column is not set", files.refusalOf("data.worker-column=null"));
  }

  @Test
  void load_bothOrNoFeatureKeys_areRefused() {
    String rule =
        "exactly one of data.feature-columns, data.features-column and data.formula must be set"
            + " (data.feature-columns = [] for a model of its intercept alone)";

    assertEquals(rule, files.refusalOf("data.features-column=v"));
    assertEquals(rule, files.refusalOf("data.feature-columns=null"));
  }

  @Test
  void load_bothSplits_areRefused() {
    assertEquals(
        "only one of data.split.column and data.split.test-fraction may be set",
        files.refusalOf("data.split.column=s", "data.split.test-fraction=0.2"));
    assertTrue(
        files
            .refusalOf("data.split.column=s", "data.split.train=x", "data.split.test=x")
            .startsWith("data.split.test must differ from data.split.train"));
  }

  @Test
  void load_requiredKeyNull_isRefusedAsNotSet() {
    assertEquals("algorithm.rounds is not set", files.refusalOf("algorithm.rounds=null"));
    assertEquals("data.label-column is not set", files.refusalOf("data.label-column=null"));
  }

  @ParameterizedTest
  @CsvSource({
    "softmax, , model.classes is not set",
    "softmax, model.classes=1, model.classes must be a whole number from 2 to 1000",
    "linear, model.classes=3, model.classes belongs to model.family = softmax",
    "linear, model.huber-delta=2, model.huber-delta belongs to model.family = huber",
    "huber, model.huber-delta=0, model.huber-delta must be a number > 0",
    "poisson, model.l1=-1, model.l1 must be a number >= 0",
    "probit, , model.family must be one of linear | logistic | softmax | svm | squared-hinge"
  })
  void load_familyThatDoesNotFit_isRefusedWithTheRule(
      String family, String argument, String message) {
    String actual =
        argument == null
            ? files.refusalOf("model.family=" + family)
            : files.refusalOf("model.family=" + family, argument);

    assertTrue(actual.startsWith(message), actual);
  }

  @Test
  void load_offsetOfSoftmax_isRefused() {
    String message =
        files.refusalOf("model.family=softmax", "model.classes=3", "data.offset-column=o");

    assertTrue(message.startsWith("data.offset-column does not go with softmax"), message);
  }

  @Test
  void load_familyWithItsParameter_hasTheLoss() {
    assertEquals(
        new SoftmaxLoss(7),
        files.load(ConfigFiles.LEAST, "model.family=softmax", "model.classes=7").model().loss());
    assertEquals(
        new HuberLoss(2.5),
        files
            .load(ConfigFiles.LEAST, "model.family=huber", "model.huber-delta=2.5")
            .model()
            .loss());
  }

  @ParameterizedTest
  @CsvSource({
    "lbfgs, steps=2, gradient",
    "lbfgs, step-size=2, gradient or sgd",
    "lbfgs, schedule=inverse, gradient or sgd",
    "gradient, momentum=0.5, sgd",
    "gradient, max-batches=5, sgd",
    "sgd, tolerance=1e-3, lbfgs or newton",
    "newton, history=3, lbfgs",
    "newton, step-size=1, gradient or sgd"
  })
  void load_keyOfAnotherSolver_isRefusedWithItsOwners(String solver, String key, String owners) {
    String message = files.refusalOf("algorithm.local.solver=" + solver, "algorithm.local." + key);

    assertTrue(message.contains(" belongs to algorithm.local.solver = " + owners), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"svm", "squared-hinge", "huber"})
  void load_newtonWithoutCurvature_isRefusedWithTheFamiliesThatHaveIt(String family) {
    for (String[] keys :
        new String[][] {
          {"algorithm.local.solver=newton", "algorithm.local.solver = newton", "lbfgs"},
          {"algorithm.preset=fed-newton", "algorithm.preset = fed-newton", "fed-lbfgs"}
        }) {
      String message = files.refusalOf(keys[0], "model.family=" + family);

      assertTrue(
          message.startsWith(
              "model.family must have a loss with curvature for "
                  + keys[1]
                  + " (linear, logistic, softmax, poisson, gamma); use "
                  + keys[2]),
          message);
    }
  }

  @Test
  void load_newtonWithL1_isRefused() {
    String message = files.refusalOf("algorithm.local.solver=newton", "model.l1=0.1");

    assertTrue(
        message.startsWith("model.l1 must be 0 for algorithm.local.solver = newton; use lbfgs"),
        message);
  }

  @Test
  void load_localSolvers_haveTheirParameters() {
    assertEquals(
        new LocalLbfgs(7, 1e-5, 4),
        solver("solver=lbfgs", "max-iterations=7", "tolerance=1e-5", "history=4"));
    assertEquals(new LocalLbfgs(100, 1e-9, 10), solver("solver=lbfgs"));
    assertEquals(
        new LocalNewton(7, 1e-5), solver("solver=newton", "max-iterations=7", "tolerance=1e-5"));
    assertEquals(
        new MinibatchSgd(1, 32, 0.1, 0.9, Schedule.INVERSE_SQRT),
        solver("solver=sgd", "momentum=0.9", "schedule=inverse-sqrt"));
    assertEquals(
        new MinibatchSgd(5, 100, 32, 0.1, 0.0, Schedule.CONSTANT),
        solver("solver=sgd", "epochs=5", "max-batches=100"));
    assertEquals(new GradientDescent(1, 0.1, Schedule.INVERSE), solver("schedule=inverse"));
  }

  private LocalSolver solver(String... keys) {
    String[] arguments = new String[keys.length];
    for (int i = 0; i < keys.length; i++) {
      arguments[i] = "algorithm.local." + keys[i];
    }
    return files.load(ConfigFiles.LEAST, arguments).algorithm().solver();
  }
}
