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
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** What jobs tell of models where rows are hidden, beside what owners see of their own rows. */
@Timeout(300)
class PrivateEvaluationIT {
  @RegisterExtension static final JobRunner JOBS = new JobRunner();
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> WORKERS = List.of("a", "b", "c", "d");

  @TempDir Path folder;

  private static String rows(int seed) {
    Random random = new Random(seed);
    StringBuilder text = new StringBuilder("age,y,part\n");
    for (int i = 0; i < 900; i++) {
      double age = 20 + 60 * random.nextDouble();
      int label = age + 15 * random.nextGaussian() > 50 ? 1 : 0;
      text.append(age).append(',').append(label).append(i % 3 == 0 ? ",test\n" : ",train\n");
    }
    return text.toString();
  }

  private String conf() {
    StringBuilder paths = new StringBuilder();
    for (int k = 0; k < WORKERS.size(); k++) {
      Path file = folder.resolve(WORKERS.get(k) + ".csv").toAbsolutePath();
      JobRunner.write(file, rows(k));
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
            privacy { unit = row, epsilon = 2, delta = 1e-5, bounds { age = [0, 100] } }
            output { dir = "%s", overwrite = true }
            """
                .formatted(paths, folder.resolve("out")))
        .toString();
  }

  private static JsonNode printed(JobRunner.Outcome outcome) throws IOException {
    assertEquals(0, outcome.code(), outcome.toString());
    return JSON.readTree(outcome.out().substring(outcome.out().indexOf('{')));
  }

  /** Returns what part of all owners' rows is predicted right, as they see it themselves. */
  private static double exact(String conf, String model, String split) throws IOException {
    double right = 0.0;
    double all = 0.0;
    for (String worker : WORKERS) {
      JsonNode told = printed(JOBS.evaluate(conf, "--model", model, "--own", worker));
      assertEquals(List.of(), names(told, "noise", "privacy"));
      JsonNode own = told.path("metrics").path(split);
      // Noise would leave no whole number of rows, and none of right ones.
      assertEquals(split.equals("test") ? 300 : 600, own.path("rows").asDouble());
      double ownRight = own.path("rows").asDouble() * own.path("accuracy").asDouble();
      assertEquals(Math.rint(ownRight), ownRight, 1e-9);
      right += own.path("rows").asDouble() * own.path("accuracy").asDouble();
      all += own.path("rows").asDouble();
    }
    return right / all;
  }

  private static List<String> names(JsonNode told, String... names) {
    return Stream.of(names).filter(told::has).toList();
  }

  private static void assertNear(double exact, JsonNode told, String split) {
    double noise = told.path("noise").path(split).path("accuracy").asDouble();
    assertTrue(noise > 0.0 && noise < 0.02, told.toString());
    assertEquals(exact, told.path("metrics").path(split).path("accuracy").asDouble(), 4.0 * noise);
  }

  @Test
  void trainAndEvaluate_rowsHidden_tellWhatOwnersSeeButForTheNoise() throws IOException {
    String conf = conf();
    String model = folder.resolve("out").toString();

    JobRunner.Outcome trained = JOBS.train(conf);

    assertEquals(0, trained.code(), trained.toString());
    assertTrue(trained.out().matches("(?s).*test accuracy 0\\.\\d+ \\+- 0\\.\\d+ \\(noise\\).*"));
    double ofTest = exact(conf, model, "test");
    JsonNode run = JSON.readTree(Files.readString(folder.resolve("out/run.json")));
    assertNear(ofTest, run, "test");
    assertEquals("{}", run.path("metrics").path("train").toString());
    assertEquals(
        "evaluation", run.path("privacy").path("releases").path(4).path("purpose").textValue());
    assertTrue(
        Files.readString(folder.resolve("out/report.html"))
            .contains("what noise does to a figure"));

    JsonNode told = printed(JOBS.evaluate(conf, "--model", model));

    assertNear(ofTest, told, "test");
    assertNear(exact(conf, model, "train"), told, "train");
    JsonNode account = told.path("privacy");
    assertEquals(2, account.path("releases").size());
    assertEquals(
        run.path("privacy").path("rho").asDouble(),
        account.path("rho").asDouble(),
        1e-3 * account.path("rho").asDouble());
  }
}
