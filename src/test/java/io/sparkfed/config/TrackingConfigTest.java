package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.TrainingConfig.Mlflow;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who follows a training. */
class TrackingConfigTest {
  private static final String URI = "tracking.mlflow.uri=";

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void folder() {
    files = new ConfigFiles(folder);
  }

  @Test
  void load_noAddress_isTrackedByNobody() {
    assertEquals(Optional.empty(), files.load(ConfigFiles.LEAST).mlflow());
    assertEquals(
        Optional.empty(),
        files.load(ConfigFiles.LEAST + "tracking.mlflow.uri = \"http://h\"", URI).mlflow());
  }

  @Test
  void load_address_hasDefaultsForTheRest() {
    assertEquals(
        new Mlflow("http://h:5000", "spark-federated", "trial", Duration.ofSeconds(10)),
        files.load(ConfigFiles.LEAST, "name=trial", URI + "http://h:5000/").mlflow().get());
    assertEquals(
        new Mlflow("https://h/mlflow", "heart", "first", Duration.ofSeconds(3)),
        files
            .load(
                ConfigFiles.LEAST,
                URI + "https://h/mlflow",
                "tracking.mlflow.experiment=heart",
                "tracking.mlflow.run-name=first",
                "tracking.mlflow.timeout=3s")
            .mlflow()
            .get());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "localhost:5000",
        "file:/runs",
        "databricks",
        "http://",
        "ht tp://h",
        "sqlite://h"
      })
  void load_noHttpAddress_isRefused(String uri) {
    String message = files.refusalOf(URI + uri);

    assertTrue(message.startsWith("tracking.mlflow.uri must be the address"), message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://me:hunter2@h:5000", "http://h:5000/?token=hunter2"})
  void load_passwordInAddress_isRefusedAndNotShown(String uri) {
    String message = files.refusalOf(URI + uri);

    assertTrue(message.contains("MLFLOW_TRACKING_PASSWORD"), message);
    assertFalse(message.contains("hunter2"), message);
  }

  @Test
  void load_experimentWithQuote_isRefused() {
    String message = files.refusalOf("tracking.mlflow.experiment=\"heart's\"");

    assertTrue(message.startsWith("tracking.mlflow.experiment must hold no quot"), message);
  }

  @Test
  void requireSame_trackedElsewhere_isTheSameRun() {
    ResultSettings.of(files.load(ConfigFiles.LEAST, URI + "http://h:5000"))
        .requireSame(ResultSettings.of(files.load(ConfigFiles.LEAST)));
  }
}
