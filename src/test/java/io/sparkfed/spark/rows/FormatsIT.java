package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
}
