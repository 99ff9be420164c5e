package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.DataException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Texts where decimal marks are commas: {@code 1.234} is more than a thousand or little more than
 * one, and is read as neither.
 */
class DecimalCommaIT {
  private static final String TEXTS = "data.schema = \"t STRING\", data.options.header = true\n";

  private static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  /** In each row t is a thousand times x, with its thousands marked, and y is 3 x + 1. */
  private String conf(String settings) throws IOException {
    StringBuilder workers = new StringBuilder();
    for (String worker : List.of("a", "b", "c")) {
      StringBuilder rows = new StringBuilder("x;t;y;w\n");
      for (int i = 1; i < 6; i++) {
        String x = i + "," + (worker.equals("b") ? "125" : "250");
        double value = Double.parseDouble(x.replace(',', '.'));
        rows.append(x + ";" + x.replace(',', '.') + ";");
        rows.append(String.valueOf(3 * value + 1).replace('.', ',') + ";1\n");
      }
      Path file = Files.writeString(folder.resolve(worker + ".csv"), rows);
      workers.append("data.workers." + worker + " = \"" + file + "\"\n");
    }
    return workers
        + "algorithm.preset = normal-equations\n"
        + "data { label-column = y, feature-columns = [x], decimal = \",\", options.sep = \";\" }\n"
        + settings;
  }

  private double[] coefficients(String settings) throws IOException {
    return LocalTraining.train(spark, LocalTraining.config(folder, conf(settings)))
        .model()
        .values();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.feature-columns = [t]",
        "data.feature-columns = [T]",
        "data.label-column = t",
        "data.weight-column = t",
        "data.offset-column = t",
        "data { label-column = null, feature-columns = null, formula = \"y ~ log(t)\" }",
        "data { label-column = null, feature-columns = null, formula = \"t ~ x\" }",
        "data { feature-columns = [q], derive.q = \"t\" }",
        "data { feature-columns = [q], derive.q = \"replace(t, '.', '')\" }",
        "data { feature-columns = [q], derive.q = \"cast(t as double)\" }",
        "data { feature-columns = [q], derive.q = \"double(trim(t))\" }",
        "data { feature-columns = [q], derive.q = \"try_cast(substr(t, 1) as decimal(9, 3))\" }",
        "data { feature-columns = [q], derive.q = \"t / 2\" }",
        "data { feature-columns = [q], derive { s = \"concat(t, '')\", q = \"s + 1\" } }",
        "data.where = \"t > 2\""
      })
  void train_declaredTextAsNumber_isRefused(String settings) throws IOException {
    String conf = conf(TEXTS + settings);

    DataException e =
        assertThrows(
            DataException.class,
            () -> new ShardLoader(spark, LocalTraining.config(folder, conf)).load());

    assertTrue(e.getMessage().contains("decimal mark isn't known"), e.getMessage());
    assertTrue(e.getMessage().contains("data."), e.getMessage());
    assertFalse(e.getMessage().contains("1.2"), e.getMessage());
  }

  static Stream<Arguments> read() {
    return Stream.of(
        Arguments.of(TEXTS, 3.0),
        Arguments.of(TEXTS + "data.where = \"t <> '9'\"", 3.0),
        Arguments.of(
            TEXTS
                + "data { feature-columns = [q],"
                + " derive.q = \"cast(replace(t, '.', '') as double)\" }",
            0.003),
        Arguments.of(
            TEXTS + "data { feature-columns = [q], derive.q = \"double(translate(t, '.', ''))\" }",
            0.003),
        Arguments.of("data { feature-columns = [q], derive.q = \"x * 2\" }", 1.5),
        Arguments.of(
            "data { schema = \"x DOUBLE\", options.header = true, feature-columns = [q],"
                + " derive.q = \"cast(x as double) * 2\" }",
            1.5));
  }

  @ParameterizedTest
  @MethodSource("read")
  void train_numbersWhoseMarksAreSaid_areRead(String settings, double slope) throws IOException {
    double[] model = coefficients(settings);

    assertEquals(slope, model[0], 1e-9 * slope);
    assertEquals(1.0, model[1], 1e-8);
  }
}
