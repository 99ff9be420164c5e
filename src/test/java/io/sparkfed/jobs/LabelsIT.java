package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Labels that are names of classes: the same model as of numbers, and predictions by name. */
class LabelsIT {
  private static final List<String> WORKERS = List.of("a", "b", "c");

  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir Path folder;

  /** Writes rows of classes 0 to {@code names.size() - 1}, named and as numbers. */
  private void write(List<List<String>> names) {
    for (String worker : WORKERS) {
      Random random = new Random(worker.hashCode());
      StringBuilder rows = new StringBuilder("x,number,name\n");
      for (int i = 0; i < 60; i++) {
        double x = random.nextGaussian();
        int label =
            (int)
                Math.max(0, Math.min(names.size() - 1, Math.rint(x + 0.7 * random.nextGaussian())));
        List<String> spellings = names.get(label);
        rows.append("%.4f,%d,%s%n".formatted(x, label, spellings.get(i % spellings.size())));
      }
      JobRunner.write(folder.resolve(worker + ".csv"), rows.toString());
    }
  }

  private String conf(String label, String model) {
    return JobRunner.write(
            folder.resolve(label + ".conf"),
            """
            data {
              workers { a = ${config-dir}/a.csv, b = ${config-dir}/b.csv, c = ${config-dir}/c.csv }
              feature-columns = [x], label-column = %s
            }
            algorithm.preset = fed-newton
            model { l2 = 0.01, %s }
            output.dir = ${config-dir}/%s
            """
                .formatted(label, model, label))
        .toString();
  }

  private JsonNode json(String file) throws IOException {
    return new ObjectMapper().readTree(folder.resolve(file).toFile());
  }

  @Test
  void train_namesOfTwoClasses_areTheNumbersInTheirOrder() throws IOException {
    write(List.of(List.of("TRUE", "true", " True"), List.of("no")));
    String numbers = conf("number", "family = logistic");
    String names = conf("name", "family = logistic");
    String levels = "data.label-levels=[true, no]";
    assertEquals(0, jobs.train(numbers).code());

    Outcome unnamed = jobs.train(names);
    assertEquals(3, unnamed.code(), unnamed.toString());
    assertTrue(
        unnamed.errorLines().get(0).contains("classes with names need data.label-levels"),
        unnamed.toString());

    Outcome unknown = jobs.train(names, "data.label-levels=[true, nope]");
    assertEquals(3, unknown.code(), unknown.toString());
    assertTrue(
        unknown.errorLines().get(0).contains("one of the classes in data.label-levels"),
        unknown.toString());
    assertTrue(unknown.errorLines().get(0).contains("error: a worker, column name: "));

    Outcome trained = jobs.train(names, levels);
    assertEquals(0, trained.code(), trained.toString());
    JsonNode ofNumbers = json("number/coefficients.json");
    JsonNode ofNames = json("name/coefficients.json");
    assertEquals(ofNumbers.path("coefficients"), ofNames.path("coefficients"));
    assertEquals(ofNumbers.path("intercepts"), ofNames.path("intercepts"));
    assertEquals("[0,1]", ofNumbers.path("classes").toString());
    assertEquals("[\"true\",\"no\"]", ofNames.path("classes").toString());

    String model = folder.resolve("name").toString();
    Outcome byNumber = jobs.evaluate(numbers, "--model", folder.resolve("number").toString());
    Outcome byName = jobs.evaluate(names, "--model", model);
    assertEquals(0, byName.code(), byName.toString());
    assertEquals(byNumber.out(), byName.out());
    assertEquals(byName.out(), jobs.evaluate(names, levels, "--model", model).out());
    assertEquals(
        "error: data.label-levels must be the model's: true, no",
        jobs.evaluate(names, "data.label-levels=[no, true]", "--model", model).errorLines().get(0));

    Path predictions = folder.resolve("predictions");
    Outcome predicted = jobs.predict(names, "predictions.path=" + predictions, "--model", model);
    assertEquals(0, predicted.code(), predicted.toString());
    Map<Double, String> named =
        JobRunner.withSpark(
            spark ->
                Map.of(
                    0.0, name(spark.read().parquet(predictions.toString()), 0),
                    1.0, name(spark.read().parquet(predictions.toString()), 1)));
    assertEquals(Map.of(0.0, "[true]", 1.0, "[no]"), named);
  }

  /** Returns the names that stand beside a predicted class. */
  private static String name(Dataset<Row> rows, int k) {
    return rows
        .where("prediction = " + k)
        .select("predictedLabel")
        .distinct()
        .collectAsList()
        .stream()
        .map(row -> "[" + row.getString(0) + "]")
        .reduce("", String::concat);
  }

  @Test
  void train_namesOfManyClasses_areTheNumbersInTheirOrder() throws IOException {
    write(List.of(List.of("low"), List.of("2", "2.0"), List.of("h\u00f6h", "ho\u0308h")));
    assertEquals(0, jobs.train(conf("number", "family = softmax, classes = 3")).code());

    Outcome trained =
        jobs.train(conf("name", "family = softmax"), "data.label-levels=[low, 2, \"h\u00f6h\"]");

    assertEquals(0, trained.code(), trained.toString());
    JsonNode ofNames = json("name/coefficients.json");
    assertEquals(
        json("number/coefficients.json").path("coefficients"), ofNames.path("coefficients"));
    assertEquals("[\"low\",\"2\",\"h\u00f6h\"]", ofNames.path("classes").toString());
    assertFalse(trained.showsStackTrace());
  }
}
