package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkfed.it.NoteParagraph;
import io.sparkfed.it.NoteRun;
import io.sparkfed.testing.TestData;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every paragraph of the Zeppelin note, run in order; without Zeppelin. */
class ZeppelinNoteIT {
  private static final Path NOTE = Path.of("jobs", "zeppelin", "federated.zpln");
  private static final String POOLED = "values(pooledModel)";
  private static final String EXACT = "values(exactModel)";

  private static SparkSession spark;
  private static List<NoteParagraph> note;

  @BeforeAll
  static void start() throws Exception {
    note = NoteParagraph.read(NOTE);
    spark =
        SparkSession.builder()
            .master("local[2]")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 3)
            .getOrCreate();
  }

  @AfterAll
  static void stop() {
    if (spark != null) {
      spark.stop();
    }
  }

  /** What the note shows: the rows of each table, by its paragraph's title. */
  private static Map<String, List<Row>> shown(NoteRun run) throws Exception {
    Map<String, List<Row>> shown = new LinkedHashMap<>();
    for (NoteParagraph paragraph : note) {
      Dataset<Row> table = run.run(paragraph);
      JsonNode graph = paragraph.graph();
      assertEquals(!graph.isMissingNode(), table != null, paragraph.title());
      if (table == null) {
        continue;
      }
      for (String axis : List.of("keys", "groups", "values")) {
        for (JsonNode column : graph.path(axis)) {
          assertEquals(
              column.path("name").asText(),
              table.columns()[column.path("index").asInt()],
              paragraph.title());
        }
      }
      shown.put(paragraph.title(), table.collectAsList());
      assertFalse(shown.get(paragraph.title()).isEmpty(), paragraph.title());
    }
    return shown;
  }

  private static double[] doubles(List<Row> rows, String column) {
    return rows.stream().mapToDouble(row -> row.<Double>getAs(column)).toArray();
  }

  private static Set<Object> values(List<Row> rows, String column) {
    return rows.stream().<Object>map(row -> row.getAs(column)).collect(Collectors.toSet());
  }

  @Test
  void everyParagraph_asShipped_runsAndShowsWhatItSays() throws Exception {
    Map<String, List<Row>> shown;
    try (NoteRun run = new NoteRun(spark, Map.of())) {
      shown = shown(run);
      assertTrue(run.scala("print(exact.summary.goodnessOfFit)").contains("aic="));
      assertArrayEquals(numbers(run, POOLED), numbers(run, EXACT), 1e-6);
    }

    List<Row> rounds = shown.get("Loss on the training rows, by round");
    assertEquals(Set.of("exact", "averaged"), values(rounds, "training"));
    List<Row> exact = of(rounds, "exact");
    List<Row> own = shown.get("The rounds of the exact training");
    assertArrayEquals(doubles(own, "loss"), doubles(exact, "loss"), 1e-8);
    assertEquals(1 + 25, of(rounds, "averaged").size());
    List<Row> onTest = shown.get("Loss on the test rows, by round");
    assertEquals(rounds.size(), onTest.size());
    // Averaging starts from zero; the exact training may start from an average of local models.
    assertEquals(Math.log(2.0), doubles(of(onTest, "averaged"), "loss")[0], 1e-9);
    double[] losses = doubles(of(onTest, "exact"), "loss");
    assertTrue(losses[losses.length - 1] < 0.6, Arrays.toString(losses));
    assertTrue(
        values(shown.get("Seconds of each phase, by round of averaging"), "phase")
            .containsAll(Set.of("work", "unmask", "driver")));

    List<Row> statistics = shown.get("Coefficients and their statistics");
    double[] truth = {0.06, 0.025, 0.008, 1.2, -9.0};
    double[] estimates = doubles(statistics, "estimate");
    double[] errors = doubles(statistics, "standard_error");
    assertEquals(truth.length, estimates.length);
    for (int j = 0; j < truth.length; j++) {
      assertEquals(truth[j], estimates[j], 4.0 * errors[j]);
    }

    List<Row> comparison = shown.get("The same coefficients");
    assertArrayEquals(estimates, doubles(comparison, "exact"), 1e-5);
    double[] averaged = doubles(comparison, "averaged");
    for (int j = 0; j < truth.length; j++) {
      assertEquals(estimates[j], averaged[j], errors[j]);
    }
  }

  private static double[] numbers(NoteRun run, String array) {
    String printed = run.scala("print(" + array + ".mkString(\" \"))");
    return Arrays.stream(printed.split(" ")).mapToDouble(Double::parseDouble).toArray();
  }

  private static List<Row> of(List<Row> rounds, String training) {
    return rounds.stream().filter(row -> row.getAs("training").equals(training)).toList();
  }

  @Test
  void everyParagraph_withHospitalsInTheForm_findsTheirPooledOptimum() throws Exception {
    Map<String, String> form =
        Map.of(
            "path", TestData.file("fed-heart-disease/flamby_split.csv").toUri().toString(),
            "format", "csv",
            "worker column", "center",
            "label", "y",
            "features", "age, sex, trestbps, chol, fbs, thalach, exang, oldpeak",
            "split column", "split");
    Map<String, List<Row>> shown;
    try (NoteRun run = new NoteRun(spark, form)) {
      shown = shown(run);
      assertEquals(form.keySet(), run.form().keySet());
      assertArrayEquals(numbers(run, POOLED), numbers(run, EXACT), 1e-6);
    }

    assertEquals(
        Set.of("cleveland", "hungarian", "switzerland", "va"),
        values(
            shown.get("Who has how many rows? (In a real federation nobody could draw this.)"),
            "worker"));
    assertEquals(9, shown.get("The same coefficients").size());
  }

  @Test
  void note_asShipped_holdsNoResultsAndNamesWhatItNeeds() {
    for (NoteParagraph paragraph : note) {
      assertTrue(paragraph.json().path("results").isMissingNode(), paragraph.title());
      assertTrue(paragraph.json().at("/settings/params").isEmpty(), paragraph.title());
      assertNotNull(paragraph.text());
    }
    assertTrue(note.get(0).text().contains("spark.jars"));
  }
}
