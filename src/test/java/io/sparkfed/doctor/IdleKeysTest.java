package io.sparkfed.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigFiles;
import io.sparkfed.config.PresetNames;
import io.sparkfed.config.TrainingConfig;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdleKeysTest {
  private static final String SYNTHETIC = "data.synthetic.workers = 4\n";

  @TempDir Path folder;

  private ConfigFiles files;

  @BeforeEach
  void writeInto() {
    files = new ConfigFiles(folder);
  }

  private static List<String> idle(TrainingConfig config) {
    return IdleKeys.of(config).stream().map(Finding::check).toList();
  }

  @Test
  void of_nothingButDefaults_isEmpty() {
    assertEquals(List.of(), idle(files.load(ConfigFiles.LEAST)));
    for (String preset : PresetNames.all()) {
      String text =
          PresetNames.isNoised(preset) ? ConfigFiles.LEAST + ConfigFiles.PRIVATE : SYNTHETIC;
      assertEquals(List.of(), idle(files.load(text, "algorithm.preset=" + preset)), preset);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.impute.strategy=mean",
        "aggregation.aggregators.a=host",
        "evaluation.auc-bins=10",
        "evaluation.auc-error=0.1",
        "evaluation.confidence-level=0.9",
        "tracking.mlflow.experiment=x",
        "tracking.mlflow.timeout=3s"
      })
  void of_keyWithoutItsPart_isNamedWithItsValue(String setting) {
    TrainingConfig config = files.load(ConfigFiles.LEAST, setting);

    assertEquals(List.of(setting.replaceFirst("=.*", "")), idle(config));
    assertTrue(IdleKeys.of(config).get(0).is().contains(setting.replaceFirst(".*=", "")));
  }

  @Test
  void of_keyThatDependsOnAnother_isNamedUnderThatOnly() {
    assertEquals(
        List.of("algorithm.divergence-factor"),
        idle(files.load(SYNTHETIC, "algorithm.preset=auto", "algorithm.divergence-factor=5")));
    assertEquals(List.of(), idle(files.load(SYNTHETIC, "algorithm.divergence-factor=5")));
    assertEquals(
        List.of("checkpoint.dir"),
        idle(files.load(SYNTHETIC, "checkpoint.every=0", "checkpoint.dir=x")));
    assertEquals(List.of(), idle(files.load(SYNTHETIC, "checkpoint.dir=x")));
    assertEquals(List.of("data.format"), idle(files.load(SYNTHETIC, "data.format=parquet")));
  }

  /** Only what the user set is idle, and not what a unit sets. */
  @Test
  void of_hiddenWorkers_namesWhatTheUserSet() {
    String hiding =
        SYNTHETIC
            + """
              data.synthetic.features = 2
              privacy {
                unit = worker, epsilon = 1, delta = 1e-6, update-norm = 1, label-bounds = [0, 1]
                bounds { x_0 = [0, 1], x_1 = [0, 1] }
              }
              """;
    assertEquals(List.of(), idle(files.load(hiding)));
    assertEquals(
        List.of("algorithm.divergence-factor"),
        idle(files.load(hiding, "algorithm.divergence-factor=5")));
    assertEquals(List.of("data.missing"), idle(files.load(hiding, "data.missing=drop")));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.where=x > 1",
        "data.derive.z=x + 1",
        "data.weight-column=w",
        "data.offset-column=o",
        "data.split.column=part",
        "data.schema=x DOUBLE",
        "data.options.sep=;"
      })
  void load_keyThatGeneratedRowsWouldLose_isRefused(String setting) {
    String message = files.refusal(SYNTHETIC, setting);

    assertTrue(message.contains("is for rows that are read"), message);
  }

  @Test
  void load_partOfASectionAlone_isRefused() {
    assertTrue(files.refusalOf("data.synthetic.features=3").contains("data.synthetic.workers"));
    assertTrue(files.refusalOf("data.split.test=b").contains("needs data.split.column"));
    assertTrue(
        files
            .refusalOf("data.split.train=a", "data.split.test-fraction=0.1")
            .contains("needs data.split.column"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"true", "True", "TRUE", "yes", "On"})
  void load_truthHoweverSpelt_isTheSameEverywhere(String spelt) {
    TrainingConfig config =
        files.load(
            ConfigFiles.LEAST,
            "output.overwrite=" + spelt,
            "algorithm.preset=auto",
            "algorithm.warm-start=" + spelt);

    assertTrue(config.output().overwrite());
    assertEquals("TRUE", config.algorithm().warmStart().name());
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "0", "t", "T", "ja"})
  void load_otherWordForTruth_isRefusedEverywhere(String spelt) {
    for (String key : List.of("output.overwrite", "model.intercept", "algorithm.warm-start")) {
      String message = files.refusalOf("algorithm.preset=auto", key + "=" + spelt);
      assertTrue(message.startsWith(key + " must be "), message);
    }
  }
}
