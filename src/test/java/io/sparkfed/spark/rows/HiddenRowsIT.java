package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.survey.FederatedPreprocessing;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.ModelShape;
import io.sparkfed.spark.rows.WorkerTables.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
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

  private static SparkSession spark;

  @TempDir Path folder;

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
    List<Table> opened = new WorkerTables(spark, config).open(Reading.TO_FIT);
    FeatureEncoding encoding =
        FederatedPreprocessing.asGiven(FeatureColumns.draft(config.data(), opened));
    ModelShape shape = new ModelShape(encoding.width(), false);
    double[] primes = {1.0, 1009.0, 10_007.0};
    return new PartitionedRows(
            JavaSparkContext.fromSparkContext(spark.sparkContext()),
            RowColumns.encodedBy(encoding, config),
            opened,
            List.of(),
            config.model().response(),
            1)
            .packed(
                (rows, own) -> {
                  ArrayList<String> all = new ArrayList<>();
                  while (rows.next()) {
                    assertNull(rows.fault());
                    if (!rows.isIncomplete()) {
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
    String before = header.isEmpty() ? "" : header + "\n";
    for (String worker : List.of("a", "b")) {
      List<String> lines = worker.equals("a") ? ofA : ROWS;
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
        "40,F\u00E9,1,7",
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
}
