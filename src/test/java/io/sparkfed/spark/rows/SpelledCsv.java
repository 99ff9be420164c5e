package io.sparkfed.spark.rows;

import io.sparkfed.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.commons.math3.stat.regression.OLSMultipleLinearRegression;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** A table of three workers, in csv files that a test writes, and its least squares. */
abstract class SpelledCsv {
  /** By worker: x1, x2, y. */
  static final Map<String, double[][]> ROWS =
      new TreeMap<>(
          Map.of(
              "a", new double[][] {{9, 10, 1}, {20, 100, 3}, {5, 40, 2}, {120, 13, 4}},
              "b", new double[][] {{8, 9, 2}, {30, 200, 5}, {7.5, 61, 3}, {150, 14, 1}},
              "c", new double[][] {{6, 70, 4}, {40, 300, 2}, {3, 20, 6}, {110, 12, 5}}));

  /** Stands in files for what must not be shown. */
  static final String SECRET = "31337";

  static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  static String csv(String worker, String columns) {
    return csv(worker, columns, ",", 0, 4);
  }

  static String csv(String worker, String columns, String separator, int from, int to) {
    String[] names = columns.split(",");
    StringBuilder text = new StringBuilder(String.join(separator, names)).append('\n');
    for (double[] row : Arrays.copyOfRange(ROWS.get(worker), from, to)) {
      text.append(
          Arrays.stream(names)
              .map(
                  name ->
                      switch (name.strip().toLowerCase(Locale.ROOT)) {
                        case "x1" -> number(row[0]);
                        case "x2" -> number(row[1]);
                        case "y" -> number(row[2]);
                        default -> "text";
                      })
              .collect(Collectors.joining(separator)));
      text.append('\n');
    }
    return text.toString();
  }

  static String number(double value) {
    return value == Math.rint(value) ? String.valueOf((long) value) : String.valueOf(value);
  }

  static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  static void plain(Path folder) throws IOException {
    for (String worker : ROWS.keySet()) {
      write(folder.resolve(worker), csv(worker, "x1,x2,y"));
    }
  }

  static String body(String csv) {
    return csv.substring(csv.indexOf('\n') + 1);
  }

  String conf(Path files, String settings, boolean hosts) {
    StringBuilder text =
        new StringBuilder(
            """
            algorithm.preset = normal-equations
            data { label-column = y, feature-columns = [x1, x2] }
            """);
    String here = spark.sparkContext().env().blockManager().blockManagerId().host();
    for (String worker : ROWS.keySet()) {
      text.append("data.workers.%s { path = \"%s\"".formatted(worker, files.resolve(worker)));
      text.append(hosts ? ", hosts = [\"" + here + "\"] }\n" : " }\n");
    }
    return text.append(settings).toString();
  }

  double[] coefficients(String conf) throws IOException {
    TrainingConfig config = LocalTraining.config(folder, conf);
    return LocalTraining.train(spark, config).model().values();
  }

  /** Least squares over the rows that fit; the last coefficient is the intercept. */
  static double[] leastSquares(Predicate<double[]> used, Function<double[], double[]> features) {
    List<double[]> rows = new ArrayList<>();
    ROWS.values().forEach(own -> Arrays.stream(own).filter(used).forEach(rows::add));
    OLSMultipleLinearRegression regression = new OLSMultipleLinearRegression();
    regression.newSampleData(
        rows.stream().mapToDouble(row -> row[2]).toArray(),
        rows.stream().map(features).toArray(double[][]::new));
    double[] interceptFirst = regression.estimateRegressionParameters();
    double[] last = Arrays.copyOfRange(interceptFirst, 1, interceptFirst.length + 1);
    last[last.length - 1] = interceptFirst[0];
    return last;
  }

  static double[] both(double[] row) {
    return Arrays.copyOf(row, 2);
  }
}
