package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Standardize;
import io.sparkfed.spark.cluster.SparkFederation;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One table of three workers in many spellings of csv: each is read as the same rows, with hosts
 * and without. The coefficients are those of least squares.
 */
@Timeout(180)
class CsvReadingIT extends SpelledCsv {
  /** Writes the files of a spelling; returns settings. */
  private interface Spelling {
    String write(Path folder) throws IOException;
  }

  /**
   * A spelling of the table.
   *
   * @param name for the test's name
   * @param files writes {@code a}, {@code b} and {@code c} and returns settings
   */
  private record Same(String name, Spelling files) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Same> same() {
    return Stream.of(
        new Same(
            "plain",
            f -> {
              plain(f);
              return "";
            }),
        new Same(
            "columns in another order, one more, other case",
            f -> {
              plain(f);
              write(f.resolve("b"), csv("b", "Y,note,X2,x1"));
              return "";
            }),
        new Same(
            "schema beside headers in another order",
            f -> {
              plain(f);
              write(f.resolve("b"), csv("b", "y,note,x2,x1"));
              return "data.schema = \"x1 DOUBLE, x2 DOUBLE, y DOUBLE\", data.options.header = TRUE\n";
            }),
        new Same(
            "schema of one column",
            f -> {
              plain(f);
              write(f.resolve("b"), csv("b", "y,x2,x1"));
              return "data { schema = \"x2 DECIMAL(10,2)\", options.header = \"True\" }\n";
            }),
        new Same(
            "files of one folder in two orders, sub-folders, hidden and empty files",
            f -> {
              plain(f);
              Files.delete(f.resolve("b"));
              write(f.resolve("b/0.csv"), csv("b", "x1,x2,y", ",", 0, 1));
              write(f.resolve("b/sub/1.csv"), csv("b", "y,x2,x1", ",", 1, 2));
              write(f.resolve("b/sub/deep/2.csv"), csv("b", "x2,note,y,x1", ",", 2, 4));
              write(f.resolve("b/_SUCCESS"), "");
              write(f.resolve("b/.hidden.csv"), "x1,x2,y\n1,1,1\n");
              write(f.resolve("b/sub/_temporary/3.csv"), "x1,x2,y\n1,1,1\n");
              write(f.resolve("b/empty.csv"), "");
              write(f.resolve("b/header.csv"), "x2,y,x1\n");
              return "";
            }),
        new Same(
            "gzip, byte order mark, line ends, blanks around names",
            f -> {
              plain(f);
              Files.delete(f.resolve("a"));
              Files.createDirectories(f.resolve("a"));
              try (OutputStream out =
                  new GZIPOutputStream(Files.newOutputStream(f.resolve("a/x.csv.gz")))) {
                out.write(csv("a", "x1, x2 ,\ty").getBytes(StandardCharsets.UTF_8));
              }
              write(f.resolve("b"), "\uFEFF" + csv("b", "x1,x2,y").replace("\n", "\r\n"));
              write(f.resolve("c"), "\n" + csv("c", "x1,x2,y").replace("\n", "\r"));
              return "";
            }),
        new Same(
            "a dialect of one worker",
            f -> {
              plain(f);
              String semicolons = csv("b", "x1,x2,stra\u00DFe,y", ";", 0, 4).replace('.', ',');
              Files.write(f.resolve("b"), semicolons.getBytes(StandardCharsets.ISO_8859_1));
              return "data.workers.b { options { sep = \";\", encoding = \"ISO-8859-1\" },"
                  + " decimal = \",\" }\n";
            }),
        new Same(
            "decimal commas in quotes at everybody's",
            f -> {
              plain(f);
              for (String worker : ROWS.keySet()) {
                write(
                    f.resolve(worker),
                    "x1,x2,y\n"
                        + body(csv(worker, "x1,x2,y"))
                            .replaceAll("([0-9.]+)(?=[,\n])", "\"$1\"")
                            .replace('.', ','));
              }
              return "data.decimal = \",\"\n";
            }),
        new Same(
            "without headers, by names",
            f -> {
              plain(f);
              for (String worker : ROWS.keySet()) {
                write(f.resolve(worker), body(csv(worker, "x2,y,x1")));
              }
              return "data { columns = [x2, y, x1], options.header = false }\n";
            }),
        new Same(
            "one worker without a header",
            f -> {
              plain(f);
              write(f.resolve("b"), body(csv("b", "x2,y,x1")));
              return "data.workers.b { columns = [x2, y, x1] }\n";
            }),
        new Same(
            "without headers, by a schema",
            f -> {
              plain(f);
              for (String worker : ROWS.keySet()) {
                write(f.resolve(worker), body(csv(worker, "x2,y,x1")));
              }
              return "data.schema = \"x2 DOUBLE, y INT, x1 DOUBLE\"\n";
            }),
        new Same(
            "without headers, by position",
            f -> {
              plain(f);
              for (String worker : ROWS.keySet()) {
                write(f.resolve(worker), body(csv(worker, "x2,y,x1")));
              }
              return "data { options.header = false, label-column = _c1,"
                  + " feature-columns = [_c2, _c0] }\n";
            }),
        new Same(
            "lines in quotes, comments, text columns with odd quotes",
            f -> {
              plain(f);
              write(
                  f.resolve("b"),
                  "x1,note,x2,y\n"
                      + csv("b", "x1,x2,y")
                          .lines()
                          .skip(1)
                          .map(line -> line.replaceFirst(",", ",\"1\n2,3 \"\"q\"\"\","))
                          .collect(Collectors.joining("\n#1,2,3,4\n")));
              return "data.options.comment = \"#\"\n";
            }));
  }

  @ParameterizedTest
  @MethodSource("same")
  void train_tableInAnySpelling_isTheSameRows(Same spelling) throws IOException {
    String settings = spelling.files().write(folder);
    double[] expected = leastSquares(row -> true, CsvReadingIT::both);

    for (boolean hosts : new boolean[] {false, true}) {
      assertArrayEquals(expected, coefficients(conf(folder, settings, hosts)), 1e-9);
    }
  }

  /**
   * What SQL makes of columns.
   *
   * @param settings HOCON
   * @param used the rows that are left
   * @param features what the features are of the rows' numbers
   */
  private record Sql(
      String settings, Predicate<double[]> used, Function<double[], double[]> features) {
    static Sql where(String sql, Predicate<double[]> used) {
      return new Sql("data.where = \"" + sql + "\"", used, CsvReadingIT::both);
    }

    static Sql derive(String sql, Function<double[], Double> feature) {
      return new Sql(
          "data { derive.m = \"" + sql + "\", feature-columns = [m] }",
          row -> true,
          row -> new double[] {feature.apply(row)});
    }

    @Override
    public String toString() {
      return settings;
    }
  }

  static Stream<Sql> sql() {
    return Stream.of(
        Sql.where("x1 < x2", row -> row[0] < row[1]),
        Sql.where("x1 > 9", row -> row[0] > 9),
        Sql.where("x1 between 6 and 40", row -> row[0] >= 6 && row[0] <= 40),
        Sql.where("x1 in (9, 20, 8, 30, 6)", row -> List.of(9., 20., 8., 30., 6.).contains(row[0])),
        Sql.where("x1 != '8'", row -> row[0] != 8),
        Sql.where("not flag and day < '2024-03-01'", row -> row[0] >= 10),
        Sql.where("`X 3` <= 20 and `x 3` = x1", row -> row[0] <= 20),
        Sql.derive("greatest(x1, x2)", row -> Math.max(row[0], row[1])),
        Sql.derive("x2 / 10", row -> row[1] / 10),
        Sql.derive("case when x1 < x2 then x1 else 0 end", row -> row[0] < row[1] ? row[0] : 0.0),
        Sql.derive("coalesce(hole, x1) + 1", row -> row[0] + 1),
        new Sql(
            "data { derive { m = \"twice + x2\", twice = \"X1 * 2\" }, feature-columns = [m],"
                + " where = \"Twice > 15\" }",
            row -> 2 * row[0] > 15,
            row -> new double[] {2 * row[0] + row[1]}),
        new Sql(
            "data { derive { s = \"coalesce(hole, 'NA')\" }, where = \"s = 'NA' and x1 > 6\" }",
            row -> row[0] > 6,
            CsvReadingIT::both),
        new Sql(
            "data { derive.x1 = \"x1 * 2\", where = \"x1 > 15\" }",
            row -> 2 * row[0] > 15,
            row -> new double[] {2 * row[0], row[1]}),
        new Sql(
            "data { schema = \"day STRING, x2 INT\", options.header = true,"
                + " where = \"day like '%-02-%' or x2 < 60\" }",
            row -> row[0] >= 10 || row[1] < 60, CsvReadingIT::both),
        new Sql(
            "data { options.inferSchema = false, where = \"x1 > '5'\" }",
            row -> number(row[0]).compareTo("5") > 0,
            CsvReadingIT::both));
  }

  /**
   * At worker b decimal commas, another order, 8 as 8,0 and a column that is missing everywhere.
   */
  @ParameterizedTest
  @MethodSource("sql")
  void train_sqlOfColumns_isThatOfTheirNumbers(Sql sql) throws IOException {
    for (String worker : ROWS.keySet()) {
      List<String> names = new ArrayList<>(List.of("x1", "x2", "y", "x 3", "flag", "day", "hole"));
      StringBuilder text = new StringBuilder();
      if (worker.equals("b")) {
        Collections.reverse(names);
      }
      text.append(String.join(";", names)).append('\n');
      for (double[] row : ROWS.get(worker)) {
        Map<String, String> cells =
            Map.of(
                "x1",
                row[0] == 8 ? "8.0" : number(row[0]),
                "x2",
                number(row[1]),
                "y",
                number(row[2]),
                "x 3",
                number(row[0]),
                "flag",
                row[0] < 10 ? "TRUE" : "false",
                "day",
                row[0] < 10 ? "2024-03-01" : "2024-02-29",
                "hole",
                "NA");
        List<String> line = names.stream().map(cells::get).toList();
        String joined = String.join(";", line);
        text.append(worker.equals("b") ? joined.replace('.', ',') : joined).append('\n');
      }
      write(folder.resolve(worker), text.toString());
    }
    String settings =
        "data { options.sep = \";\", workers.b.decimal = \",\", min-worker-rows = 1 }\n"
            + sql.settings();
    boolean hosts = sql.settings().length() % 2 == 0;

    assertArrayEquals(
        leastSquares(sql.used(), sql.features()),
        coefficients(conf(folder, settings, hosts)),
        1e-9);
  }

  @Test
  void train_missingTextsOfOneWorker_areImputedAsNulls() throws IOException {
    plain(folder);
    write(folder.resolve("b"), csv("b", "x1,x2,y").replace("30,", "-9.0,").replace("150,", " ,"));
    write(folder.resolve("c"), csv("c", "x1,x2,y").replace("40,", "N/A,"));
    double mean = (9 + 20 + 5 + 120 + 8 + 7.5 + 6 + 3 + 110) / 9;
    List<Double> missing = List.of(30.0, 150.0, 40.0);

    assertArrayEquals(
        leastSquares(
            row -> true, row -> new double[] {missing.contains(row[0]) ? mean : row[0], row[1]}),
        coefficients(
            conf(
                folder,
                "data.impute.columns = [x1]\ndata.workers.b.missing-values = [\"-9\"]\n",
                false)),
        1e-9);
  }

  /** Folders give a column; the table's rows then lie with their workers. */
  @Test
  void train_pooledTables_areTheSameRows() throws IOException {
    StringBuilder pooled = new StringBuilder("y,site,x2,x1\n");
    for (String worker : ROWS.keySet()) {
      write(folder.resolve("t/site=0" + worker + "/x.csv"), csv(worker, "x2,y,x1"));
      csv(worker, "y,x2,x1")
          .lines()
          .skip(1)
          .forEach(l -> pooled.append(l.replaceFirst(",", "," + worker + ",")).append('\n'));
    }
    write(folder.resolve("pooled.csv"), pooled.toString());
    for (String path : List.of("t", "pooled.csv")) {
      String conf =
          "algorithm.preset = normal-equations\ndata { label-column = y, feature-columns = [x1, x2],"
              + " where = \"x1 < x2 and site != '0d'\", worker-column = site, path = \""
              + folder.resolve(path)
              + "\" }\n";

      assertArrayEquals(
          leastSquares(row -> row[0] < row[1], CsvReadingIT::both), coefficients(conf), 1e-9);
      try (SparkFederation federation =
          new ShardLoader(spark, LocalTraining.config(folder, conf)).load().federation()) {
        assertEquals(
            path.equals("t") ? List.of("0a", "0b", "0c") : List.of("a", "b", "c"),
            federation.workers());
      }
    }
  }

  /** Too few for a secure sum, whose rows are written out anyway. */
  @Test
  void predict_twoWorkers_seesTheTypesOfTheirColumns() throws IOException {
    String conf =
        "data { workers { a = \"%s\", b = \"%s\" }, label-column = y, feature-columns = [m],"
                .formatted(folder.resolve("a"), folder.resolve("b"))
            + " derive.m = \"greatest(x1, x2) / 10\", where = \"x1 < x2\" }\n";
    TrainingConfig config = LocalTraining.config(folder, conf);
    FeatureEncoding encoding = FeatureEncoding.ofNumbers(List.of("m"));
    Coefficients model = new Coefficients(new ModelShape(1, true), new double[] {2, 1});
    Map<String, Double> expected = new TreeMap<>();
    for (String worker : List.of("a", "b")) {
      write(folder.resolve(worker), csv(worker, "x1,x2,y"));
      for (double[] row : ROWS.get(worker)) {
        if (row[0] < row[1]) {
          expected.put(number(row[0]), 2 * row[1] / 10 + 1);
        }
      }
    }

    Map<String, Double> found = new TreeMap<>();
    new Predictor(spark, config, model, Standardize.NONE, encoding)
        .predict(schema -> {})
        .rows()
        .select("x1", "prediction")
        .collectAsList()
        .forEach(row -> found.put(row.getString(0), row.getDouble(1)));

    assertEquals(expected, found);
  }

  /** As csv and as it is with hosts, other files of sub-folders are read, too. */
  @Test
  void train_parquetInSubFolders_isTheSameRows() throws IOException {
    for (String worker : ROWS.keySet()) {
      String file = folder.resolve(worker + ".csv").toString();
      write(Path.of(file), csv(worker, "x1,x2,y"));
      Dataset<Row> rows = spark.read().option("header", true).csv(file);
      rows.limit(2).write().parquet(folder.resolve(worker).toString());
      rows.offset(2).write().parquet(folder.resolve(worker + "/sub/deep").toString());
    }

    for (boolean hosts : new boolean[] {false, true}) {
      assertArrayEquals(
          leastSquares(row -> true, CsvReadingIT::both),
          coefficients(conf(folder, "data.format = parquet\n", hosts)),
          1e-9);
    }
  }
}
