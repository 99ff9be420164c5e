package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.TrainingConfig;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files in other formats than csv that can be read in no way or in several: refused with the file
 * and the rule, with hosts and without, where Spark's readers would leave rows out or read values
 * as missing. All rows are on the plane {@code y = 1 + 2 x - 3 z}.
 */
@Timeout(180)
class FormatsIT {
  private static final List<String> WORKERS = List.of("a", "b", "c");
  private static final double[] PLANE = {2.0, -3.0, 1.0};

  /** Stands in files for what must not be shown. */
  private static final String SECRET = "31337";

  private static final String TYPES = "schema = \"x DOUBLE, z DOUBLE, y DOUBLE\"";
  private static final String JSON = "data { format = json, " + TYPES + " }\n";
  private static final String XML = "data { format = xml, options.rowTag = row, " + TYPES + " }\n";

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  @AfterAll
  static void stop() {
    spark.stop();
  }

  private static double x(int row) {
    return (row * 7) % 11 / 2.0;
  }

  private static double z(int row) {
    return (row * 5) % 13;
  }

  private static double y(int row) {
    return 1.0 + 2.0 * x(row) - 3.0 * z(row);
  }

  /** Rows {@code 8 worker} to {@code 8 worker + 7}. */
  private static IntStream rowsOf(String worker) {
    int first = 8 * WORKERS.indexOf(worker);
    return IntStream.range(first, first + 8);
  }

  private static String json(String worker) {
    return rowsOf(worker)
        .mapToObj(r -> "{\"x\":" + x(r) + ",\"z\":" + z(r) + ",\"y\":" + y(r) + "}\n")
        .collect(Collectors.joining());
  }

  private static String xml(String worker) {
    return "<rows>"
        + rowsOf(worker)
            .mapToObj(r -> "<row><x>" + x(r) + "</x><z>" + z(r) + "</z><y>" + y(r) + "</y></row>\n")
            .collect(Collectors.joining())
        + "</rows>\n";
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private String conf(String settings, boolean hosts) {
    StringBuilder text =
        new StringBuilder(
            """
            algorithm.preset = normal-equations
            data { label-column = y, feature-columns = [x, z] }
            """);
    String here = spark.sparkContext().env().blockManager().blockManagerId().host();
    for (String worker : WORKERS) {
      text.append("data.workers.%s { path = \"%s\"".formatted(worker, folder.resolve(worker)));
      text.append(hosts ? ", hosts = [\"" + here + "\"] }\n" : " }\n");
    }
    return text.append(settings).toString();
  }

  private double[] coefficients(String settings, boolean hosts) throws IOException {
    TrainingConfig config = LocalTraining.config(folder, conf(settings, hosts));
    return LocalTraining.train(spark, config).model().values();
  }

  private void assertRefused(String settings, String... told) {
    for (boolean hosts : new boolean[] {false, true}) {
      RuntimeException e =
          assertThrows(RuntimeException.class, () -> coefficients(settings, hosts));
      for (String part : told) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
      }
      assertFalse(e.getMessage().contains(SECRET), e.getMessage());
    }
  }

  /**
   * What worker b has in place of its rows.
   *
   * @param name for the test's name
   * @param text its file's, after good rows where it begins with a plus sign
   * @param settings more of them
   * @param told parts of the message
   */
  private record Broken(String name, String text, String settings, String... told) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Broken> broken() {
    String impute = JSON + "data.impute.columns = [z]\n";
    String drop = JSON + "data.missing = drop\n";
    String text = "{\"x\":1,\"z\":\"t" + SECRET + "\",\"y\":2}\n";
    return Stream.of(
        new Broken("text, imputed", "+" + text, impute, "worker b", "in file ", "/b"),
        new Broken("text, dropped", "+" + text, drop, "worker b", "in file ", "/b"),
        new Broken("text, filtered", "+" + text, JSON + "data.where = \"z > 0\"", "/b"),
        new Broken("a cut last line", "+{\"x\":1,\"z\":" + SECRET, drop, "/b", "cut off at line 9"),
        new Broken(
            "two on a line",
            json("b").replaceFirst("}\n", "} "),
            impute,
            "data.workers.b: file ",
            "/b has more at line 1 than one record"),
        new Broken(
            "the first of a text alone",
            json("b"),
            JSON + "data.options.multiLine = true",
            "data.workers.",
            "than one record"),
        new Broken(
            "no record", "+" + SECRET + "\n", drop, "/b", "line 9 a value that is no record"),
        new Broken(
            "a key twice",
            "+{\"x\":1,\"z\":2,\"y\":2,\"z\":" + SECRET + "}\n",
            JSON,
            "data.workers.b: file ",
            "has column z twice in a record at line 9"),
        new Broken(
            "another case in one record",
            "+{\"x\":1,\"Z\":" + SECRET + ",\"y\":2}\n",
            impute,
            "/b",
            "at line 9 a field that differs from column z in case only"),
        new Broken(
            "no such field",
            json("b").replace("\"z\"", "\"zz\""),
            impute,
            "worker b: column z (",
            ") does not exist in file ",
            "/b"),
        new Broken(
            "xml, no such field",
            xml("b").replace("z>", "zz>"),
            XML + "data.impute.columns = [z]",
            "worker b: column z (",
            ") does not exist in file "),
        new Broken(
            "xml, a field twice",
            xml("b").replaceFirst("<z>", "<z>" + SECRET + "</z><z>"),
            XML,
            "/b has column z twice in a record at line 1"),
        new Broken(
            "xml, another case",
            xml("b").replaceFirst("<z>([^<]*)</z>", "<Z>$1</Z>"),
            XML + "data.missing = drop",
            "/b has at line 1 a field that differs from column z in case only"),
        new Broken(
            "xml, cut",
            xml("b").substring(0, xml("b").lastIndexOf("<y>")) + "<y>" + SECRET,
            XML,
            "/b is malformed or cut off after line 8"),
        new Broken(
            "xml, no row",
            xml("b").replace("row>", "record>"),
            XML,
            "/b has no element row (data.options.rowTag)"),
        new Broken(
            "xml, text",
            xml("b").replaceFirst("<z>", "<z>t" + SECRET),
            XML + "data.missing = drop",
            "worker b",
            "in file ",
            "/b"));
  }

  @ParameterizedTest
  @MethodSource("broken")
  void load_recordsThatAreNone_areRefusedWithoutTheirContent(Broken broken) throws IOException {
    boolean isXml = broken.settings().contains("xml");
    for (String worker : WORKERS) {
      write(folder.resolve(worker), isXml ? xml(worker) : json(worker));
    }
    String text = broken.text();
    write(folder.resolve("b"), text.startsWith("+") ? json("b") + text.substring(1) : text);

    assertRefused(broken.settings(), broken.told());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void load_bytesOfAnotherEncoding_areRefused(boolean isXml) throws IOException {
    for (String worker : WORKERS) {
      write(folder.resolve(worker), isXml ? xml(worker) : json(worker));
    }
    String text =
        isXml
            ? xml("b").replaceFirst("<x>", "<n>\u00e9</n><x>")
            : json("b").replaceFirst("\"x\"", "\"n\":\"\u00e9\",\"x\"");
    Files.write(folder.resolve("b"), text.getBytes(StandardCharsets.ISO_8859_1));

    String read = isXml ? XML : JSON;
    assertRefused(read, "/b has bytes that are none of its encoding's");
    String encoded = read + "data.options { encoding = ISO-8859-1, lineSep = \"\\n\" }";
    assertArrayEquals(PLANE, coefficients(encoded, true), 1e-9);
  }

  /** Spark reads these as they are meant. */
  @Test
  void train_recordsInOtherShapes_areRead() throws IOException {
    for (String worker : WORKERS) {
      String records = json(worker).trim().replace("\n", ",\n");
      write(folder.resolve(worker), "[" + records + "]\n");
    }
    assertArrayEquals(PLANE, coefficients(JSON + "data.options.multiLine = true", true), 1e-9);

    for (String worker : WORKERS) {
      String records = json(worker).replace("\n", "\r\n \r\n").replace('"', '\'');
      write(folder.resolve(worker), "\uFEFF" + records + "[]");
    }
    assertArrayEquals(PLANE, coefficients(JSON, false), 1e-9);

    for (String worker : WORKERS) {
      String attributes = xml(worker).replaceAll("<row><x>([^<]*)</x>", "<row x=\"$1\">");
      write(folder.resolve(worker), "<?xml version=\"1.0\"?>\n<!-- row -->" + attributes);
    }
    assertArrayEquals(PLANE, coefficients(XML + "data.options.attributePrefix = \"\"", true), 1e-9);
  }

  @ParameterizedTest
  @MethodSource("plain")
  void train_goodFiles_areRead(String settings) throws IOException {
    for (String worker : WORKERS) {
      write(folder.resolve(worker), settings.contains("xml") ? xml(worker) : json(worker));
    }

    assertArrayEquals(PLANE, coefficients(settings, false), 1e-9);
    assertArrayEquals(PLANE, coefficients(settings, true), 1e-9);
  }

  static Stream<String> plain() {
    return Stream.of(JSON, XML, JSON + "data.options.mode = failfast");
  }

  @ParameterizedTest
  @MethodSource("otherNames")
  void load_anotherNameOfAFormat_isRefusedWithItsShortName(String name, String shortName)
      throws IOException {
    for (String worker : WORKERS) {
      write(folder.resolve(worker), json(worker));
    }

    for (String settings : List.of("", "data." + TYPES)) {
      RuntimeException e =
          assertThrows(
              RuntimeException.class,
              () -> coefficients("data.format = \"" + name + "\"\n" + settings, false));
      assertTrue(e.getMessage().contains("set data.format = " + shortName), e.getMessage());
    }
  }

  static Stream<Arguments> otherNames() {
    String sources = "org.apache.spark.sql.execution.datasources.";
    return Stream.of(
            "csv com.databricks.spark.csv",
            "csv " + sources + "csv.CSVFileFormat",
            "csv " + sources + "v2.csv.CSVDataSourceV2",
            "json org.apache.spark.sql.json",
            "json " + sources + "json.JsonFileFormat",
            "xml com.databricks.spark.xml",
            "text " + sources + "text.TextFileFormat",
            "orc " + sources + "orc.OrcFileFormat",
            "parquet org.apache.spark.sql.parquet",
            "libsvm org.apache.spark.ml.source.libsvm.LibSVMFileFormat")
        .map(line -> line.split(" "))
        .map(pair -> Arguments.of(pair[1], pair[0]));
  }

  /** Writes worker's rows as files of their own, the second with other columns. */
  private void writeTwo(String format, String worker, String... secondColumns) {
    Path table = folder.resolve(worker);
    Dataset<Row> rows =
        spark.read().schema("x DOUBLE, z DOUBLE, y DOUBLE").json(jsonRows(worker)).coalesce(1);
    rows.limit(3).coalesce(1).write().format(format).save(table.resolve("1").toString());
    rows.offset(3)
        .coalesce(1)
        .selectExpr(secondColumns)
        .write()
        .format(format)
        .save(table.resolve("2").toString());
  }

  private static Dataset<String> jsonRows(String worker) {
    return spark.createDataset(json(worker).lines().toList(), Encoders.STRING());
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc"})
  void load_fileWithoutAColumnThatIsRead_isRefused(String format) {
    writeTwo(format, "a", "y", "Z", "x", "'n' note");
    writeTwo(format, "b", "y", "x");
    writeTwo(format, "c", "x", "z", "y");
    String data = "data { format = " + format + ", " + TYPES + " }\n";
    String[] told = {"worker b: column z (", ") does not exist in file ", "/b/2/part-"};

    for (String more :
        List.of(
            "",
            "data.impute.columns = [z]",
            "data.missing = drop",
            "data.where = \"z > 0\"",
            "data { feature-columns = [x, w], derive.w = \"z * 2\" }",
            "data { formula = \"y ~ x + Z\", label-column = null, feature-columns = null }")) {
      assertRefused(data + more, told);
    }
    assertDoesNotThrow(() -> coefficients(data + "data.feature-columns = [x]", true));
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc"})
  void train_filesWithColumnsInAnyOrderAndCase_areRead(String format) throws IOException {
    writeTwo(format, "a", "y", "Z", "x", "'n' note");
    writeTwo(format, "b", "x", "z", "y", "1 extra");
    writeTwo(format, "c", "x", "z", "y");

    assertArrayEquals(
        PLANE, coefficients("data { format = " + format + ", " + TYPES + " }", true), 1e-9);
    assertArrayEquals(PLANE, coefficients("data.format = " + format, false), 1e-9);
  }

  @ParameterizedTest
  @ValueSource(strings = {"parquet", "orc"})
  void load_columnOfTwoTypes_isRefused(String format) {
    writeTwo(format, "a", "x", "z", "y");
    writeTwo(format, "b", "x", "cast(z as int) z", "y");
    writeTwo(format, "c", "x", "z", "y");

    assertRefused(
        "data { format = " + format + ", " + TYPES + " }",
        "worker b: column z (data.feature-columns) is of type double in file ",
        "/b/1/part-",
        "of type int in file ",
        "/b/2/part-");
  }

  @Test
  void load_columnOfTheFileAndItsFolder_isRefused() {
    for (String worker : WORKERS) {
      spark
          .read()
          .schema("x DOUBLE, z DOUBLE, y DOUBLE")
          .json(jsonRows(worker))
          .write()
          .parquet(folder.resolve(worker + "/x=7").toString());
    }

    RuntimeException e =
        assertThrows(RuntimeException.class, () -> coefficients("data.format = parquet\n", false));
    assertTrue(e.getMessage().contains("column x (data.feature-columns) stands in file "));
  }

  /**
   * Paths of the workers.
   *
   * @param told parts of the message, without hosts and with the same ones
   */
  private record Shared(String a, String b, String c, String... told) {
    @Override
    public String toString() {
      return a + ", " + b + ", " + c;
    }
  }

  static Stream<Shared> shared() {
    String[] ab = {"is read by worker b and by worker a", "each file belongs to one worker"};
    return Stream.of(
        new Shared("a", "a", "c", ab),
        new Shared("a", "./../DIR/a", "c", ab),
        new Shared("a", "soft", "c", ab),
        new Shared("a", "softly/a", "c", ab),
        new Shared("a", "hard", "c", ab),
        new Shared("a", "[ab]", "c", ab),
        new Shared("a", "b", "d", "d/a is read by worker c and by worker a"),
        new Shared("a", "b", "{c,d/c}", "is read twice by worker c"));
  }

  @ParameterizedTest
  @MethodSource("shared")
  void load_fileOfTwoWorkers_isRefused(Shared shared) throws IOException {
    for (String worker : WORKERS) {
      write(folder.resolve(worker), json(worker));
    }
    Files.createSymbolicLink(folder.resolve("soft"), folder.resolve("a"));
    Files.createSymbolicLink(folder.resolve("softly"), folder);
    Files.createLink(folder.resolve("hard"), folder.resolve("a"));
    Files.createDirectories(folder.resolve("d"));
    for (String worker : List.of("a", "c")) {
      Files.createLink(folder.resolve("d").resolve(worker), folder.resolve(worker));
    }
    Map<String, String> paths = Map.of("a", shared.a(), "b", shared.b(), "c", shared.c());

    for (boolean isCsv : new boolean[] {false, true}) {
      String format =
          isCsv
              ? "data { label-column = _c1, feature-columns = [_c0], options { header = false, quote = \"\" } }\n"
              : JSON;
      for (boolean hosts : new boolean[] {false, true}) {
        String conf = conf(format, hosts);
        for (String worker : WORKERS) {
          conf =
              conf.replace(
                  folder.resolve(worker) + "\"",
                  folder
                      + "/"
                      + paths.get(worker).replace("DIR", "" + folder.getFileName())
                      + "\"");
        }
        TrainingConfig config = LocalTraining.config(folder, conf);
        RuntimeException e =
            assertThrows(RuntimeException.class, () -> new ShardLoader(spark, config).load());
        for (String part : shared.told()) {
          assertTrue(e.getMessage().contains(part), e.getMessage());
        }
      }
    }
  }

  /** Columns {@code year} and {@code site} of folders are the features beside x. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "json", "parquet"})
  void train_patternOfFoldersThatGiveColumns_hasThem(String format) throws IOException {
    double[] expected = null;
    for (String pattern :
        List.of("", "/year=*", "/year=*/site=?", "/year=*/site=*/part*", "/*", "/y*/*/*.%s")) {
      Path root = folder.resolve("at" + pattern.length());
      for (String worker : WORKERS) {
        for (int year = 1; year <= 2; year++) {
          for (int site = 3; site <= 4; site++) {
            int first = 2 * (year - 1) + 4 * (site - 3);
            int[] own = rowsOf(worker).skip(first).limit(2).toArray();
            String rows =
                IntStream.of(own)
                    .mapToObj(r -> "{\"x\":" + x(r) + ",\"y\":" + y(r) + "}")
                    .collect(Collectors.joining("\n"));
            spark
                .read()
                .schema("x DOUBLE, y DOUBLE")
                .json(spark.createDataset(rows.lines().toList(), Encoders.STRING()))
                .coalesce(1)
                .write()
                .option("header", true)
                .format(format)
                .save(root.resolve(worker + "/year=" + year + "/site=" + site).toString());
          }
        }
      }
      StringBuilder text = new StringBuilder("algorithm.preset = normal-equations\n");
      text.append("data { label-column = y, feature-columns = [x, year, site] }\n");
      for (String worker : WORKERS) {
        text.append(
            "data.workers.%s = \"%s%s\"\n"
                .formatted(worker, root.resolve(worker), pattern.formatted(format)));
      }
      text.append("data.format = " + format);
      TrainingConfig config = LocalTraining.config(folder, text.toString());
      double[] found = LocalTraining.train(spark, config).model().values();
      assertTrue(expected == null || found.length == 4);
      assertArrayEquals(expected == null ? found : expected, found, 1e-9, pattern);
      expected = found;
    }
  }

  @Test
  void load_fileBesideFoldersThatGiveAColumn_isNotLeftOut() {
    for (String worker : WORKERS) {
      Dataset<Row> rows =
          spark.read().schema("x DOUBLE, z DOUBLE, y DOUBLE").json(jsonRows(worker)).coalesce(1);
      rows.write().parquet(folder.resolve(worker).toString());
      if (worker.equals("b")) {
        rows.write().parquet(folder.resolve("b/part=1").toString());
      }
    }

    RuntimeException e =
        assertThrows(RuntimeException.class, () -> coefficients("data.format = parquet\n", false));
    assertTrue(e.getMessage().startsWith("data.workers.b: file "), e.getMessage());
    assertTrue(e.getMessage().contains("would be left out"), e.getMessage());
  }
}
