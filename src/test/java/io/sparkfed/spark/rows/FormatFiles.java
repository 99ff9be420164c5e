package io.sparkfed.spark.rows;

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
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Workers whose rows lie on a plane, in files that a test writes. */
abstract class FormatFiles {
  static final List<String> WORKERS = List.of("a", "b", "c");
  static final double[] PLANE = {2.0, -3.0, 1.0};

  /** Stands in files for what must not be shown. */
  static final String SECRET = "31337";

  static final String TYPES = "schema = \"x DOUBLE, z DOUBLE, y DOUBLE\"";
  static final String JSON = "data { format = json, " + TYPES + " }\n";
  static final String XML = "data { format = xml, options.rowTag = row, " + TYPES + " }\n";

  static SparkSession spark;

  @TempDir Path folder;

  @BeforeAll
  static void open() {
    spark = LocalTraining.session(2);
  }

  static double x(int row) {
    return (row * 7) % 11 / 2.0;
  }

  static double z(int row) {
    return (row * 5) % 13;
  }

  static double y(int row) {
    return 1.0 + 2.0 * x(row) - 3.0 * z(row);
  }

  /** Rows {@code 8 worker} to {@code 8 worker + 7}. */
  static IntStream rowsOf(String worker) {
    int first = 8 * WORKERS.indexOf(worker);
    return IntStream.range(first, first + 8);
  }

  static String json(String worker) {
    return rowsOf(worker)
        .mapToObj(r -> "{\"x\":" + x(r) + ",\"z\":" + z(r) + ",\"y\":" + y(r) + "}\n")
        .collect(Collectors.joining());
  }

  static String xml(String worker) {
    return "<rows>"
        + rowsOf(worker)
            .mapToObj(r -> "<row><x>" + x(r) + "</x><z>" + z(r) + "</z><y>" + y(r) + "</y></row>\n")
            .collect(Collectors.joining())
        + "</rows>\n";
  }

  static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  String conf(String settings, boolean hosts) {
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

  double[] coefficients(String settings, boolean hosts) throws IOException {
    TrainingConfig config = LocalTraining.config(folder, conf(settings, hosts));
    return LocalTraining.train(spark, config).model().values();
  }

  void assertRefused(String settings, String... told) {
    for (boolean hosts : new boolean[] {false, true}) {
      RuntimeException e =
          assertThrows(RuntimeException.class, () -> coefficients(settings, hosts));
      for (String part : told) {
        assertTrue(e.getMessage().contains(part), e.getMessage());
      }
      assertFalse(e.getMessage().contains(SECRET), e.getMessage());
    }
  }
}
