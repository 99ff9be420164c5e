package io.sparkfed.recipe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.sparkfed.config.ConfigFiles;
import io.sparkfed.config.PresetNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.FeatureEncoding;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class PresetsTest {
  @TempDir Path folder;

  static List<String> names() {
    return PresetNames.all();
  }

  /** What can be named can be planned, and finds the optimum of all rows where its name says so. */
  @ParameterizedTest
  @MethodSource("names")
  void everyNameHasSlots(String name) {
    boolean isNoised = PresetNames.isNoised(name);
    TrainingConfig config =
        new ConfigFiles(folder)
            .load(
                ConfigFiles.LEAST + (isNoised ? ConfigFiles.PRIVATE : ""),
                "algorithm.preset=" + name);

    TrainingPlan plan = Presets.plan(config, FeatureEncoding.ofNumbers(List.of("a", "b")));

    assertEquals(PresetNames.isLossless(name), plan.exact().isPresent());
    assertEquals(isNoised, plan.privacy().isPresent());
    plan.exact()
        .ifPresent(
            pooled -> {
              String chosen = pooled.chooser().choose(1000.0, 10).preset();
              assertFalse(chosen.equals(PresetNames.AUTO));
              assertEquals(name.equals(PresetNames.AUTO) ? chosen : name, chosen);
            });
  }
}
