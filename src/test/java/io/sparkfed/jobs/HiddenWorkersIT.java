package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What jobs tell where whole workers are hidden. */
@Timeout(300)
class HiddenWorkersIT {
  @RegisterExtension static final JobRunner JOBS = new JobRunner();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> WORKERS = List.of("a", "b", "c", "d", "e");

  @TempDir Path folder;

  private static String rows(int seed, int count) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder("age,y,part\n");
    for (int i = 0; i < count; i++) {
      double age = 20 + 60 * random.nextDouble();
      int label = age + 15 * random.nextGaussian() > 50 ? 1 : 0;
      text.append(age).append(',').append(label).append(i % 3 == 0 ? ",test\n" : ",train\n");
    }
    return text.toString();
  }

  private Path table(String worker) {
    return folder.resolve(worker + ".csv").toAbsolutePath();
  }

  /** Workers of 60, 120, ... rows. */
  private String conf(String mode) {
    StringBuilder paths = new StringBuilder();
    for (int k = 0; k < WORKERS.size(); k++) {
      Path file = table(WORKERS.get(k));
      JobRunner.write(file, rows(k, 60 * (k + 1)));
      paths.append(WORKERS.get(k)).append(" = \"").append(file).append("\"\n");
    }
    return JobRunner.write(
            folder.resolve("hidden.conf"),
            """
            data {
              workers { %s }
              label-column = y, feature-columns = [age], split.column = part
            }
            model.family = logistic
            privacy {
              unit = worker, epsilon = 3000, delta = 1e-5, update-norm = 2, evaluation-share = 0.25
              bounds { age = [0, 100] }
            }
            algorithm { rounds = 6, local { solver = lbfgs } }
            aggregation { mode = %s, min-workers = 5 }
            output { dir = "%s", overwrite = true }
            """
                .formatted(paths, mode, folder.resolve("out")))
        .toString();
  }

  private static JsonNode printed(JobRunner.Outcome outcome) throws IOException {
    assertEquals(0, outcome.code(), outcome.toString());
    return JSON.readTree(outcome.out().substring(outcome.out().indexOf('{')));
  }

  /** Returns the mean of the accuracies that owners see of their own test rows. */
  private double exact(String conf) throws IOException {
    double sum = 0.0;
    for (String worker : WORKERS) {
      sum +=
          printed(JOBS.evaluate(conf, "--model", folder.resolve("out").toString(), "--own", worker))
              .path("metrics")
              .path("test")
              .path("accuracy")
              .asDouble();
    }
    return sum / WORKERS.size();
  }

  private static void assertNear(double exact, JsonNode told) {
    double noise = told.path("noise").path("test").path("accuracy").asDouble();
    assertTrue(noise > 0.0 && noise < 0.03, told.toString());
    JsonNode metrics = told.path("metrics").path("test");
    assertEquals(exact, metrics.path("accuracy").asDouble(), 4.0 * noise);
    assertEquals(
        5.0,
        metrics.path("workers").asDouble(),
        4.0 * told.path("noise").path("test").path("workers").asDouble());
    assertTrue(metrics.path("rows").isMissingNode(), told.toString());
    assertEquals("{}", told.path("metrics").path("train").toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"masked", "committee", "insecure-plain"})
  void trainAndEvaluate_workersHidden_tellMeansOfWorkersButForTheNoise(String mode)
      throws IOException {
    String conf = conf(mode);

    JobRunner.Outcome trained = JOBS.train(conf);

    assertEquals(0, trained.code(), trained.toString());
    assertTrue(trained.out().contains("for all rows of one worker more or less"), trained.out());
    JsonNode run = JSON.readTree(Files.readString(folder.resolve("out/run.json")));
    double exact = exact(conf);
    assertTrue(exact > 0.75, "the model says nothing: " + exact);
    assertNear(exact, run);
    JsonNode account = run.path("privacy");
    assertEquals("worker", account.path("unit").asText());
    assertEquals(2, account.path("releases").size());
    assertEquals(6, account.path("releases").path(0).path("sums").asInt());
    assertEquals(2.0, account.path("releases").path(0).path("sensitivity").asDouble());
    double rho = account.path("rho").asDouble();
    assertEquals(0.75 * rho, account.path("releases").path(0).path("rho").asDouble(), 1e-9 * rho);
    assertEquals(0.25 * rho, account.path("releases").path(1).path("rho").asDouble(), 1e-9 * rho);
    assertTrue(
        Files.readString(folder.resolve("out/report.html")).contains("all rows of one worker"));

    JsonNode told = printed(JOBS.evaluate(conf, "--model", folder.resolve("out").toString()));

    assertNear(exact, told);
    assertEquals(rho, told.path("privacy").path("rho").asDouble(), 1e-9 * rho);
  }

  /** A worker without rows, or without any of use, is as good as one with many. */
  @Test
  void train_workerWithoutRowsOfUse_takesPartAndIsNotNamed() throws IOException {
    String conf = conf("masked");
    for (String text : List.of("age,y,part\n", "age,y,part\nx,1,train\n5,7,train\n")) {
      JobRunner.write(table("c"), text);

      JobRunner.Outcome trained = JOBS.train(conf);

      assertEquals(0, trained.code(), trained.toString());
      JsonNode run = JSON.readTree(Files.readString(folder.resolve("out/run.json")));
      assertEquals(5, run.path("cohort").path("count").asInt());
      assertEquals("{}", run.path("cohort").path("skipped").toString());
      assertTrue(!run.path("notes").toString().contains("worker c"), run.path("notes").toString());
    }
  }

  /** Nobody looked: a number of workers with rows would be told of rows. */
  @Test
  void doctor_workerWithoutRows_isSaidToTakePart() {
    String conf = conf("masked");
    JobRunner.write(table("b"), "age,y,part\n");

    JobRunner.Outcome outcome = JOBS.doctor(conf);

    assertEquals(0, outcome.code(), outcome.toString());
    assertTrue(
        outcome.out().lines().anyMatch(line -> line.matches("ok +workers that take part +5 .*")),
        outcome.toString());
    assertTrue(!outcome.out().contains("with training rows"), outcome.toString());
  }

  @Test
  void train_withoutAShareForFigures_tellsNone() throws IOException {
    String conf = conf("masked");

    JobRunner.Outcome trained = JOBS.train(conf, "privacy.evaluation-share=0");

    assertEquals(0, trained.code(), trained.toString());
    JsonNode run = JSON.readTree(Files.readString(folder.resolve("out/run.json")));
    assertEquals("{}", run.path("metrics").path("test").toString());
    assertEquals(1, run.path("privacy").path("releases").size());
  }
}
