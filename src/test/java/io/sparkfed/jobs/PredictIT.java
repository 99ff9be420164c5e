package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Predictions into files, and when there can be none. */
class PredictIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path root;

  /** The output of a logistic model in raw units. */
  private static Path model;

  @TempDir Path own;

  @BeforeAll
  static void train() {
    ThreeWorkers.write(root);
    model = root.resolve("model");
    assertEquals(0, jobs.train(ThreeWorkers.conf(root, root), "output.dir=" + model).code());
  }

  @ParameterizedTest
  @ValueSource(strings = {"csv", "json", "parquet"})
  void predict_anyFileFormat_writesTheRowsWithPredictions(String format) {
    String path = own.resolve("predictions").toString();

    Outcome outcome =
        jobs.predict(
            ThreeWorkers.conf(own, root),
            "predictions.path=" + path,
            "predictions.format=" + format,
            "--model",
            model.toString());

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals("predictions written to " + path, outcome.out().strip());
    JobRunner.withSpark(
        spark -> {
          Dataset<Row> rows = spark.read().format(format).option("header", "true").load(path);
          assertEquals(3L * ThreeWorkers.ROWS_OF_A_WORKER, rows.count());
          assertEquals(
              Set.of(
                  "x1", "x2", "class", "quantity", "part", "worker", "prediction", "probability"),
              new HashSet<>(List.of(rows.columns())));
          assertEquals(3, rows.select("worker").distinct().count());
          assertEquals(
              0, rows.where("(double(probability) > 0.5) != (double(prediction) = 1)").count());
          return null;
        });
  }

  @Test
  void predict_rowsWithoutLabelAndSplit_needNeither() {
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(own.resolve("new-" + worker + ".csv"), "x1,x2\n1,2\n3,4\n");
    }

    Outcome outcome =
        jobs.predict(
            ThreeWorkers.conf(own, root),
            "data.workers={a = \"" + own.resolve("new-a.csv") + "\"}",
            "data.workers.b=" + own.resolve("new-b.csv"),
            "data.workers.c=" + own.resolve("new-c.csv"),
            "predictions.path=" + own.resolve("predictions"),
            // How a model was trained is no matter, and its own numbers may be said again.
            "algorithm.preset=fed-prox",
            "seed=9",
            "model.l2=0",
            "--model",
            model.toString());

    assertEquals(0, outcome.code(), outcome.toString());
  }

  private static List<String> csvLines(Path folder) {
    return texts(folder).entrySet().stream()
        .filter(file -> file.getKey().endsWith(".csv"))
        .flatMap(file -> file.getValue().lines().limit(1))
        .distinct()
        .toList();
  }

  @Test
  void predict_tablesOfDifferentColumns_areUnitedByNameAndHaveAHeader() {
    JobRunner.write(own.resolve("n1.csv"), "x1,x2,id\n1,2,7\n");
    JobRunner.write(own.resolve("n2.csv"), "Extra,X2,id,x1\nhello,2,seven,1\n");
    JobRunner.write(own.resolve("n3.csv"), "x2,x1\n2,1\n");
    Path path = own.resolve("predictions");

    Outcome outcome =
        jobs.predict(
            ThreeWorkers.conf(own, root),
            "data.workers={n1 = \"OWN/n1.csv\", n2 = \"OWN/n2.csv\", n3 = \"OWN/n3.csv\"}"
                .replace("OWN", own.toString()),
            "predictions.path=" + path,
            "predictions.format=csv",
            "--model",
            model.toString());

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals(List.of("x1,x2,id,Extra,worker,prediction,probability"), csvLines(path));
    List<Row> rows =
        JobRunner.withSpark(
            spark ->
                spark
                    .read()
                    .option("header", "true")
                    .csv(path.toString())
                    .orderBy("worker")
                    .collectAsList());
    assertEquals(3, rows.size());
    assertEquals("7", rows.get(0).getAs("id"));
    assertEquals("seven", rows.get(1).getAs("id"));
    assertTrue(rows.get(2).isNullAt(2));
    assertTrue(rows.get(0).isNullAt(3));
    assertEquals("hello", rows.get(1).getAs("Extra"));
    // One row in three orders has one probability.
    assertEquals(1, rows.stream().map(row -> row.<String>getAs("probability")).distinct().count());
  }

  @Test
  void predict_typesThatDiffer_becomeOneThatHoldsBothOrAreRefused() {
    JobRunner.withSpark(
        spark -> {
          Dataset<Row> one = spark.sql("select 1.0D x1, 2 x2, 7 id, 'a' t, 1.5F f");
          one.write().parquet(own.resolve("n1").toString());
          spark
              .sql("select 1 x1, 2.0D x2, 9223372036854775807 id, 3 t, 123456789L f")
              .write()
              .parquet(own.resolve("n2").toString());
          spark
              .sql("select 1 x1, 2.0D x2, array(1) id")
              .write()
              .parquet(own.resolve("n3").toString());
          return null;
        });
    String[] settings = {
      ThreeWorkers.conf(own, root),
      "data.format=parquet",
      "data.workers={n1 = \"OWN/n1\", n2 = \"OWN/n2\"}".replace("OWN", own.toString()),
      "predictions.path=" + own.resolve("predictions"),
      "--model",
      model.toString()
    };

    Outcome refused =
        jobs.predict(ThreeWorkers.with(settings, "data.workers.n3=" + own.resolve("n3")));
    Outcome csv =
        jobs.predict(
            ThreeWorkers.with(
                settings, "predictions.format=csv", "data.derive.list=array(double(x1))"));
    Outcome done = jobs.predict(settings);

    assertEquals(3, refused.code(), refused.toString());
    assertTrue(
        refused.err().contains("worker n3: column id is of type array<int>, and that of worker n1"),
        refused.toString());
    assertEquals(2, csv.code(), csv.toString());
    assertTrue(csv.err().contains("can't hold column list of type array"), csv.toString());
    assertEquals(0, done.code(), done.toString());
    JobRunner.withSpark(
        spark -> {
          Dataset<Row> rows =
              spark.read().parquet(own.resolve("predictions").toString()).orderBy("worker");
          Row second = rows.collectAsList().get(1);
          assertEquals(Long.MAX_VALUE, second.<Long>getAs("id"));
          assertEquals("3", second.getAs("t"));
          assertEquals(123456789.0, second.<Double>getAs("f"));
          return null;
        });
  }

  @Test
  void predict_unseenLevelOrMissingValue_isToldOrSkippedOrKept() {
    StringBuilder rows = new StringBuilder("x,g,y\n");
    for (int k = 0; k < 12; k++) {
      // y = 2 x + 10 where g is b, exactly.
      rows.append(k).append(k % 2 == 0 ? ",a," : ",b,").append(2 * k + 10 * (k % 2)).append('\n');
    }
    String data =
        """
        data {
          workers { a = "OWN/g.csv", b = "OWN/g2.csv", c = "OWN/g3.csv" }
          label-column = y, feature-columns = [x, g], categorical.g {}
        }
        algorithm.preset = normal-equations
        """
            .replace("OWN", own.toString());
    for (String file : List.of("g.csv", "g2.csv", "g3.csv")) {
      JobRunner.write(own.resolve(file), rows.toString());
    }
    String conf = JobRunner.write(own.resolve("g.conf"), data).toString();
    Path trained = own.resolve("trained");
    assertEquals(0, jobs.train(conf, "output.dir=" + trained).code());
    JobRunner.write(
        own.resolve("new.csv"), "x,g,id\n1,a,1\n,a,2\n1,secret_level,3\n1,b,4\n1,NA,5\n2,b,6\n");
    String ownConf =
        JobRunner.write(
                own.resolve("own.conf"), "data.workers { n = \"" + own.resolve("new.csv") + "\" }")
            .toString();
    String[] settings = {
      ownConf,
      "--model",
      trained.toString(),
      "predictions.path=" + own.resolve("predictions"),
      "predictions.mode=overwrite"
    };

    Outcome evaluated =
        jobs.evaluate(
            ownConf,
            "--model",
            trained.toString(),
            "data.workers={a = \"OWN/g.csv\", b = \"OWN/g2.csv\", c = \"OWN/g3.csv\"}"
                .replace("OWN", own.toString()));
    assertEquals(0, evaluated.code(), evaluated.toString());
    assertTrue(evaluated.out().contains("\"rows\" : 36"), evaluated.toString());
    Outcome refused = jobs.predict(settings);
    Outcome unseen = jobs.predict(ThreeWorkers.with(settings, "predictions.missing=skip"));

    assertEquals(3, refused.code(), refused.toString());
    assertTrue(refused.err().contains("worker n, column x, row 2: is missing"), refused.toString());
    assertTrue(refused.err().contains("predictions.missing = skip"), refused.toString());
    assertEquals(3, unseen.code(), unseen.toString());
    assertTrue(unseen.err().contains("worker n, column g, row 3"), unseen.toString());
    assertFalse(unseen.toString().contains("secret_level"), unseen.toString());
    assertPredictions(
        List.of("1 2.0", "4 12.0", "6 14.0"),
        "rows left out: 3 (column g 2, column x 1)",
        ThreeWorkers.with(settings, "predictions.missing=skip", "predictions.unseen=skip"));
    assertPredictions(
        List.of("1 2.0", "3 null", "4 12.0", "6 14.0"),
        "rows without a prediction: 1 (column g 1)",
        ThreeWorkers.with(settings, "predictions.missing=skip", "predictions.unseen=keep"));
    assertPredictions(
        List.of("1 2.0", "2 null", "3 null", "4 12.0", "5 null", "6 14.0"),
        "rows without a prediction: 3 (column g 2, column x 1)",
        ThreeWorkers.with(settings, "predictions.missing=keep", "predictions.unseen=keep"));
  }

  private void assertPredictions(List<String> expected, String told, String... args) {
    Outcome outcome = jobs.predict(args);
    assertEquals(0, outcome.code(), outcome.toString());
    assertTrue(outcome.out().lines().toList().contains(told), outcome.toString());
    List<String> predicted =
        JobRunner.withSpark(
            spark ->
                spark
                    .read()
                    .parquet(own.resolve("predictions").toString())
                    .orderBy("id")
                    .selectExpr("concat(id, ' ', coalesce(string(round(prediction, 6)), 'null'))")
                    .collectAsList()
                    .stream()
                    .map(row -> row.getString(0))
                    .toList());
    assertEquals(expected, predicted);
  }

  /** All files below a folder with their texts, the marks of Spark's own among them. */
  private static Map<String, String> texts(Path folder) {
    try (Stream<Path> files = Files.walk(folder)) {
      Map<String, String> texts = new TreeMap<>();
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.put(
            folder.relativize(file).toString(),
            new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
      }
      return texts;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void predict_overOrAroundOrIntoWhatIsRead_isRefusedAndLosesNothing() throws IOException {
    Path world = own.resolve("world");
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(world.resolve("in/" + worker + "/f.csv"), ThreeWorkers.rows(worker));
    }
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : files.toList()) {
        Files.copy(file, world.resolve("trained").resolve(model.relativize(file).toString()));
      }
    }
    Files.createSymbolicLink(world.resolve("link"), world.resolve("in"));
    JobRunner.write(world.resolve("notes/diary.txt"), "dear diary");
    JobRunner.write(world.resolve("conf/base.conf"), "seed = 7\n");
    String conf =
        JobRunner.write(
                world.resolve("conf/run/run.conf"),
                """
                include "../base.conf"
                data {
                  workers { a = "WORLD/in/a", b = "WORLD/in/b/*.csv", c = "file:WORLD/link/c" }
                  label-column = class
                  feature-columns = [x1, x2]
                }
                model.family = logistic
                """
                    .replace("WORLD", world.toString()))
            .toString();
    Map<String, String> before = texts(world);
    for (String mode : List.of("overwrite", "append", "ignore")) {
      for (String path :
          List.of(
              "in",
              "in/a",
              "in/a/new",
              "in/b",
              "in/c/",
              "link",
              "link/b",
              "../world//in/a",
              "trained",
              "trained/model",
              "trained/new",
              ".",
              "conf",
              "conf/run")) {
        Outcome outcome =
            jobs.predict(
                conf,
                "--model",
                world.resolve("trained").toString(),
                "predictions.path=" + world + "/" + path,
                "predictions.format=csv",
                "predictions.mode=" + mode);
        assertEquals(7, outcome.code(), path + " " + mode + " " + outcome);
        assertTrue(outcome.err().contains("which is read"), outcome.toString());
      }
    }
    Outcome other =
        jobs.predict(
            conf,
            "--model",
            world.resolve("trained").toString(),
            "predictions.path=" + world + "/notes",
            "predictions.mode=overwrite");
    assertEquals(7, other.code(), other.toString());
    assertTrue(other.err().contains("isn't a folder of predictions"), other.toString());
    assertEquals(before, texts(world));
  }

  /** A way to ask for predictions that can't be; MODEL, OWN stand for the folders. */
  record Refusal(int code, String told, String... args) {}

  static Stream<Refusal> refusals() {
    String path = "predictions.path=OWN/new/predictions";
    return Stream.of(
        new Refusal(2, "--model", path),
        new Refusal(7, "no coefficients.json", path, "--model", "OWN"),
        new Refusal(7, "OWN/nowhere is not the output", path, "--model", "OWN/nowhere"),
        new Refusal(
            2,
            "model.family must be the model's, logistic",
            path,
            "--model",
            "MODEL",
            "model.family=linear"),
        new Refusal(
            2, "model.standardize must be", path, "--model", "MODEL", "model.standardize=worker"),
        new Refusal(
            2,
            "data.offset-column must not be set",
            path,
            "--model",
            "MODEL",
            "data.offset-column=x1"),
        new Refusal(
            2,
            "data.feature-columns must be the model's: x1, x2",
            path,
            "--model",
            "MODEL",
            "data.feature-columns=[x2, x1]"),
        new Refusal(2, "predictions.path is not set", "--model", "MODEL"),
        new Refusal(
            2,
            "predictions.format = nosuch is not a data source of this Spark",
            path,
            "--model",
            "MODEL",
            "predictions.format=nosuch"),
        new Refusal(
            2,
            "predictions.format = text holds a single column",
            path,
            "--model",
            "MODEL",
            "predictions.format=text"),
        new Refusal(2, "predictions.path is not set", "--model", "MODEL", "predictions.format=csv"),
        new Refusal(
            3,
            "worker b, column x2, row 1: is missing",
            path,
            "--model",
            "MODEL",
            "data.workers.b=OWN/gap.csv"),
        new Refusal(
            3,
            "data.workers.b: path OWN/nowhere does not exist",
            path,
            "--model",
            "MODEL",
            "data.workers.b=OWN/nowhere"),
        new Refusal(
            3,
            "worker a: column prediction",
            path,
            "--model",
            "MODEL",
            "data.derive.prediction=x1"),
        new Refusal(
            7,
            "OWN exists already; choose another predictions.path",
            "predictions.path=OWN",
            "--model",
            "MODEL"),
        new Refusal(
            7,
            "predictions.path: can't create OWN/gap.csv",
            "predictions.path=OWN/gap.csv/p",
            "--model",
            "MODEL"),
        new Refusal(
            2, "model.l2 must be the model's, 0.", path, "--model", "MODEL", "model.l2=0.5"),
        new Refusal(2, "model.l1 must be the model's", path, "--model", "MODEL", "model.l1=1"),
        new Refusal(2, "predictions.path", "predictions.path=OWN/*.csv", "--model", "MODEL"),
        new Refusal(
            2,
            "predictions.options.path must not be blank",
            "predictions.options.path=",
            "--model",
            "MODEL"),
        new Refusal(2, "--model must not be blank", path, "--model", ""),
        new Refusal(
            7,
            "--model: hdfs://nowhere.invalid/run can't be reached: there is no such host",
            path,
            "--model",
            "hdfs://nowhere.invalid/run"),
        new Refusal(7, "--model: a:b can't be reached", path, "--model", "a:b"),
        new Refusal(
            7,
            "predictions.path: s3a://bucket/p can't be reached: there is no file system for s3a",
            "predictions.path=s3a://bucket/p",
            "--model",
            "MODEL"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void predict_impossible_isToldAndWritesNothing(Refusal refusal) {
    String conf = ThreeWorkers.conf(own, root);
    JobRunner.write(own.resolve("gap.csv"), "x1,x2\n31337.4242,\n");
    List<String> before = JobRunner.names(own);
    String[] args = ThreeWorkers.with(new String[] {conf}, refusal.args());
    for (int i = 0; i < args.length; i++) {
      args[i] = args[i].replace("OWN", own.toString()).replace("MODEL", model.toString());
    }

    Outcome outcome = jobs.predict(args);

    assertEquals(refusal.code, outcome.code(), outcome.toString());
    String told = refusal.told.replace("OWN", own.toString());
    assertTrue(outcome.err().contains(told), told + " in " + outcome);
    assertFalse(outcome.showsStackTrace(), outcome.toString());
    assertFalse(outcome.toString().contains("31337.4242"), outcome.toString());
    assertEquals(before, JobRunner.names(own));
  }
}
