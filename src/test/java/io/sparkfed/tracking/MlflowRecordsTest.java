package io.sparkfed.tracking;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.testing.FakeMlflow;
import io.sparkfed.tracking.RunTracker.Ending;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.mlflow.api.proto.Service.Param;

/** What of a configuration is sent, and how it is made to fit. */
class MlflowRecordsTest {
  private static final String SECRET = "hunter2";

  private static Map<String, String> parameters(TrainingConfig config, int longest) {
    Map<String, String> byName = new TreeMap<>();
    for (Param parameter : MlflowRecords.parameters(config, longest)) {
      byName.put(parameter.getKey(), parameter.getValue());
    }
    return byName;
  }

  @Test
  void parameters_settings_areThoseTheResultDependsOn() {
    Map<String, String> sent =
        parameters(TrackedRuns.config("http://h:1", "model.l2=0.5", "cluster.timeout=3s"), 6000);

    assertEquals("0.5", sent.get("model.l2"));
    assertEquals("linear", sent.get("model.family"));
    assertEquals("[\"a\",\"b\"]", sent.get("data.feature-columns"));
    assertEquals("3", sent.get("data.workers"));
    assertFalse(sent.containsKey("cluster.timeout"), "may differ in a resumed run");
    assertTrue(sent.keySet().stream().noneMatch(key -> key.startsWith("tracking.")));
    assertTrue(sent.keySet().stream().noneMatch(key -> key.startsWith("output.")));
  }

  /** Not the redacted ones alone: a source may call its secrets as it likes. */
  @Test
  void open_secretsAndPlaces_areSentNowhere() throws Exception {
    try (FakeMlflow server = FakeMlflow.start(0)) {
      TrainingConfig config =
          TrackedRuns.config(
              server.uri(),
              "data.format=jdbc",
              "data.options.password=" + SECRET,
              "data.options.connection=Key:" + SECRET,
              "predictions.options.x=" + SECRET,
              "aggregation.keys.dir=/keys/" + SECRET,
              "aggregation.keys.roster=/keys/" + SECRET,
              "data.where=\"u != 'jdbc:x://me:" + SECRET + "@h/db'\"",
              "tracking.mlflow.timeout=60s");
      RunTracker tracker = RunTracker.open(config, TrackedRuns.newRun(), warning -> {});
      tracker.roundFinished(TrackedRuns.round(1));
      tracker.ended(Ending.SUCCEEDED);

      List<String> sent = new ArrayList<>();
      for (String path : server.paths()) {
        server.calls(path).forEach(body -> sent.add(body.toString()));
      }
      assertFalse(sent.toString().contains(SECRET), sent.toString());
      assertFalse(sent.toString().contains("north"), sent.toString());
      assertTrue(server.texts("run1", "params").containsKey("data.where"));
    }
  }

  @Test
  void parameters_namesThatMlflowRefuses_areWrittenOtherwise() {
    Map<String, String> sent =
        parameters(
            TrackedRuns.config(
                "http://h:1",
                "data.derive.\"a/b\"=x",
                "data.derive.\"a%b\"=y",
                "data.derive." + "n".repeat(300) + "=z"),
            6000);

    assertEquals("y", sent.get("data.derive._a_b_"));
    assertEquals("x", sent.get("data.derive._a_b__2"));
    assertTrue(sent.keySet().stream().allMatch(name -> name.length() <= 250), sent.toString());
    assertTrue(sent.containsValue("z"));
  }

  @Test
  void parameters_longValue_isCut() {
    TrainingConfig config = TrackedRuns.config("http://h:1", "data.where=" + "w".repeat(700));

    assertEquals("w".repeat(700), parameters(config, 6000).get("data.where"));
    assertEquals("w".repeat(497) + "...", parameters(config, 500).get("data.where"));
  }

  @Test
  void open_manyParameters_areSentInBatchesOfAHundred() throws Exception {
    List<String> derived = new ArrayList<>(List.of("tracking.mlflow.timeout=60s"));
    for (int k = 0; k < 250; k++) {
      derived.add("data.derive.c" + k + "=a");
    }
    try (FakeMlflow server = FakeMlflow.start(0)) {
      TrainingConfig config = TrackedRuns.config(server.uri(), derived.toArray(new String[0]));
      RunTracker.open(config, TrackedRuns.newRun(), warning -> {}).close();

      List<JsonNode> batches = server.calls("runs/log-batch");
      assertTrue(batches.stream().allMatch(batch -> batch.path("params").size() <= 100));
      assertEquals("a", server.texts("run1", "params").get("data.derive.c249"));
      assertEquals(parameters(config, 6000), new TreeMap<>(server.texts("run1", "params")));
    }
  }

  @Test
  void open_serverTakesOnlyShortValues_getsThem() throws Exception {
    try (FakeMlflow server = FakeMlflow.start(0)) {
      server.refuseValuesAbove(500);
      TrainingConfig config =
          TrackedRuns.config(
              server.uri(), "data.where=" + "w".repeat(700), "tracking.mlflow.timeout=60s");
      RunTracker.open(config, TrackedRuns.newRun(), warning -> {}).close();

      assertEquals("w".repeat(497) + "...", server.texts("run1", "params").get("data.where"));
    }
  }
}
