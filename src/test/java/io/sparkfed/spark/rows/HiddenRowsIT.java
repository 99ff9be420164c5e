package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.survey.FederatedPreprocessing;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.ModelShape;
import io.sparkfed.recipe.Presets;
import io.sparkfed.spark.rows.ShardLoader.Loaded;
import io.sparkfed.spark.rows.WorkerTables.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * That one row of a worker changes nothing of what is read of the others, where rows are hidden.
 */
@Timeout(120)
class HiddenRowsIT {
  private static final List<String> ROWS =
      List.of("40,F,1,7", "41,M,0,8", "42,F,1,9", "43,M,0,10", "44,F,1,11");

  private static final String PRIVACY =
      """
      model.family = logistic
      privacy { unit = row, epsilon = 1, delta = 1e-4, bounds { age = [0, 100] } }
      """;

  private static final String FAULT = "fault";

  private static SparkSession spark;

  @TempDir Path folder;

  private static final String VECTORS =
      """
      format = libsvm, options { numFeatures = 3 }, label-column = label, feature-columns = null
      features-column = features, categorical = null
      """;

  private static final String[] HIDDEN_VECTORS = {
    "privacy.bounds = { features = [0, 100] }", "privacy.vector-size = 3"
  };

  @BeforeEach
  void open() {
    spark = LocalTraining.session(2);
  }

  private TrainingConfig config(String data, String... overrides) throws IOException {
    return LocalTraining.config(
        folder,
        """
        data {
          workers { a = "%s", b = "%s" }
          label-column = y
          feature-columns = [age, sex]
          categorical { sex { levels = [F, M] } }
          %s
        }
        %s
        """
            .formatted(folder.resolve("a"), folder.resolve("b"), data, PRIVACY),
        overrides);
  }

  /** Returns what tells a worker's rows apart, without those that are left out, of each worker. */
  private static List<List<String>> read(TrainingConfig config) {
    List<List<String>> read = read(config, true);
    assertFalse(read.toString().contains(FAULT), read.toString());
    return read;
  }

  private static List<List<String>> read(TrainingConfig config, boolean hidden) {
    List<Table> opened = new WorkerTables(spark, config).open(Reading.TO_FIT);
    FeatureEncoding encoding =
        FederatedPreprocessing.asGiven(FeatureColumns.draft(config.data(), opened));
    ModelShape shape = new ModelShape(encoding.width() == 0 ? 3 : encoding.width(), false);
    double[] primes = {1.0, 1009.0, 10_007.0};
    return new PartitionedRows(
            JavaSparkContext.fromSparkContext(spark.sparkContext()),
            hidden
                ? RowColumns.encodedBy(encoding, config)
                : RowColumns.encodedBy(encoding, config.data()),
            opened,
            List.of(),
            config.model().response(),
            1)
            .packed(
                (rows, own) -> {
                  ArrayList<String> all = new ArrayList<>();
                  while (rows.next()) {
                    if (rows.fault() != null) {
                      all.add(FAULT);
                    } else if (!rows.isIncomplete()) {
                      double score = rows.row().scores(shape, primes)[0];
                      all.add(rows.worker() + " " + rows.row().label() + " " + score);
                    }
                  }
                  return all;
                })
            .collect()
            .stream()
            .map(List::copyOf)
            .toList();
  }

  private void write(String header, List<String> ofA) throws IOException {
    write(header, ofA, ROWS);
  }

  private void write(String header, List<String> ofA, List<String> ofB) throws IOException {
    String before = header.isEmpty() ? "" : header + "\n";
    for (String worker : List.of("a", "b")) {
      List<String> lines = worker.equals("a") ? ofA : ofB;
      String text = lines.stream().map(line -> line + "\n").collect(Collectors.joining());
      Path own = Files.createDirectories(folder.resolve(worker));
      Files.write(own.resolve("rows.csv"), (before + text).getBytes(StandardCharsets.ISO_8859_1));
    }
  }

  private static List<String> with(String hostile, int place) {
    List<String> rows = new ArrayList<>(ROWS);
    rows.add(place, hostile);
    return rows;
  }

  /** Lines that are no records of four cells, of text in UTF-8. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "40,F,1",
        "40",
        "40,F,1,7,9",
        ",,,,,,,,,,,",
        "\"40,F,1,7",
        "40,\"F,1,7",
        "40,F,1,\"7",
        "\"40\"x,F,1,7",
        "40,F,\"1\"\"\"\",7",
        "4\u00000,F,1,7",
        "\u0000\u0000\u0000",
        "4\u00E90,F,1,7",
        "\u00FF\u00FE,F,1,7",
        "abc,F,1,7"
      })
  void read_csvLineThatIsNoRecord_leavesTheOthersAsTheyAre(String hostile) throws IOException {
    write("age,sex,y,z", ROWS);
    List<List<String>> without = read(config(""));
    assertEquals(ROWS.size(), without.get(0).size());
    assertEquals(ROWS.size(), without.get(1).size());

    for (int place : new int[] {0, 2, ROWS.size()}) {
      write("age,sex,y,z", with(hostile, place));
      assertEquals(without, read(config("")));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"abc,F,1,7", "40,F,1,z", "40,F,x,7", "1e400,F,1,7", "40,F,1", "4\"0,F,1,7"})
  void read_csvCellOfAnotherTypeThanDeclared_leavesTheOthersAsTheyAre(String hostile)
      throws IOException {
    String data =
        """
        schema = "age DOUBLE, sex STRING, y INT, z INT"
        options { header = true }
        where = "z > 7"
        """;
    write("age,sex,y,z", ROWS);
    List<List<String>> without = read(config(data));
    assertEquals(ROWS.size() - 1, without.get(0).size());

    for (int place : new int[] {0, 2, ROWS.size()}) {
      write("age,sex,y,z", with(hostile, place));
      assertEquals(without, read(config(data)));
    }
  }

  /** An expression, and a row at which it fails. */
  private static Stream<Arguments> failing() {
    return Stream.of("csv", "parquet", "orc")
        .flatMap(
            format ->
                Stream.of(
                    Arguments.of(format, "derive { age = \"1000 / (z - 7)\" }", "40,F,1,7"),
                    Arguments.of(format, "derive { age = \"2147483600 + z\" }", "40,F,1,500"),
                    Arguments.of(format, "derive { age = \"cast(sex as int)\" }", "40,F,1,9"),
                    Arguments.of(
                        format,
                        "derive { age = \"element_at(array(1, 2, 3), z - 10)\" }",
                        "40,F,1,10"),
                    Arguments.of(
                        format,
                        "derive { age = \"month(to_date(concat('2024-01-', z)))\" }",
                        "40,F,1,45"),
                    Arguments.of(
                        format,
                        "derive { age = \"length(repeat(sex, z - 8))\" }",
                        "40,F,1,2147483640"),
                    Arguments.of(
                        format,
                        "derive { age = \"if(repeat('ab', z) rlike '^(a|b)*$', z, 1)\" }",
                        "40,F,1,1000000"),
                    Arguments.of(format, "where = \"1 / (z - 7) > 0.2\"", "40,F,1,7"),
                    Arguments.of(format, "where = \"cast(sex as int) < 7\"", "40,F,1,9"),
                    Arguments.of(
                        format,
                        "derive { t = \"100 / (z - 7)\", age = \"t + 1\" }, where = \"t < 23\"",
                        "40,F,1,7")));
  }

  @ParameterizedTest
  @MethodSource("failing")
  void read_rowAtWhichAnExpressionFails_isLeftOutAlone(String format, String sql, String hostile)
      throws IOException {
    List<String> rows = List.of("40,1,1,11", "41,0,0,12", "42,1,1,13", "43,0,0,11");
    String data =
        "format = %s, %s, categorical { sex { levels = [F, M, 0, 1] } }".formatted(format, sql)
            + (format.equals("csv")
                ? ", schema = \"age DOUBLE, sex STRING, y INT, z INT\", options { header = true }"
                : "");
    table(format, rows, rows);
    List<List<String>> without = read(config(data));
    assertFalse(without.get(0).isEmpty());
    assertEquals(
        without.get(1), without.get(0).stream().map(row -> row.replace('a', 'b')).toList());

    for (int place : new int[] {0, 2, rows.size()}) {
      List<String> with = new ArrayList<>(rows);
      with.add(place, hostile);
      table(format, with, rows);
      assertEquals(without, read(config(data)));
      if (!sql.contains("repeat")) {
        assertTrue(read(config(data), false).get(0).contains(FAULT));
      }
    }
  }

  @Test
  void read_expressionsThatASourceMayEvaluateItself_areRefused() throws IOException {
    table("parquet", ROWS, ROWS);
    String key = "spark.sql.sources.useV1SourceList";
    String before = spark.conf().get(key);
    spark.conf().set(key, "");
    try {
      Dataset<Row> chosen =
          spark.read().parquet(folder.resolve("a").toString()).where("1 / (z - 7) > 0");
      String refusal =
          assertThrows(ConfigurationException.class, () -> RowwiseCells.of(chosen, true))
              .getMessage();
      assertTrue(refusal.startsWith("data.derive and data.where must not be set"), refusal);
    } finally {
      spark.conf().set(key, before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"1 1:x", "x 1:1", "1 9:1", "1 0:1", "1 2:1 1:1", "1 1", "1 :", "1 1:", ":"})
  void read_lineThatIsNoneOfLibsvm_leavesTheOthersAsTheyAre(String hostile) throws IOException {
    List<String> rows = List.of("1 1:40 2:1", "0 1:41", "1 1:42 3:2", "0 2:3");
    write("", rows, rows);
    List<List<String>> without = read(config(VECTORS, HIDDEN_VECTORS));
    assertEquals(rows.size(), without.get(0).size());

    for (int place : new int[] {0, 2, rows.size()}) {
      List<String> with = new ArrayList<>(rows);
      with.add(place, hostile);
      write("", with, rows);
      assertEquals(without, read(config(VECTORS, HIDDEN_VECTORS)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "40", "40,F,1,7,9", "\"", "a,b,c,d"})
  void read_firstLineOfFilesWithoutAHeader_changesNothingOfTheOthers(String hostile)
      throws IOException {
    String data = "columns = [age, sex, y, z]";
    write("", ROWS);
    List<List<String>> without = read(config(data));
    assertEquals(ROWS.size(), without.get(0).size());

    write("", with(hostile, 0));
    assertEquals(without, read(config(data)));
    write("", List.of());
    assertEquals(List.of(List.of(), without.get(1)), read(config(data)));
  }

  @Test
  void read_columnsThatAreFoundInRows_areRefused() throws IOException {
    write("age,sex,y,z", ROWS);
    TrainingConfig inSql = config("where = \"z > 7\"");
    String refusal = assertThrows(ConfigurationException.class, () -> read(inSql)).getMessage();
    assertTrue(refusal.startsWith("types of the csv columns z can't be found"), refusal);

    for (String format : List.of("csv", "parquet")) {
      table(format, ROWS, ROWS);
      spark
          .read()
          .option("header", true)
          .format(format)
          .load(folder.resolve("b").toString())
          .write()
          .option("header", true)
          .format(format)
          .partitionBy("z")
          .mode("overwrite")
          .save(folder.resolve("a").toString());
      TrainingConfig byFolder = config("format = " + format);
      assertEquals(
          "data.workers.a must have no folders z=VALUE where rows are hidden (privacy.unit): which"
              + " of them there are tells of rows. Write the column into the files",
          assertThrows(ConfigurationException.class, () -> read(byFolder)).getMessage());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "options.header = true, schema = \"age DOUBLE, sex STRING, y INT, z INT\""})
  void survey_rowsOfAnyKind_isTheSame(String data) throws IOException {
    write("age,sex,y,z", ROWS);
    DataSurvey.Found found = DataSurvey.of(spark, config(data));
    assertEquals(List.of("a", "b"), found.workers());
    assertEquals(List.of(), found.faults());

    List<List<String>> others =
        List.of(
            List.of(),
            with("abc,F,1,7", 0),
            with("40,X,1,7", 2),
            with("40,F,7,7", 3),
            with("40,F", 4),
            with("\"40,F,1,7", 5));
    for (List<String> rows : others) {
      write("age,sex,y,z", rows);
      assertEquals(said(found), said(DataSurvey.of(spark, config(data))));
    }
  }

  /** A file without any record is a worker's like another. */
  @Test
  void survey_fileWithoutARecord_isTheSame() throws IOException {
    write("age,sex,y,z", ROWS);
    DataSurvey.Found found = DataSurvey.of(spark, config(""));

    Files.writeString(folder.resolve("b").resolve("rows.csv"), "");

    assertEquals(said(found), said(DataSurvey.of(spark, config(""))));
  }

  @Test
  void survey_vectors_areAsLongAsTheConfigurationSays() throws IOException {
    write("", List.of("1 1:40"), List.of());

    DataSurvey.Found found = DataSurvey.of(spark, config(VECTORS, HIDDEN_VECTORS));

    assertEquals(3, found.encoding().width());
  }

  /** Returns a survey's findings without the seconds that it took. */
  private static DataSurvey.Found said(DataSurvey.Found found) {
    return new DataSurvey.Found(
        found.encoding(),
        found.workers(),
        found.evaluators(),
        found.skipped(),
        found.faults(),
        0.0);
  }

  private void table(String format, List<String> ofA, List<String> ofB) throws IOException {
    if (format.equals("csv")) {
      write("age,sex,y,z", ofA, ofB);
      return;
    }
    for (String worker : List.of("a", "b")) {
      spark
          .createDataset(worker.equals("a") ? ofA : ofB, Encoders.STRING())
          .selectExpr("split(value, ',') as s")
          .selectExpr(
              "cast(s[0] as double) age", "s[1] sex", "cast(s[2] as int) y", "cast(s[3] as int) z")
          .coalesce(1)
          .write()
          .format(format)
          .mode("overwrite")
          .save(folder.resolve(worker).toString());
    }
  }

  @Test
  void read_csvLineOfADialect_leavesTheOthersAsTheyAre() throws IOException {
    String data = "options { multiLine = false, escape = \"\\\\\", lineSep = \"\\n\" }";
    write("age,sex,y,z", ROWS);
    List<List<String>> without = read(config(data));

    for (String hostile : List.of("\"40,F,1,7", "40,\"F\\\",1,7", "\"40\\\\\"x,F,1,7", "\r")) {
      write("age,sex,y,z", with(hostile, 1));
      assertEquals(without, read(config(data)), hostile);
    }
  }

  /** How the only row of use is told from those that are of none. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "where = \"age < 20\", format = parquet",
        "where = \"age < 20\", schema = \"age DOUBLE, sex STRING, y INT, z INT\"",
        "missing-values = [40, 41, 42, 43, 44]",
        "categorical { sex { levels = [X, Y] } }"
      })
  void load_onlyRowOfUse_isNotToldByWhoTakesPart(String data) throws IOException {
    String format = data.contains("parquet") ? "parquet" : "csv";
    for (boolean ofOthers : new boolean[] {true, false}) {
      List<String> b = ofOthers ? with("10,X,0,3", 2) : ROWS;
      table(format, ROWS, b);
      String without = told(data);
      table(format, with("10,X,1,7", 1), b);
      assertEquals(without, told(data));
    }
  }

  /** Returns who takes part, and all else that is told of a training. */
  private String told(String data) throws IOException {
    StringBuilder told = new StringBuilder();
    for (String of :
        List.of(
            "model.family=logistic",
            "model.family=softmax data.label-levels=[0,1]",
            "model.family=linear privacy.label-bounds=[0,1]",
            "model.family=linear privacy.label-bounds=[0,1] algorithm.preset=private-statistics")) {
      String all = of + " privacy.rows=9 aggregation.mode=insecure-plain aggregation.min-workers=2";
      TrainingConfig config = config(data + ", split { test-fraction = 0.5 }", all.split(" "));
      Loaded loaded = new ShardLoader(spark, config).load();
      told.append(loaded.federation().workers()).append(loaded.skipped()).append(loaded.notes());
      TrainingResult result =
          new FederatedTrainer(
                  loaded.federation(), Presets.plan(config, loaded.encoding()), round -> {})
              .train();
      loaded.federation().close();
      told.append(result.rounds().size()).append(result.privacy().orElseThrow().releases());
    }
    return told.toString();
  }
}
