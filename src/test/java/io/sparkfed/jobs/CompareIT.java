package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.testing.TestData;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** jobs/compare. */
@Timeout(300)
class CompareIT {
  @TempDir Path folder;

  @Test
  void compare_hospitalsByNewton_federatedIsThePooledFitAndHospitalsAloneAreWorse()
      throws Exception {
    Path data = TestData.file("fed-heart-disease/flamby_split.csv");
    int code =
        LocalSpark.run(
            () ->
                CompareJob.execute(
                    "conf/hospitals-newton.conf",
                    "--pool-rows",
                    "data.path=" + data,
                    "aggregation.mode=insecure-plain",
                    "output.dir=" + folder.resolve("out")));
    assertEquals(0, code);
    JsonNode models =
        new ObjectMapper()
            .readTree(Files.readString(folder.resolve("out/compare.json")))
            .path("models");

    assertEquals(6, models.size());
    assertEquals("pooled", models.get(0).path("name").asText());
    assertEquals("federated", models.get(1).path("name").asText());
    assertTrue(models.get(2).path("name").asText().endsWith(" alone"));
    double pooled = models.get(0).path("metrics").path("logLoss").asDouble();
    assertEquals(pooled, models.get(1).path("metrics").path("logLoss").asDouble(), 1e-6);
    assertEquals(0.0, models.get(1).path("lessPooled").path("accuracy").asDouble());
    for (int i = 2; i < models.size(); i++) {
      JsonNode alone = models.get(i).path("metrics").path("logLoss");
      assertTrue(!alone.isNumber() || alone.asDouble() > pooled, models.get(i).toString());
    }
    String page = Files.readString(folder.resolve("out/compare.html"));
    assertTrue(page.contains("It protects nobody."));
    assertTrue(page.contains(">federated<"));
    assertFalse(page.matches("(?s).*(src|href)=.*"), "a page that needs no other");
  }

  @Test
  void compare_withoutPoolRows_isRefusedBeforeAnythingIsRead() throws Exception {
    Path out = folder.resolve("out");
    assertEquals(
        ExitCode.CONFIGURATION.code(),
        CompareJob.execute(
            "conf/hospitals-newton.conf", "data.path=gone.csv", "output.dir=" + out));
    assertFalse(Files.exists(out));
  }

  @Test
  void compare_familyThatMllibLacks_isRefused() throws Exception {
    assertEquals(
        ExitCode.CONFIGURATION.code(),
        CompareJob.execute(
            "conf/hospitals-newton.conf",
            "--pool-rows",
            "algorithm.preset=fed-lbfgs",
            "model.family=squared-hinge",
            "output.dir=" + folder.resolve("out")));
  }

  @Test
  void compare_modelWithoutFeaturesThatMllibLacks_isRefused() throws Exception {
    assertEquals(
        ExitCode.CONFIGURATION.code(),
        CompareJob.execute(
            "conf/hospitals-newton.conf",
            "--pool-rows",
            "data.feature-columns=[]",
            "output.dir=" + folder.resolve("out")));
  }
}
