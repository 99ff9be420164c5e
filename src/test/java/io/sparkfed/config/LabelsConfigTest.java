package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.Labels;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelsConfigTest {
  @TempDir Path folder;

  private ConfigFiles files;

  @BeforeEach
  void open() {
    files = new ConfigFiles(folder);
  }

  private TrainingConfig.Model model(String... overrides) {
    return files.load(ConfigFiles.LEAST, overrides).model();
  }

  @Test
  void load_nothingSaid_labelsAreNumbers() {
    assertEquals(new Labels.Numbers(), model().labels());
  }

  @ParameterizedTest
  @ValueSource(strings = {"logistic", "svm", "squared-hinge"})
  void load_twoClasses_areTheNegativeAndThePositiveOne(String family) {
    assertEquals(
        new Labels.Classes(List.of("yes", "no")),
        model("model.family=" + family, "data.label-levels=[\" yes\", no]").labels());
  }

  @Test
  void load_classesOfSoftmax_areAsManyAsTheirNames() {
    TrainingConfig.Model softmax =
        model("model.family=softmax", "data.label-levels=[TRUE, \"2.0\", c]");

    assertEquals(new Labels.Classes(List.of("true", "2", "c")), softmax.labels());
    assertEquals(3, softmax.loss().outputs());
    assertEquals(
        3,
        model("model.family=softmax", "model.classes=3", "data.label-levels=[a, b, c]")
            .loss()
            .outputs());
  }

  @Test
  void load_proportions_areForLogistic() {
    assertEquals(
        new Labels.Proportions(),
        model("model.family=logistic", "data.label-proportions=true").labels());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "linear | data.label-levels=[a, b] | data.label-levels belongs to model.family = logistic",
        "logistic | data.label-levels=[a] | data.label-levels must be the negative class, then the",
        "svm | data.label-levels=[a, b, c] | data.label-levels must be the negative class, then",
        "logistic | data.label-levels=[] | data.label-levels must be the negative class, then the",
        "logistic | data.label-levels=[1, '1.0'] | data.label-levels must have no class twice",
        "logistic | data.label-levels=[NA, b] | data.label-levels must be texts of 1 to 64 bytes",
        "softmax | data.label-levels=[a] | data.label-levels must be 2 to 1000 classes",
        "softmax | model.classes=3;data.label-levels=[a, b] | model.classes must be the number of",
        "softmax | model.l2=1 | model.classes is not set",
        "svm | data.label-proportions=true | data.label-proportions belongs to model.family = log",
        "logistic | data.label-proportions=true;data.label-levels=[a, b] | data.label-levels does not"
      })
  void load_whatCantBeMeant_isRefused(String family, String overrides, String message) {
    String[] all = ("model.family=" + family + ";" + overrides.replace("'", "\"")).split(";");
    String refusal = files.refusalOf(all);

    assertTrue(refusal.startsWith(message), refusal);
  }

  @Test
  void load_classesOfAFormula_needAColumnOnItsLeft() {
    String data = "data { path = p, worker-column = w, formula = \"%s ~ a\" }\n";
    String[] overrides = {"model.family=logistic", "data.label-levels=[no, yes]"};

    assertEquals(
        new Labels.Classes(List.of("no", "yes")),
        files.load(data.formatted("sick"), overrides).model().labels());
    assertTrue(
        files
            .refusal(data.formatted("log(sick)"), overrides)
            .startsWith("data.label-levels needs a formula with a column alone"));
  }
}
