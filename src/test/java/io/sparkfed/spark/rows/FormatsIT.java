package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
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
class FormatsIT extends FormatFiles {
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
        new Broken("text, imputed", "+" + text, impute, "worker b, file ", "/b: "),
        new Broken("text, dropped", "+" + text, drop, "worker b, file ", "/b: "),
        new Broken(
            "text, filtered",
            "+" + text,
            JSON + "data.where = \"z > 0\"",
            "a worker: a row can't be read"),
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
            "worker b, file ",
            "/b: "));
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
}
