package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files of a worker that differ in their columns, that another worker names, too, or that lie in
 * folders.
 */
@Timeout(180)
class FilesOfWorkersIT extends FormatFiles {
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

  /** Writes each worker's rows into {@code WORKER/year=Y/site=S}, two into each. */
  private void writeByYearAndSite(String format) {
    for (String worker : WORKERS) {
      String rows =
          rowsOf(worker)
              .mapToObj(
                  r ->
                      "{\"x\":%s,\"y\":%s,\"year\":%d,\"site\":%d}"
                          .formatted(x(r), y(r), 1 + r / 2 % 2, 3 + r / 4 % 2))
              .collect(Collectors.joining("\n"));
      spark
          .read()
          .schema("x DOUBLE, y DOUBLE, year INT, site INT")
          .json(spark.createDataset(rows.lines().toList(), Encoders.STRING()))
          .coalesce(1)
          .write()
          .partitionBy("year", "site")
          .option("header", true)
          .format(format)
          .save(folder.resolve(worker).toString());
    }
  }

  /** Columns {@code year} and {@code site} of folders are the features beside x. */
  @ParameterizedTest
  @ValueSource(strings = {"csv", "json", "parquet"})
  void train_patternOfFoldersThatGiveColumns_hasThem(String format) throws IOException {
    writeByYearAndSite(format);
    double[] expected = null;
    for (String pattern :
        List.of("", "/year=*", "/year=*/site=?", "/year=*/site=*/part*", "/*", "/y*/*/*.%s")) {
      StringBuilder text = new StringBuilder("algorithm.preset = normal-equations\n");
      text.append("data { label-column = y, feature-columns = [x, year, site] }\n");
      for (String worker : WORKERS) {
        text.append(
            "data.workers.%s = \"%s%s\"\n"
                .formatted(worker, folder.resolve(worker), pattern.formatted(format)));
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
