package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.regression.LinearRegressionModel;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a user is told when a training can't be, and what is left behind: nothing. */
class ErrorsIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path tables;
  @TempDir Path root;

  @BeforeAll
  static void writeTables() throws IOException {
    JobRunner.withSpark(
        spark -> {
          Dataset<Row> typed =
              spark.sql(
                  "select double(id) x1, double(id % 2) y, date'2020-01-01' born,"
                      + " array(id) tags from range(1000)");
          typed.coalesce(1).write().parquet(tables + "/typed");
          typed.coalesce(1).write().parquet(tables + "/twin");
          typed.coalesce(1).write().parquet(tables + "/torn");
          writeVectors(spark, "wide", 3, 3);
          writeVectors(spark, "narrow", 2, 2);
          writeVectors(spark, "mixed", 3, 2);
          return null;
        });
    for (String file :
        List.of(
            "ended/run.json",
            "ended/coefficients.json",
            "held/attempt-1/round-0000000001.json",
            "strange/attempt-2/photo.jpg")) {
      JobRunner.write(tables.resolve(file), "{}");
    }
    JobRunner.write(tables.resolve("corrupt/part.parquet"), "PAR1 " + ErrorCases.SECRET + " PAR1");
    try (Stream<Path> files = Files.list(tables.resolve("torn"))) {
      for (Path file : files.toList()) {
        if (file.toString().endsWith(".crc")) {
          Files.delete(file);
        } else if (file.toString().endsWith(".parquet")) {
          byte[] bytes = Files.readAllBytes(file);
          Arrays.fill(bytes, 4, 300, (byte) 0x55);
          Files.write(file, bytes);
        }
      }
    }
  }

  private static void writeVectors(SparkSession spark, String name, int first, int second) {
    StructType schema =
        new StructType().add("v", SQLDataTypes.VectorType()).add("y", DataTypes.DoubleType);
    spark
        .createDataFrame(
            List.of(
                RowFactory.create(Vectors.dense(new double[first]), 1.0),
                RowFactory.create(Vectors.dense(new double[second]), 0.0)),
            schema)
        .coalesce(1)
        .write()
        .parquet(tables + "/" + name);
  }

  @BeforeEach
  void writeFiles() {
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(root.resolve(worker + ".csv"), ErrorCases.HEADER + ErrorCases.GOOD_ROWS);
    }
    JobRunner.write(root.resolve("bare.csv"), ErrorCases.SECRET + ",2,1\n4,5,0\n");
  }

  /** Writes a configuration that works, followed by settings. */
  private String conf(String settings) {
    String text =
        """
        data {
          workers { a = "ROOT/a.csv", b = "ROOT/b.csv", c = "ROOT/c.csv" }
          label-column = y
          feature-columns = [x1, x2]
        }
        algorithm { rounds = 2, local.step-size = 0.01 }
        output.dir = "ROOT/new/deep/run"
        """
            + settings;
    text = text.replace("ROOT", root.toString()).replace("TABLES", tables.toString());
    return JobRunner.write(root.resolve("run.conf"), text).toString();
  }

  @ParameterizedTest
  @MethodSource({"io.sparkfed.jobs.ErrorCases#all", "io.sparkfed.jobs.SqlErrorCases#all"})
  void train_badInput_isToldInOneMessageAndLeavesNothing(ErrorCases.Case bad) {
    if (bad.rowsOfB() != null) {
      boolean pooled = bad.settings().startsWith(ErrorCases.POOLED);
      String good =
          pooled ? "center,x1,x2,y,note\na,1,0,1,1\nb,1,1,0,2\nc,3,0,1,3\n" : ErrorCases.HEADER;
      JobRunner.write(root.resolve(pooled ? "pooled.csv" : "b.csv"), good + bad.rowsOfB());
    } else {
      JobRunner.write(root.resolve("pooled.csv"), "center,x1,x2,y\na,1,0,1\n");
    }
    String conf = conf(bad.settings());
    List<String> before = left();

    Outcome doctor = jobs.doctor(conf);
    Outcome outcome = jobs.train(conf);
    Outcome verbose = jobs.train(conf, "--verbose");

    // It may find another fault beside this one, whose code is smaller.
    assertTrue(doctor.code() != 0 && doctor.code() != 1, doctor.toString());
    assertFalse(doctor.toString().contains(ErrorCases.SECRET), doctor.toString());
    assertFalse(doctor.showsStackTrace(), doctor.toString());
    assertEquals(bad.code(), outcome.code(), outcome.toString());
    assertEquals(1, outcome.errorLines().size(), outcome.toString());
    assertFalse(outcome.errorLines().get(0).matches(".*\\brow \\d.*"), outcome.toString());
    assertFalse(doctor.out().matches("(?s).*\\brow \\d.*"), doctor.toString());
    for (String told : bad.told()) {
      String part = told.replace("TABLES", tables.toString());
      assertTrue(outcome.errorLines().get(0).contains(part), part + " in " + outcome);
    }
    assertFalse(outcome.showsStackTrace(), outcome.toString());
    assertTrue(verbose.showsStackTrace(), verbose.toString());
    for (String printed : List.of(outcome.toString(), verbose.toString())) {
      assertFalse(printed.contains(ErrorCases.SECRET), printed);
    }
    assertEquals(before, left());
  }

  @Test
  void train_noSuchConfiguration_isTold() {
    String missing = root.resolve("nowhere.conf").toString();

    Outcome outcome = jobs.train(missing);

    assertEquals(2, outcome.code());
    assertEquals("error: configuration file " + missing + " does not exist", outcome.err().strip());
  }

  @Test
  void train_argumentThatIsNoSetting_isTold() {
    Outcome outcome = jobs.train(conf(""), "rounds");

    assertEquals(2, outcome.code());
    assertTrue(outcome.errorLines().get(0).contains("must be key=value"), outcome.toString());
  }

  @Test
  void train_masterThatIsNone_isTold() {
    String master = System.setProperty("spark.master", "nowhere:7077");
    try {
      Outcome outcome = jobs.train(conf(""));

      assertEquals(7, outcome.code(), outcome.toString());
      assertTrue(
          outcome.errorLines().get(0).contains("can't be started on master nowhere:7077"),
          outcome.toString());
      assertFalse(outcome.showsStackTrace(), outcome.toString());
    } finally {
      System.setProperty("spark.master", master);
    }
  }

  @Test
  void train_existingOutput_isKept() {
    Path old = JobRunner.write(root.resolve("old/run.json"), "{}");

    Outcome outcome = jobs.train(conf("output.dir = \"ROOT/old\""));

    assertEquals(7, outcome.code(), outcome.toString());
    assertTrue(outcome.errorLines().get(0).contains("output.overwrite"), outcome.toString());
    assertEquals("{}", JobRunner.read(old));
    assertEquals(List.of("a.csv", "b.csv", "bare.csv", "c.csv", "old", "run.conf"), left());
  }

  @Test
  void train_overwriteOfAFolderThatIsNoOutput_isRefused() {
    Path photo = JobRunner.write(root.resolve("home/photo.jpg"), "photo");

    Outcome outcome = jobs.train(conf("output { dir = \"ROOT/home\", overwrite = true }"));

    assertEquals(7, outcome.code(), outcome.toString());
    assertTrue(outcome.errorLines().get(0).contains("no run.json"), outcome.toString());
    assertEquals("photo", JobRunner.read(photo));
  }

  @Test
  void train_stepTooLarge_keepsTheLastGoodModel() throws IOException {
    Outcome outcome = jobs.train(conf("algorithm { rounds = 200, local.step-size = 1.5 }"));

    assertEquals(6, outcome.code(), outcome.toString());
    assertTrue(outcome.out().contains("training diverged in round "), outcome.toString());
    assertTrue(outcome.out().contains("lower algorithm.local.step-size"), outcome.toString());
    assertFalse(outcome.showsStackTrace(), outcome.toString());
    Path output = root.resolve("new/deep/run");
    JsonNode exit =
        new ObjectMapper().readTree(JobRunner.read(output.resolve("run.json"))).path("exit");
    assertEquals("diverged", exit.path("state").asText());
    assertEquals(6, exit.path("code").asInt());
    double[] coefficients =
        JobRunner.withSpark(
            spark -> LinearRegressionModel.load(output + "/model").coefficients().toArray());
    assertEquals(2, coefficients.length);
    assertTrue(Arrays.stream(coefficients).allMatch(Double::isFinite));
  }

  @Test
  void train_emptyAndOneClassWorkers_areSkippedAndCounted() throws IOException {
    JobRunner.write(root.resolve("b.csv"), ErrorCases.HEADER);
    JobRunner.write(root.resolve("c.csv"), "");
    JobRunner.write(
        root.resolve("d.csv"), ErrorCases.HEADER + "1,1,1,1,train,1\n2,1,1,1,train,1\n");

    Outcome outcome =
        jobs.train(
            conf(
                """
                model.family = logistic
                data.workers.d = "ROOT/d.csv"
                aggregation.min-workers = 2
                """));

    assertEquals(0, outcome.code(), outcome.toString());
    JsonNode run =
        new ObjectMapper().readTree(JobRunner.read(root.resolve("new/deep/run/run.json")));
    assertEquals(2, run.path("cohort").path("count").asInt());
    assertEquals("[]", run.path("cohort").path("workers").toString());
    assertEquals(
        "{\"no rows\":1,\"no training rows, or fewer than 2 (data.min-worker-rows)\":1}",
        run.path("cohort").path("skipped").toString());
    assertTrue(
        outcome.out().contains("left out: 1 worker: no rows, 1 worker: no training rows"),
        outcome.toString());
    assertTrue(outcome.out().contains("2 workers (read in place"), outcome.toString());
    assertTrue(run.path("notes").toString().contains("1 of 2 workers hold one class only"));
    assertTrue(outcome.out().contains("note: 1 of 2 workers hold one class"), outcome.toString());
  }

  private List<String> left() {
    return JobRunner.names(root);
  }
}
