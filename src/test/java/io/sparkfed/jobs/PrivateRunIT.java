package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.it.ListenerRecorder;
import io.sparkfed.recipe.Presets;
import io.sparkfed.spark.rows.LocalTraining;
import io.sparkfed.spark.rows.ShardLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** That a run which hides rows asks for noised sums and for nothing else, whatever the rows are. */
@Timeout(180)
class PrivateRunIT {
  private static final String HEADER = "age,sex,y";

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  /** What a run tells beside noised numbers. */
  private record Told(List<String> jobs, List<String> counts, List<String> notes, int rounds) {}

  @Test
  void train_withRowsThatBreakRules_tellsTheSameAsWithoutThem() throws IOException {
    Told without = told("plain", List.of());
    Told with =
        told(
            "odd", List.of("abc,F,1", ",M,0", "1e300,F,1", "40,X,1", "40,F,7", "NaN,M,1", "40,F,"));
    Told withNoRecords =
        told(
            "none",
            List.of("40,F", "40,F,1,9", "\"40,F,1", "\"40\"1,F,1", "4\0000,F,1", "40,\"F,1"));

    assertEquals(without, with);
    assertEquals(without, withNoRecords);
    List<String> asked =
        without.jobs().stream().filter(job -> job.contains("workers)")).distinct().toList();
    assertTrue(
        asked.stream()
            .allMatch(
                job ->
                    job.startsWith("counting rows")
                        || job.startsWith("lengths of rows")
                        || job.startsWith("products of features")
                        || job.startsWith("evaluation of test rows")
                        || job.matches("round \\d/8: gradient.*")
                        || job.startsWith("collecting cards")),
        asked.toString());
    assertEquals(
        8, asked.stream().filter(job -> job.matches("round \\d/8: gradient \\(.*")).count() / 2);
    assertEquals(
        1, asked.stream().filter(job -> job.startsWith("evaluation of test rows (")).count() / 2);
  }

  /** 240 test rows at epsilon 1: they are seen, and half of them or more are told right. */
  private static void assertFigures(TrainingResult result) {
    RoundSummary last = result.lastRound();
    double rows = last.testMetrics().get("rows");
    double accuracy = last.testMetrics().get("accuracy");
    assertEquals(240.0, rows, 5.0 * last.noise().test().get("rows") + 5.0 * Math.sqrt(240 * 0.8));
    assertTrue(accuracy > 0.5, last.toString());
    assertTrue(last.noise().test().get("accuracy") < 0.1, last.toString());
    assertTrue(last.trainMetrics().isEmpty() && Double.isNaN(last.loss()), last.toString());
  }

  @Test
  void train_withARowAtWhichExpressionsFail_tellsTheSameAsWithoutIt() throws IOException {
    String computed =
        """
        data {
          schema = "age DOUBLE, sex STRING, y INT"
          options { header = true }
          derive { age = "100 / (cast(age as tinyint) - 7) + 40" }
          where = "1 / (y - 5) < 1"
        }
        """;

    assertEquals(
        told("plain", List.of(), computed),
        told("failing", List.of("7,F,1", "40,F,5", "1000,F,1", "40,F,x"), computed));
  }

  /** What Spark's own report of a task, and so its event log, tells of numbers of rows. */
  private static String counts(ListenerRecorder.Task task) {
    return List.of(task.recordsRead(), task.shuffleRecordsRead(), task.shuffleRecordsWritten())
        + task.accumulables().stream()
            .filter(counter -> counter.matches(".*([Rr]ow|[Rr]ecord).*"))
            .sorted()
            .toList()
            .toString();
  }

  /** A worker's only row: that it is there, of use or not, is told to nobody. */
  @Test
  void train_withAWorkerWithoutRows_tellsTheSameAsWithItsOnlyRow() throws IOException {
    Told one = told("one", List.of(), "", List.of(HEADER, "40,F,1"));

    assertEquals(one, told("broken", List.of(), "", List.of(HEADER, "x,F,1")));
    assertEquals(one, told("none", List.of(), "", List.of(HEADER)));
    assertEquals(one, told("empty", List.of(), "", List.of("")));
  }

  /** A vector of another length leaves its row out, wherever it is, and no worker. */
  @Test
  void load_vectorsOfOtherLengths_areLeftOut() throws IOException {
    StructType schema =
        new StructType().add("v", SQLDataTypes.VectorType()).add("y", DataTypes.IntegerType);
    Vector usual = Vectors.dense(0.5, -0.5);
    List<List<Vector>> vectors =
        List.of(
            List.of(Vectors.dense(1.0, 2.0, 3.0), usual, usual),
            List.of(usual, Vectors.sparse(9, new int[] {8}, new double[] {1.0})),
            List.of(Vectors.dense(1.0)),
            List.of());
    StringBuilder workers = new StringBuilder();
    for (int k = 0; k < vectors.size(); k++) {
      String path = folder.resolve("v" + k).toString();
      List<Row> rows = vectors.get(k).stream().map(vector -> RowFactory.create(vector, 1)).toList();
      spark.createDataFrame(rows, schema).coalesce(1).write().parquet(path);
      workers.append("  w").append(k).append(" = \"").append(path).append("\"\n");
    }
    TrainingConfig config =
        LocalTraining.config(
            folder,
            """
            name = vectors
            data { format = parquet, label-column = y, features-column = v, workers {
            %s} }
            model.family = logistic
            privacy { unit = row, epsilon = 1, delta = 1e-4, bounds { v = [-1, 1] }, vector-size = 2 }
            aggregation.mode = insecure-plain
            """
                .formatted(workers));

    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();

    try (var federation = loaded.federation()) {
      assertEquals(List.of("w0", "w1", "w2", "w3"), loaded.namedWorkers());
      assertEquals(List.of("v_0", "v_1"), loaded.features());
      assertEquals(Map.of(), loaded.skipped());
    }
  }

  private Told told(String name, List<String> more) throws IOException {
    return told(name, more, "");
  }

  private Told told(String name, List<String> more, String settings) throws IOException {
    return told(name, more, settings, List.of());
  }

  /**
   * Runs a training.
   *
   * @param more lines of the first worker
   * @param ofFifth lines of a file of a worker of its own; none for no such worker
   */
  private Told told(String name, List<String> more, String settings, List<String> ofFifth)
      throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    StringBuilder workers = new StringBuilder();
    for (int k = 0; k < 4; k++) {
      Random random = new Random(k);
      List<String> lines = new ArrayList<>(List.of(HEADER));
      for (int i = 0; i < 300; i++) {
        double age = 20 + 60 * random.nextDouble();
        String sex = random.nextBoolean() ? "F" : "M";
        int label = age + 20 * random.nextGaussian() > 50 ? 1 : 0;
        lines.add(age + "," + sex + "," + label);
      }
      if (k == 0) {
        lines.addAll(more);
      }
      Path file = Files.write(own.resolve("w" + k + ".csv"), lines);
      workers.append("  w").append(k).append(" = \"").append(file).append("\"\n");
    }
    if (!ofFifth.isEmpty()) {
      Path file = Files.write(own.resolve("w4.csv"), ofFifth);
      workers.append("  w4 = \"").append(file).append("\"\n");
    }
    Path conf =
        Files.writeString(
            own.resolve("test.conf"),
            """
            name = hidden
            data {
              workers {
            %s  }
              label-column = y
              feature-columns = [age, sex]
              categorical { sex { levels = [F, M] } }
              split { test-fraction = 0.2 }
            }
            model.family = logistic
            privacy { unit = row, epsilon = 1, delta = 1e-4, bounds { age = [0, 100] } }
            """
                    .formatted(workers)
                + settings);
    TrainingConfig config = ConfigLoader.load(conf, Map.of(), List.of());
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
      assertEquals(Map.of(), loaded.skipped());
      assertEquals(ofFifth.isEmpty() ? 4 : 5, loaded.namedWorkers().size());
      try (var federation = loaded.federation()) {
        TrainingResult result =
            new FederatedTrainer(federation, Presets.plan(config, loaded.encoding()), round -> {})
                .train();
        List<String> notes = new ArrayList<>(loaded.notes());
        // Which figures noise hides, and how much of others, is read from noised numbers, which
        // differ anyway.
        result.notes().stream()
            .map(Object::toString)
            .filter(note -> !note.startsWith("noise hides these figures"))
            .filter(note -> !note.startsWith("figures of test rows: noise may hide"))
            .forEach(notes::add);
        assertFigures(result);
        assertEquals(
            List.of("count", "lengths", "products", "gradient", "evaluation"),
            result.privacy().orElseThrow().releases().stream().map(r -> r.purpose()).toList());
        return new Told(
            recorder.jobs().stream().map(ListenerRecorder.Job::description).toList(),
            recorder.tasks().stream().map(PrivateRunIT::counts).sorted().toList(),
            notes,
            result.rounds().size());
      }
    }
  }

  /**
   * At an epsilon whose noise is too small to see: a run over persons who have copies of a row is
   * that over one row each. At half of the workers labels are turned, so copies would be seen: the
   * optimum for endless rows is .59 with one, -.17 with six.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void train_withCopiesOfPersonsRows_isAsWithoutThem(boolean pooled) throws IOException {
    double[] once = model("once", pooled, 1, 1);
    double[] copied = model("copied", pooled, 6, 1);
    double[] kept = model("kept", pooled, 6, 6);

    assertArrayEquals(once, copied, 0.02);
    assertTrue(once[0] > 0.5, Arrays.toString(once));
    assertTrue(kept[0] < 0.0, Arrays.toString(kept));
  }

  /**
   * Returns the coefficients, of five in six of the workers' persons.
   *
   * @param copies how often each row of the workers with turned labels is there
   */
  private double[] model(String name, boolean pooled, int copies, int rowsOfPerson)
      throws IOException {
    Path own = Files.createDirectories(folder.resolve(name));
    List<String> all = new ArrayList<>(List.of("owner,patient,x,y"));
    StringBuilder workers = new StringBuilder();
    for (int k = 0; k < 4; k++) {
      List<String> lines = new ArrayList<>();
      Random random = new Random(k);
      for (int i = 0; i < 300; i++) {
        double x = random.nextGaussian();
        boolean isTurned = k % 2 == 1;
        int label = (isTurned ? -0.3 * x : 4.0 * x) + random.nextGaussian() > 0 ? 1 : 0;
        for (int n = 0; n < (isTurned ? copies : 1); n++) {
          String id = List.of("%d", "%d.0", " %d", "0%d").get(n % 4).formatted(i);
          lines.add("w" + k + "," + id + "," + x + "," + label);
        }
        lines.add("w" + k + ",,5," + (isTurned ? 0 : 1));
      }
      all.addAll(lines);
      lines.add(0, all.get(0));
      Path file = Files.write(own.resolve("w" + k + ".csv"), lines);
      workers.append("  w").append(k).append(" = \"").append(file).append("\"\n");
    }
    Path table = Files.write(own.resolve("all.csv"), all);
    Path conf =
        Files.writeString(
            own.resolve("persons.conf"),
            """
            name = persons
            data {
              %s
              label-column = y
              feature-columns = [x]
              split { test-fraction = 0.17 }
            }
            model.family = logistic
            privacy {
              unit = row, epsilon = 1e6, delta = 1e-4, bounds { x = [-6, 6] }
              person-column = Patient, rows-per-person = %d
            }
            """
                .formatted(
                    pooled
                        ? "path = \"" + table + "\", worker-column = owner"
                        : "workers {\n" + workers + "}",
                    rowsOfPerson));
    TrainingConfig config = ConfigLoader.load(conf, Map.of(), List.of());
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
    try (var federation = loaded.federation()) {
      TrainingResult result =
          new FederatedTrainer(federation, Presets.plan(config, loaded.encoding()), round -> {})
              .train();
      PrivacyAccount account = result.privacy().orElseThrow();
      assertEquals(HiddenUnit.PERSON, account.unit());
      assertEquals(rowsOfPerson, account.rowsOfPerson());
      assertEquals(rowsOfPerson, account.releases().get(0).sensitivity());
      return result.model().values();
    }
  }
}
