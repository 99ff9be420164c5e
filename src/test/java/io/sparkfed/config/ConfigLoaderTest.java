package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.DataConfig.NoSplit;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.DataConfig.SplitByColumn;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.TrainingConfig.WherePaying;
import io.sparkfed.federated.Cohort;
import io.sparkfed.federated.Weighting;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.loss.SquaredLoss;
import io.sparkfed.model.Family;
import io.sparkfed.model.Labels;
import io.sparkfed.model.Spelling;
import io.sparkfed.model.Standardize;
import io.sparkfed.objective.Reduction;
import io.sparkfed.recipe.Presets;
import io.sparkfed.report.RunReport.Setting;
import io.sparkfed.secure.masked.MaskingAssumptions;
import io.sparkfed.server.ServerSgd;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.MinibatchSgd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {

  @TempDir Path folder;

  private ConfigFiles files;

  static Stream<Path> shippedConfigurations() throws IOException {
    try (Stream<Path> entries = Files.list(Path.of("conf"))) {
      return entries
          .filter(path -> path.toString().endsWith(".conf"))
          .filter(path -> !path.endsWith("spark-defaults.conf"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @BeforeEach
  void writeInto() {
    files = new ConfigFiles(folder);
  }

  @Test
  void load_sectionOfOwnNamesOnTheCommandLine_standsAlone() throws IOException {
    Path file = folder.resolve("own.conf");
    Files.writeString(
        file,
        """
        data {
          workers { a { path = "A", hosts = [h] }, b = "B" }
          feature-columns = [x], options { sep = ";" }
        }
        """);

    TrainingConfig replaced =
        ConfigLoader.load(
            file,
            Map.of(),
            List.of("data.workers.a=gone", "data.workers={n=N}", "data.workers.m=M"));
    TrainingConfig bySpark =
        ConfigLoader.load(file, Map.of("data.workers", "{n=N}"), List.of("data.workers.m=M"));
    TrainingConfig pooled =
        ConfigLoader.load(
            file, Map.of(), List.of("data.workers={}", "data.path=p", "data.worker-column=w"));
    TrainingConfig added = ConfigLoader.load(file, Map.of(), List.of("data.workers.m=M"));

    assertEquals(new WorkerPaths(Map.of("n", "N", "m", "M"), Map.of()), replaced.data().source());
    assertEquals(replaced.data().source(), bySpark.data().source());
    assertEquals(new PooledTable(Optional.of("p"), "w"), pooled.data().source());
    assertEquals(
        new WorkerPaths(Map.of("a", "A", "b", "B", "m", "M"), Map.of("a", List.of("h"))),
        added.data().source());
    assertEquals(";", replaced.data().options().get("sep"));
  }

  @Test
  void load_everyKeyOfTheContract_isRead() {
    TrainingConfig config =
        files.load(
            """
            name = "everything", seed = 7
            data {
              format = csv, options { sep = ";" }
              path = "rows.csv", worker-column = "owner"
              label-column = "outcome", feature-columns = ["a", "b"], weight-column = "c"
              split { column = "part", train = "1", test = "2" }
              categorical { b { reference = 2, levels = ["10", 2] } }
              min-level-rows = 7, min-level-workers = 3, impute { columns = [a], strategy = mean }
            }
            model { family = logistic, intercept = false, l2 = 0.5, standardize = federated }
            algorithm {
              preset = fed-avg, rounds = 12
              local { solver = sgd, epochs = 2, batch-size = 16, step-size = 0.25, loss = sum }
              weighting = equal
            }
            aggregation {
              mode = insecure-plain, min-workers = 4
              masked { corrupted = 0.2, dropouts = 0, full-graph-up-to = 10 }
            }
            output { dir = "out", overwrite = true }
            """);

    assertEquals("everything", config.name());
    assertEquals(7L, config.seed());
    DataConfig data = config.data();
    assertEquals("csv", data.format());
    assertEquals(Map.of("sep", ";"), data.options());
    assertEquals(";", data.csv().orElseThrow().all().text().separator());
    assertEquals(new PooledTable(Optional.of("rows.csv"), "owner"), data.source());
    assertEquals(
        new DataConfig.Columns(
            "outcome",
            List.of("a", "b"),
            Optional.empty(),
            Optional.of("c"),
            Optional.empty(),
            Optional.empty()),
        data.columns());
    assertEquals(new SplitByColumn("part", "1", "2"), data.split());
    assertEquals(
        new DataConfig.Preprocessing(
            Map.of(
                "b", new DataConfig.Category(Optional.of("2"), List.of("2", "10"), Spelling.VALUE)),
            List.of("a"),
            Map.of(),
            7,
            3),
        data.preprocessing());
    assertEquals(
        new TrainingConfig.Model(
            Family.LOGISTIC,
            LogisticLoss.INSTANCE,
            new Labels.Numbers(),
            false,
            0.0,
            0.5,
            Standardize.FEDERATED,
            OptionalDouble.empty()),
        config.model());
    assertEquals(
        new TrainingConfig.Algorithm(
            "fed-avg",
            12,
            new MinibatchSgd(2, 16, 0.25),
            Reduction.SUM,
            Weighting.EQUAL,
            OptionalDouble.empty(),
            WherePaying.AUTO,
            WherePaying.AUTO,
            1000.0,
            0.0,
            0.0,
            new ServerSgd(1.0),
            Cohort.everybody()),
        config.algorithm());
    assertEquals(
        new TrainingConfig.AggregationConfig(
            AggregationMode.INSECURE_PLAIN,
            4,
            Optional.empty(),
            new TreeMap<>(),
            Optional.empty(),
            new MaskingAssumptions(0.2, 0.0, 10)),
        config.aggregation());
    assertEquals(new TrainingConfig.Output(Optional.of("out"), true, false), config.output());
  }

  @Test
  void load_theOtherHalfOfTheContract_isRead() {
    TrainingConfig config =
        files.load(
            """
            data {
              format = parquet
              workers { bob = "bob.parquet", "st. mary's" = "mary.parquet", a.b = "ab.parquet" }
              features-column = "v", weight-column = null
              split { test-fraction = 0.25 }
            }
            algorithm.local { solver = gradient, steps = 3 }
            """);

    assertEquals(
        new WorkerPaths(
            Map.of("bob", "bob.parquet", "st. mary's", "mary.parquet", "a.b", "ab.parquet"),
            Map.of()),
        config.data().source());
    assertEquals(Optional.of("v"), config.data().columns().featuresVector());
    assertEquals(Optional.empty(), config.data().columns().weight());
    assertEquals(new DataConfig.SplitByFraction(0.25), config.data().split());
    assertEquals(new GradientDescent(3, 0.1), config.algorithm().solver());
  }

  @Test
  void load_workersWithHosts_areReadBesidePlainOnes() {
    TrainingConfig config =
        files.load(
            """
            data {
              workers {
                bob { path = "bob.csv", hosts = [node-1, "10.0.0.2"] }
                alice = "alice.csv"
                carol.path = "carol.csv"
              }
              feature-columns = [a]
            }
            cluster.timeout = 90s
            """);

    assertEquals(
        new WorkerPaths(
            Map.of("bob", "bob.csv", "alice", "alice.csv", "carol", "carol.csv"),
            Map.of("bob", List.of("node-1", "10.0.0.2"))),
        config.data().source());
    assertEquals(Duration.ofSeconds(90), config.clusterTimeout());
  }

  @Test
  void load_leastConfiguration_hasTheDocumentedDefaults() {
    TrainingConfig config = files.load(ConfigFiles.LEAST);

    assertEquals("run", config.name());
    assertEquals(1L, config.seed());
    assertEquals(
        new TrainingConfig.Model(
            Family.LINEAR,
            SquaredLoss.INSTANCE,
            new Labels.Numbers(),
            true,
            0.0,
            0.0,
            Standardize.NONE,
            OptionalDouble.empty()),
        config.model());
    assertEquals(
        new TrainingConfig.Algorithm(
            "fed-avg",
            10,
            new GradientDescent(1, 0.1),
            Reduction.MEAN,
            Weighting.ROWS,
            OptionalDouble.empty(),
            WherePaying.AUTO,
            WherePaying.AUTO,
            1000.0,
            0.0,
            0.0,
            new ServerSgd(1.0),
            Cohort.everybody()),
        config.algorithm());
    assertEquals(
        new TrainingConfig.AggregationConfig(
            AggregationMode.MASKED,
            3,
            Optional.empty(),
            new TreeMap<>(),
            Optional.empty(),
            MaskingAssumptions.DEFAULT),
        config.aggregation());
    assertEquals(new NoSplit(), config.data().split());
    assertEquals(new TrainingConfig.Output(Optional.empty(), false, false), config.output());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.split = null",
        "data.weight-column = null",
        "data.options = null",
        "data.schema = null",
        "data.split.test-fraction = null"
      })
  void load_optionalKeyNull_isNotSet(String line) {
    TrainingConfig config = files.load(ConfigFiles.LEAST + line);

    assertEquals(new NoSplit(), config.data().split());
    assertEquals(Optional.empty(), config.data().columns().weight());
  }

  /** A lossless preset needs no other key; what it sets is shown with its origin. */
  @ParameterizedTest
  @CsvSource({
    "auto, 1000, , 0",
    "fed-newton, 50, 1e-12, 0",
    "fed-lbfgs, 1000, 1e-11, 0",
    "normal-equations, 1, , 0",
    "fed-sgd, 100, 1e-8, 0.1"
  })
  void load_losslessPreset_bringsItsDefaults(
      String preset, int rounds, Double tolerance, double stepSize) {
    TrainingConfig config = files.load(ConfigFiles.LEAST, "algorithm.preset=" + preset);

    assertEquals(rounds, config.algorithm().rounds());
    assertEquals(
        tolerance == null ? OptionalDouble.empty() : OptionalDouble.of(tolerance),
        config.algorithm().tolerance());
    assertEquals(stepSize, config.algorithm().stepSize());
    assertEquals(Standardize.FEDERATED, config.model().standardize());
    assertTrue(
        config.settings().stream()
            .anyMatch(
                setting ->
                    setting.key().equals("algorithm.rounds")
                        && setting.value().equals(String.valueOf(rounds))
                        && setting.origin().contains("preset " + preset)));
    assertTrue(Presets.plan(config, 3).exact().isPresent());
  }

  @Test
  void load_losslessPreset_givesWayToTheFile() {
    TrainingConfig config =
        files.load(
            ConfigFiles.LEAST
                + "algorithm { preset = fed-lbfgs, rounds = 7, tolerance = 0 }\n"
                + "model.standardize = none");

    assertEquals(7, config.algorithm().rounds());
    assertEquals(OptionalDouble.of(0.0), config.algorithm().tolerance());
    assertEquals(Standardize.NONE, config.model().standardize());
  }

  @Test
  void plan_moreCoefficientsThanAHessianCanHave_isRefused() {
    TrainingConfig newton = files.load(ConfigFiles.LEAST, "algorithm.preset=fed-newton");
    TrainingConfig lbfgs = files.load(ConfigFiles.LEAST, "algorithm.preset=fed-lbfgs");

    assertTrue(Presets.plan(newton, 1999).exact().isPresent());
    assertTrue(
        assertThrows(ConfigurationException.class, () -> Presets.plan(newton, 2000))
            .getMessage()
            .contains("at most 2000 coefficients"));
    assertTrue(Presets.plan(lbfgs, 100_000).exact().isPresent());
  }

  @ParameterizedTest
  @MethodSource("shippedConfigurations")
  void load_shippedConfiguration_isValid(Path file) {
    TrainingConfig config = ConfigLoader.load(file, Map.of(), List.of());

    assertEquals(file.getFileName().toString(), config.name() + ".conf");
    assertTrue(config.output().dir().isPresent());
    if (config.privacy().isPresent()) {
      assertTrue(config.algorithm().rounds() >= 8);
    } else {
      assertTrue(Presets.plan(config, 3).rounds() >= 10);
    }
  }

  @Test
  void load_tutorial_findsItsRowsBesideTheFile() {
    TrainingConfig config =
        ConfigLoader.load(Path.of("conf", "tutorial.conf"), Map.of(), List.of());

    WorkerPaths source = (WorkerPaths) config.data().source();
    assertEquals(
        Map.of(
            "bob", Path.of("conf/tutorial/bob.csv").toAbsolutePath().toString(),
            "alice", Path.of("conf/tutorial/alice.csv").toAbsolutePath().toString()),
        source.paths());
    source.paths().values().forEach(path -> assertTrue(Files.isRegularFile(Path.of(path))));
  }

  @Test
  void load_oneKeyFromEverywhere_followsThePrecedence() {
    Map<String, String> spark = Map.of("algorithm.rounds", "30");

    assertRounds(
        10, "default", ConfigLoader.load(files.file(ConfigFiles.LEAST), Map.of(), List.of()));
    Path file = files.file(ConfigFiles.LEAST + "algorithm.rounds = 20");
    assertRounds(20, file + ": 2", ConfigLoader.load(file, Map.of(), List.of()));
    assertRounds(30, "spark.federated.algorithm.rounds", ConfigLoader.load(file, spark, List.of()));
    assertRounds(
        40, "command line", ConfigLoader.load(file, spark, List.of("algorithm.rounds=40")));
    assertRounds(
        50,
        "command line",
        ConfigLoader.load(file, spark, List.of("algorithm.rounds=40", "algorithm.rounds=50")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hdfs://namenode:8020/rows.csv",
        "s3a://bucket/a#b.csv",
        "/data/a,b/c.csv",
        "/with space/x",
        "rows/*.csv",
        "C:\\data\\rows.csv",
        "/a=b/c==d",
        "$HOME/${x}",
        "a//b",
        "2024",
        "007",
        "1.10",
        "/tmp/{a,b}.csv",
        "{a,b}.csv",
        "[ab]*.csv",
        "+5",
        "\"half",
        "nullable.csv",
        "truest"
      })
  void load_pathOnTheCommandLine_staysIntact(String path) {
    PooledTable table =
        (PooledTable) files.load(ConfigFiles.LEAST, "data.path=" + path).data().source();

    assertEquals(Optional.of(path), table.path());
  }

  @Test
  void load_literalsOnTheCommandLine_keepTheirTypes() {
    TrainingConfig config =
        files.load(
            ConfigFiles.LEAST,
            "data.feature-columns=[\"x\", \"y\"]",
            "model.intercept=false",
            "algorithm.local.step-size=1e-3",
            "data.split={test-fraction = 0.5}",
            "seed=-9223372036854775808");

    assertEquals(List.of("x", "y"), config.data().columns().features());
    assertFalse(config.model().intercept());
    assertEquals(new GradientDescent(1, 1e-3), config.algorithm().solver());
    assertEquals(new DataConfig.SplitByFraction(0.5), config.data().split());
    assertEquals(Long.MIN_VALUE, config.seed());
  }

  @Test
  void load_missingFile_isRefusedByName() {
    Path absent = folder.resolve("absent.conf");

    assertEquals(
        "configuration file " + absent + " does not exist",
        assertThrows(
                ConfigurationException.class, () -> ConfigLoader.load(absent, Map.of(), List.of()))
            .getMessage());
  }

  @Test
  void load_brokenSyntax_isRefusedWithFileAndLine() {
    String message = files.refusal("name = \"a\"\ndata {");

    assertTrue(message.startsWith("configuration can't be read: "), message);
    assertTrue(message.contains("run.conf"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"--rounds", "=5", "rounds"})
  void load_argumentThatIsNoAssignment_isRefused(String argument) {
    assertEquals(
        "an argument after the configuration file must be key=value. Provided value: " + argument,
        files.refusalOf(argument));
  }

  @ParameterizedTest
  @ValueSource(strings = {"a..b=1", ".=1", "a.=1"})
  void load_argumentWithABrokenKey_isRefusedWithTheKey(String argument) {
    String message = files.refusalOf(argument);

    assertTrue(message.startsWith("not a configuration key: "), message);
    assertTrue(message.endsWith("(command line)"), message);
  }

  private static void assertRounds(int rounds, String origin, TrainingConfig config) {
    assertEquals(rounds, config.algorithm().rounds());
    Setting setting =
        config.settings().stream()
            .filter(s -> s.key().equals("algorithm.rounds"))
            .findFirst()
            .orElseThrow();
    assertEquals(String.valueOf(rounds), setting.value());
    assertTrue(setting.origin().contains(origin), setting.origin());
  }
}
