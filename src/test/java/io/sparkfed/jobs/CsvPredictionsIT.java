package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What csv files of predictions hold, to readers of RFC 4180 and to this library's own. */
class CsvPredictionsIT {
  private static final List<String> NASTY =
      List.of(
          "a\\",
          "\\",
          "\\\\",
          "\"",
          "\"\"",
          "\\\"",
          "a \"b\", c",
          "x\ny",
          "x\r\ny",
          "x\ry",
          "\r",
          " a ",
          "\ta",
          ",",
          "a,b\\",
          "ends\n",
          "#c",
          "'",
          "-",
          "C:\\dir\\",
          "\\N",
          "a;b",
          "é \u2028");

  private static final double[] NUMBERS = {
    0.1, 1.0 / 3.0, -2.5e-300, 4.9e-324, 8.0e307, 1234567890.1234567, -0.0, 1e21, 100.0
  };

  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path root;

  private static final Map<Integer, String> TEXTS = new TreeMap<>();

  private static String conf;
  private static Path model;

  /** The model is y = 2 x, to the last bit. */
  @BeforeAll
  static void train() throws IOException {
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(root.resolve(worker + ".csv"), "x,y\n1,2\n2,4\n3,6\n-1,-2\n");
    }
    model = root.resolve("model");
    conf =
        JobRunner.write(
                root.resolve("run.conf"),
                """
                data {
                  workers { a = "ROOT/a.csv", b = "ROOT/b.csv", c = "ROOT/c.csv" }
                  label-column = y, feature-columns = [x]
                }
                model.intercept = false
                algorithm.preset = normal-equations
                """
                    .replace("ROOT", root.toString()))
            .toString();
    assertEquals(0, jobs.train(conf, "output.dir=" + model).code());
    Path file = model.resolve("coefficients.json");
    String text = Files.readString(file);
    Files.writeString(
        file, text.replaceAll("\"coefficients\" : \\[[^]]*\\]", "\"coefficients\" : [ [ 2.0 ]"));
    texts();
  }

  private static void texts() {
    String alphabet = "ab\"\\ ,;\n\r\t\u00e9'0";
    Random random = new Random(11);
    NASTY.forEach(text -> TEXTS.put(TEXTS.size(), text));
    for (int k = 0; k < 300; k++) {
      StringBuilder text = new StringBuilder("t");
      random
          .ints(random.nextInt(8), 0, alphabet.length())
          .forEach(at -> text.append(alphabet.charAt(at)));
      TEXTS.put(TEXTS.size(), text.toString());
    }
  }

  private static double x(int id) {
    return id < 0 ? 1.0 : NUMBERS[id % NUMBERS.length];
  }

  /** Writes the texts as rows of parquet. */
  private static Path rows(Path folder) {
    StructType schema =
        new StructType()
            .add("id", DataTypes.IntegerType)
            .add("x", DataTypes.DoubleType)
            .add("text", DataTypes.StringType)
            .add("a \"name\", with\\", DataTypes.StringType);
    List<Row> rows = new ArrayList<>();
    TEXTS.forEach((id, text) -> rows.add(RowFactory.create(id, x(id), text, text)));
    rows.add(RowFactory.create(-1, 1.0, null, ""));
    JobRunner.withSpark(
        spark -> {
          spark.createDataFrame(rows, schema).coalesce(1).write().parquet(folder.toString());
          return null;
        });
    return folder;
  }

  private static Outcome predict(Path rows, Path to, String... settings) {
    String[] args = {
      conf,
      "--model",
      model.toString(),
      "data.workers={w = \"" + rows + "\"}",
      "predictions.path=" + to
    };
    return jobs.predict(ThreeWorkers.with(args, settings));
  }

  @Test
  void predict_anyTextsAsCsv_areReadBackAsTheyWere() {
    Path csv = root.resolve("csv");

    Outcome written =
        predict(rows(root.resolve("rows")), csv, "data.format=parquet", "predictions.format=csv");

    assertEquals(0, written.code(), written.toString());
    String text = onlyPart(csv);
    assertRecords(parsed(text));
    assertReadHere(
        JobRunner.write(root.resolve("back.csv"), text.replaceFirst(",prediction", ",p")));
  }

  @Test
  void predict_featuresWhoseScoreIsTooLarge_isToldAndWritesNothing() {
    Path huge = JobRunner.write(root.resolve("huge.csv"), "x\n1\n1.7e308\n-1.7e308\n");
    Path nothing = root.resolve("nothing");

    Outcome refused = predict(huge, nothing);

    assertEquals(3, refused.code(), refused.toString());
    assertTrue(
        refused.err().contains("worker w: a prediction must be a finite number"),
        refused.toString());
    // How many rows of a worker are so is the worker's own number.
    assertFalse(refused.err().contains("2 such rows"), refused.toString());
    assertFalse(Files.exists(nothing));
  }

  private static void assertRecords(List<List<String>> records) {
    assertEquals(
        List.of("id", "x", "text", "a \"name\", with\\", "worker", "prediction"), records.get(0));
    assertEquals(TEXTS.size() + 2, records.size());
    for (List<String> record : records.subList(1, records.size())) {
      int id = Integer.parseInt(record.get(0));
      assertEquals(TEXTS.getOrDefault(id, ""), record.get(2));
      assertEquals(TEXTS.getOrDefault(id, ""), record.get(3));
      assertEquals(x(id), Double.parseDouble(record.get(1)));
      assertEquals(2.0 * x(id) + 0.0, Double.parseDouble(record.get(5)));
    }
  }

  /** This library's reader keeps each text, but for what is blank: that is missing. */
  private static void assertReadHere(Path csv) {
    Path again = root.resolve("again");

    Outcome read = predict(csv, again);

    assertEquals(0, read.code(), read.toString());
    JobRunner.withSpark(
        spark -> {
          List<Row> rows = spark.read().parquet(again.toString()).collectAsList();
          assertEquals(TEXTS.size() + 1, rows.size());
          for (Row row : rows) {
            int id = Integer.parseInt(String.valueOf(row.<Object>getAs("id")));
            String text = TEXTS.getOrDefault(id, "");
            assertEquals(text.isBlank() ? null : text, row.getAs("text"));
            assertEquals(
                row.<Object>getAs("prediction"), Double.valueOf(row.getAs("p").toString()));
          }
          return null;
        });
  }

  private static String onlyPart(Path folder) {
    try (Stream<Path> files = Files.list(folder)) {
      List<Path> parts = files.filter(file -> file.toString().endsWith(".csv")).toList();
      assertEquals(1, parts.size());
      return JobRunner.read(parts.get(0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Reads records as RFC 4180 says, a carriage return alone ending a line too. */
  private static List<List<String>> parsed(String text) {
    List<List<String>> records = new ArrayList<>();
    List<String> record = new ArrayList<>();
    int at = 0;
    while (at < text.length()) {
      StringBuilder cell = new StringBuilder();
      if (text.charAt(at) == '"') {
        at++;
        while (text.charAt(at) != '"' || (at + 1 < text.length() && text.charAt(at + 1) == '"')) {
          at += text.charAt(at) == '"' ? 1 : 0;
          cell.append(text.charAt(at++));
        }
        at++;
      } else {
        while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
          cell.append(text.charAt(at++));
        }
      }
      record.add(cell.toString());
      boolean more = at < text.length() && text.charAt(at) == ',';
      if (more) {
        at++;
        continue;
      }
      at += text.startsWith("\r\n", at) ? 2 : 1;
      records.add(record);
      record = new ArrayList<>();
    }
    return records;
  }
}
