package io.sparkfed.spark.rows;

import static io.sparkfed.spark.rows.LocalTraining.bits;
import static io.sparkfed.spark.rows.LocalTraining.config;
import static io.sparkfed.spark.rows.LocalTraining.train;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.it.ListenerRecorder;
import io.sparkfed.it.WorkerRows;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.testing.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Raw columns trained on give, bit for bit, what columns encoded by hand give: the encoding here is
 * written out from the files and shares no code with the library's.
 */
@Timeout(180)
class PreprocessingIT {
  private static final String ADMISSIONS =
      """
      data { label-column = admit, feature-columns = [gre, rank, gpa] }
      data.categorical.rank.reference = 1
      """;

  private static final String ADMISSIONS_BY_HAND =
      "data { label-column = admit, feature-columns = [gre, r2, r3, r4, gpa] }\n";

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  /** Writes one csv file for each worker, and returns the configuration that names them. */
  private String workers(String name, Map<String, List<Map<String, String>>> rows)
      throws IOException {
    Map<String, Path> paths = new TreeMap<>();
    for (Map.Entry<String, List<Map<String, String>>> worker : rows.entrySet()) {
      List<String> lines = new ArrayList<>();
      List<String> header = List.copyOf(worker.getValue().get(0).keySet());
      lines.add(String.join(",", header));
      for (Map<String, String> row : worker.getValue()) {
        lines.add(header.stream().map(row::get).collect(Collectors.joining(",")));
      }
      paths.put(
          worker.getKey(), Files.write(folder.resolve(name + worker.getKey() + ".csv"), lines));
    }
    return WorkerRows.workersConfig(paths);
  }

  /** Returns each party's rows of a data set, those that are kept, changed. */
  private static Map<String, List<Map<String, String>>> parties(
      String set,
      Predicate<Map<String, String>> keepOfA,
      Function<Map<String, String>, Map<String, String>> change) {
    Map<String, List<Map<String, String>>> parties = new TreeMap<>();
    for (String party : List.of("a", "b", "c")) {
      parties.put(
          party,
          TestData.csv("vantage6-glm/" + set + "/" + party + ".csv").stream()
              .filter(row -> !party.equals("a") || keepOfA.test(row))
              .map(change)
              .toList());
    }
    return parties;
  }

  private static Map<String, String> with(Map<String, String> row, String... namesAndValues) {
    Map<String, String> changed = new TreeMap<>(row);
    for (int i = 0; i < namesAndValues.length; i += 2) {
      changed.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    return changed;
  }

  private static String one(boolean yes) {
    return yes ? "1" : "0";
  }

  private static Map<String, String> rankByHand(Map<String, String> row) {
    String rank = row.get("rank");
    return with(
        row, "r2", one(rank.equals("2")), "r3", one(rank.equals("3")), "r4", one(rank.equals("4")));
  }

  private static String algorithm(String family) {
    return "model { family = "
        + family
        + ", standardize = federated }\nalgorithm { rounds = 3, local.step-size = 0.5 }\n";
  }

  @ParameterizedTest
  @ValueSource(strings = {"masked", "secure-worker", "insecure-plain"})
  void categories_threeParties_sameBitsAsEncodedByHand(String mode) throws IOException {
    String raw = workers("raw-", parties("binomial", row -> true, row -> row));
    String byHand = workers("hand-", parties("binomial", row -> true, row -> rankByHand(row)));

    ShardLoader.Loaded loaded =
        new ShardLoader(
                spark,
                config(
                    folder, algorithm("logistic") + ADMISSIONS + raw, "aggregation.mode=" + mode))
            .load();

    assertEquals(List.of("gre", "rank_2", "rank_3", "rank_4", "gpa"), loaded.features());
    TrainingConfig manual = config(folder, algorithm("logistic") + ADMISSIONS_BY_HAND + byHand);
    assertEquals(bits(train(spark, manual)), bits(train(manual, loaded)));
    assertTrue(spark.sparkContext().getPersistentRDDs().isEmpty());
  }

  @Test
  void categories_levelMissingAtOneParty_sameBitsAsEncodedByHand() throws IOException {
    Predicate<Map<String, String>> notFour = row -> !row.get("rank").equals("4");
    String raw = workers("raw-", parties("binomial", notFour, row -> row));
    String byHand = workers("hand-", parties("binomial", notFour, row -> rankByHand(row)));

    TrainingConfig config = config(folder, algorithm("logistic") + ADMISSIONS + raw);
    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();

    assertEquals(List.of("1", "2", "3", "4"), loaded.encoding().categories().get(0).levels());
    assertEquals(
        bits(train(spark, config(folder, algorithm("logistic") + ADMISSIONS_BY_HAND + byHand))),
        bits(train(config, loaded)));
  }

  @Test
  void categories_ofText_sameBitsAsEncodedByHand() throws IOException {
    String raw = workers("raw-", parties("poisson", row -> true, row -> row));
    String byHand =
        workers(
            "hand-",
            parties(
                "poisson",
                row -> true,
                row ->
                    with(
                        row,
                        "academic",
                        one(row.get("prog").equals("Academic")),
                        "vocational",
                        one(row.get("prog").equals("Vocational")))));
    String data = algorithm("linear") + "data.label-column = num_awards\n";
    TrainingConfig config =
        config(
            folder,
            data
                + "data { feature-columns = [prog, math], categorical.prog.reference = General }\n"
                + raw);

    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();

    assertEquals(List.of("prog_Academic", "prog_Vocational", "math"), loaded.features());
    TrainingConfig manual =
        config(folder, data + "data.feature-columns = [academic, vocational, math]\n" + byHand);
    assertEquals(bits(train(spark, manual)), bits(train(config, loaded)));
  }

  @Test
  void categories_pooledOrTyped_areTheSame() throws IOException {
    String text = workers("raw-", parties("binomial", row -> true, row -> row));
    Path pooled = folder.resolve("pooled");
    StringBuilder typed = new StringBuilder("data.format = parquet\n");
    for (String party : List.of("a", "b", "c")) {
      Dataset<Row> rows =
          spark
              .read()
              .option("header", true)
              .csv(folder.resolve("raw-" + party + ".csv").toString())
              .selectExpr(
                  "int(admit) admit", "double(gre) gre", "double(gpa) gpa", "double(rank) rank");
      Path own = folder.resolve("typed-" + party);
      rows.write().parquet(own.toString());
      rows.selectExpr("*", "'" + party + "' AS party")
          .write()
          .mode("append")
          .parquet(pooled.toString());
      typed.append("data.workers.").append(party).append(" = \"").append(own).append("\"\n");
    }
    String common = algorithm("logistic") + ADMISSIONS;
    List<Long> expected = bits(train(spark, config(folder, common + text)));

    assertEquals(expected, bits(train(spark, config(folder, common + typed))));
    assertEquals(
        expected,
        bits(
            train(
                spark,
                config(
                    folder,
                    common
                        + "data { format = parquet, worker-column = party, path = \""
                        + pooled
                        + "\" }\n"))));
  }

  @Test
  void categories_manyLevels_arePackedSparse() throws IOException {
    Map<String, List<Map<String, String>>> raw = new TreeMap<>();
    Map<String, List<Map<String, String>>> byHand = new TreeMap<>();
    for (String worker : List.of("a", "b", "c")) {
      List<Map<String, String>> own = new ArrayList<>();
      List<Map<String, String>> encoded = new ArrayList<>();
      for (int i = 0; i < 60; i++) {
        int level = (i * 7 + worker.charAt(0)) % 12;
        Map<String, String> row = new TreeMap<>(Map.of("y", "" + i % 5, "x", "" + i / 8.0));
        own.add(with(row, "k", "l" + (10 + level)));
        for (int l = 1; l < 12; l++) {
          row.put("k" + (10 + l), one(l == level));
        }
        encoded.add(row);
      }
      raw.put(worker, own);
      byHand.put(worker, encoded);
    }
    String names = IntStream.range(11, 22).mapToObj(l -> "k" + l).collect(Collectors.joining(","));
    String label = algorithm("linear") + "data.label-column = y\n";

    double[] coded =
        train(
                spark,
                config(
                    folder,
                    label
                        + "data { feature-columns = [x, k], categorical { k {} } }\n"
                        + workers("raw-", raw)))
            .model()
            .values();
    double[] manual =
        train(
                spark,
                config(
                    folder,
                    label
                        + "data.feature-columns = [x, "
                        + names
                        + "]\n"
                        + workers("hand-", byHand)))
            .model()
            .values();

    assertEquals(13, coded.length);
    for (int j = 0; j < 13; j++) {
      assertEquals(manual[j], coded[j], 1e-12, "coefficient " + j);
    }
  }

  @Test
  void imputation_sameBitsAsFilledByHand_whereverValuesAreMissing() throws IOException {
    List<Map<String, String>> all = new ArrayList<>();
    Function<Map<String, String>, Map<String, String>> gaps =
        row -> row.get("gre").endsWith("60") ? with(row, "gpa", "") : with(row);
    parties("binomial", row -> true, gaps).values().forEach(all::addAll);
    List<Double> present =
        all.stream()
            .map(row -> row.get("gpa"))
            .filter(v -> !v.isEmpty())
            .map(Double::valueOf)
            .toList();
    assertTrue(present.size() < all.size());
    String raw = workers("raw-", parties("binomial", row -> true, gaps));
    String columns = "data { label-column = admit, feature-columns = [gre, gpa] }\n";
    TrainingConfig config =
        config(folder, algorithm("logistic") + columns + raw, "data.impute.columns=[gpa]");

    ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();

    double mean = ((Numeric) loaded.encoding().columns().get(1)).fill();
    assertEquals(present.stream().mapToDouble(v -> v).sum() / present.size(), mean, 1e-14 * mean);
    String filled =
        workers(
            "hand-",
            parties(
                "binomial",
                row -> true,
                row ->
                    gaps.andThen(r -> r.get("gpa").isEmpty() ? with(r, "gpa", "" + mean) : r)
                        .apply(row)));
    assertEquals(
        bits(train(spark, config(folder, algorithm("logistic") + columns + filled))),
        bits(train(config, loaded)));
  }

  @Test
  void imputation_heldOutRows_haveNoPartInTheMean() throws IOException {
    Map<String, List<Map<String, String>>> rows = new TreeMap<>();
    for (String worker : List.of("a", "b", "c")) {
      rows.put(
          worker,
          List.of(
              new TreeMap<>(Map.of("x", "1", "y", "1", "part", "train")),
              new TreeMap<>(Map.of("x", "NaN", "y", "2", "part", "train")),
              new TreeMap<>(Map.of("x", "4", "y", "2", "part", "train")),
              new TreeMap<>(Map.of("x", "999", "y", "2", "part", "test"))));
    }
    ShardLoader.Loaded loaded =
        new ShardLoader(
                spark,
                config(
                    folder,
                    algorithm("linear")
                        + "data { label-column = y, feature-columns = [x], split.column = part }\n"
                        + "data.impute.columns = [x]\n"
                        + workers("", rows)))
            .load();

    loaded.federation().close();
    assertEquals(
        List.of(new Numeric("x", loaded.encoding().columns().get(0).type(), true, 2.5)),
        loaded.encoding().columns());
  }

  // What is refused.

  private DataException refused(String data, String... overrides) throws IOException {
    TrainingConfig config = config(folder, data, overrides);
    DataException refused =
        assertThrows(DataException.class, () -> new ShardLoader(spark, config).load());
    assertTrue(spark.sparkContext().getPersistentRDDs().isEmpty());
    return refused;
  }

  @Test
  void categories_rareLevel_isRefusedWithoutItsText() throws IOException {
    String raw =
        workers(
            "raw-",
            parties(
                "binomial",
                row -> true,
                row ->
                    row.get("gre").equals("800") && row.get("gpa").equals("4.0")
                        ? with(row, "rank", "31337")
                        : row));

    String message =
        refused(algorithm("logistic") + ADMISSIONS + raw, "data.min-level-rows=100").getMessage();

    assertTrue(message.startsWith("column rank: each level must have at least 100 rows"), message);
    assertFalse(message.contains("31337"), message);
  }

  @Test
  void categories_missingValue_isARowsFault() throws IOException {
    String raw =
        workers(
            "raw-",
            parties(
                "binomial",
                row -> true,
                row -> row.get("gre").equals("800") ? with(row, "rank", "") : row));

    String message = refused(algorithm("logistic") + ADMISSIONS + raw).getMessage();

    assertTrue(
        message.matches(
            "worker a, column rank: is missing; a level is needed \\(data.missing = drop.*\\)"
                + " \\(and 2 more.*"),
        message);
  }

  @Test
  void categories_levelOutsideTheGivenOnes_isARowsFault() throws IOException {
    String raw = workers("raw-", parties("binomial", row -> true, row -> row));

    String message =
        refused(algorithm("logistic") + ADMISSIONS + raw, "data.categorical.rank.levels=[1, 2, 3]")
            .getMessage();

    assertTrue(
        message.matches("a worker, column rank: must be at one of the 3 known levels.*"), message);
  }

  @Test
  void contract_anotherTypeAtOneWorker_isNamedWithWorkerAndColumn() throws IOException {
    StringBuilder typed = new StringBuilder("data.format = parquet\n");
    for (String party : List.of("a", "b", "c")) {
      Path own = folder.resolve("typed-" + party);
      spark
          .read()
          .option("header", true)
          .csv(TestData.file("vantage6-glm/binomial/" + party + ".csv").toString())
          .selectExpr(
              "int(admit) admit",
              party.equals("b") ? "gre" : "float(gre) gre",
              "double(gpa) gpa",
              party.equals("c") ? "bigint(rank) rank" : "int(rank) rank")
          .write()
          .parquet(own.toString());
      typed.append("data.workers.").append(party).append(" = \"").append(own).append("\"\n");
    }

    assertEquals(
        "worker b: column gre holds values of type text, and that of worker a of type number; all"
            + " workers' columns must be of one type (data.derive can cast them)",
        refused(algorithm("logistic") + ADMISSIONS + typed).getMessage());
  }

  @Test
  void contract_anotherReference_isAnotherFingerprint() throws IOException {
    String raw = workers("raw-", parties("binomial", row -> true, row -> row));
    List<String> fingerprints = new ArrayList<>();
    for (String reference : List.of("1", "1", "2")) {
      TrainingConfig config =
          config(
              folder,
              algorithm("logistic") + ADMISSIONS + raw,
              "data.categorical.rank.reference=" + reference);
      ShardLoader.Loaded loaded = new ShardLoader(spark, config).load();
      loaded.federation().close();
      fingerprints.add(loaded.encoding().fingerprint());
    }

    assertEquals(fingerprints.get(0), fingerprints.get(1));
    assertNotEquals(fingerprints.get(0), fingerprints.get(2));
  }

  // What Spark tells the driver.

  @Test
  void survey_sparksOwnReports_hideRowsAndLevels() throws IOException {
    String raw = workers("raw-", parties("binomial", row -> true, row -> row));
    TrainingConfig config = config(folder, algorithm("logistic") + ADMISSIONS + raw);
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      new ShardLoader(spark, config).load().federation().close();

      List<ListenerRecorder.Job> passes =
          recorder.jobs("loading").stream()
              .filter(job -> job.rddNames().stream().anyMatch(n -> n.startsWith("spark-federated")))
              .toList();
      assertEquals(2, passes.size(), "one pass for the levels, one for the rows");
      for (ListenerRecorder.Job job : passes) {
        assertEquals(3, recorder.tasks(job).size());
        for (ListenerRecorder.Task task : recorder.tasks(job)) {
          assertEquals(0, task.shuffleRecordsWritten());
          assertEquals(0, task.recordsRead());
          assertTrue(task.bytesRead() > 0);
        }
      }
      assertFalse(recorder.jobs("levels: ").isEmpty());
    }
  }
}
