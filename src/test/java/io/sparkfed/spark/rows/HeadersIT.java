package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Headers of csv files that give one name to several columns: what can be read of them. */
@Timeout(180)
class HeadersIT {
  /** The second column is the label wherever it is read. */
  private static final double[][] ROWS = {{1, 0, 1}, {2, 2, 1}, {4, 3, 2}, {3, 1, 2}, {9, 4, 5}};

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  private static String csv(String header) {
    return header
        + "\n"
        + Stream.of(ROWS)
            .map(row -> (int) row[0] + "," + (int) row[1] + "," + (int) row[2] + "\n")
            .collect(Collectors.joining());
  }

  private void write(String path, String text) throws IOException {
    Path file = folder.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private double[] coefficients(String settings) throws IOException {
    StringBuilder text =
        new StringBuilder("algorithm.preset = normal-equations\naggregation.min-workers = 2\n");
    for (String worker : List.of("a", "b")) {
      text.append("data.workers.%s = \"%s\"\n".formatted(worker, folder.resolve(worker)));
    }
    TrainingConfig config = LocalTraining.config(folder, text + settings);
    return LocalTraining.train(spark, config).model().values();
  }

  /**
   * Files of workers a and b, and what is read of them.
   *
   * @param a the header of worker a
   * @param b that of worker b, after the file's name and a colon where it has one
   * @param label the label's column
   * @param feature the only feature's
   * @param told parts of the message; none where it is read
   */
  private record Header(String a, String b, String label, String feature, String... told) {
    @Override
    public String toString() {
      return a + " | " + b + " | " + label + " ~ " + feature;
    }
  }

  static Stream<Header> headers() {
    String several = "can be several columns of file ";
    return Stream.of(
        new Header("x,y,z", "x,y,z", "y", "x"),
        new Header("x,y,y", "x,y,y", "y1", "x"),
        new Header("x,y,Y ", "X,Y,y", "Y1", "x"),
        new Header(",y,z", ",y,z", "y", "_c0"),
        new Header("x,y,x0", "x,y,x0", "y", "x"),
        new Header(
            "x,x,x0", "x,x,x0", "x0", "x1", "worker a: column x0 (data.label", several, "/a"),
        new Header("x,x,X0", "x,x,X0", "x1", "x0", "column x0 (data.feature-columns)", several),
        new Header(",y,_c0", ",y,_c0", "y", "_c0", "column _c0 (data.feature-columns)", several),
        new Header(",y,_C0", "_c0,y,z", "y", "_c0", "worker a: column _c0", several),
        new Header("x,y,z", "z,y,z", "y", "z", "column z (data.feature-columns)", "does not exist"),
        new Header("x,x1,x1", "x,x1,z", "x1", "x", "column x1", "does not exist"),
        new Header(
            "x,x,z", "x0,x1,z", "x1", "x0", "worker b: column x0", "same column in file ", "/a"),
        new Header("x,x,z", "z,x,x", "x1", "z", "worker b: column x1", "same column in file "),
        new Header(
            "x,x,z", "b/1.csv:x0,x1,z", "x1", "x0", "same column in file ", "/b/1.csv", "/a"),
        new Header("x,y,z", "b/x=3/1.csv:x,y,z", "y", "z"),
        new Header(
            "x,y,z",
            "b/X=3/1.csv:x,y,z",
            "y",
            "x",
            "worker b: column x",
            "the name of its folder"));
  }

  @ParameterizedTest
  @MethodSource("headers")
  void train_nameOfAColumn_isOneColumnEverywhereOrRefused(Header header) throws IOException {
    int colon = header.b().indexOf(':');
    write("a", csv(header.a()));
    write(colon > 0 ? header.b().substring(0, colon) : "b", csv(header.b().substring(colon + 1)));
    String settings =
        "data { label-column = %s, feature-columns = [%s] }"
            .formatted(header.label(), header.feature());

    if (header.told().length == 0) {
      int feature = header.feature().equals("z") ? 2 : 0;
      assertArrayEquals(line(feature, 1), coefficients(settings), 1e-9);
      return;
    }
    RuntimeException e = assertThrows(RuntimeException.class, () -> coefficients(settings));
    for (String part : header.told()) {
      assertTrue(e.getMessage().contains(part), e.getMessage());
    }
  }

  /** Slope and intercept of least squares, both files' rows being the same. */
  private static double[] line(int feature, int label) {
    double x = Stream.of(ROWS).mapToDouble(row -> row[feature]).average().orElseThrow();
    double y = Stream.of(ROWS).mapToDouble(row -> row[label]).average().orElseThrow();
    double xy = Stream.of(ROWS).mapToDouble(row -> (row[feature] - x) * (row[label] - y)).sum();
    double xx = Stream.of(ROWS).mapToDouble(row -> (row[feature] - x) * (row[feature] - x)).sum();
    return new double[] {xy / xx, y - xy / xx * x};
  }
}
