package io.sparkfed.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.WorkersHalf;
import io.sparkfed.owner.Asked;
import io.sparkfed.owner.SignedStudy;
import io.sparkfed.owner.Study;
import io.sparkfed.secure.keys.KeyFolderMaker;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class StudiesTest {
  private static final List<String> BASE =
      List.of(
          "data.workers { a { path = \"/a.csv\", hosts = [h1] }, b = \"/b.csv\" }",
          "data.feature-columns = [age, BMI, stage]",
          "data.categorical.stage = {}",
          "data.label-column = Ill",
          "data.weight-column = w",
          "data.derive.BMI = \"weight / (height * height)\"",
          "data.where = \"age >= 18\"",
          "data.split.column = part",
          "model.family = logistic",
          "model.l2 = 0.1",
          "algorithm.preset = fed-newton");

  private static TrainingConfig config(String... more) {
    List<String> all = new ArrayList<>(BASE);
    all.addAll(Arrays.asList(more));
    return ConfigLoader.of("risk", Map.of(), all.stream().map(line -> keyed(line)).toList());
  }

  /** A section as one value. */
  private static String keyed(String line) {
    int equals = line.indexOf('=');
    int section = line.indexOf('{');
    return section < 0 || (equals >= 0 && equals < section)
        ? line.replaceFirst(" = ", "=")
        : line.replaceFirst(" \\{", "={");
  }

  private static Study study(TrainingConfig config) {
    return Studies.of(config).open();
  }

  @Test
  void of_sameQuestion_hasTheSameBytesHoweverItIsSpelled() {
    byte[] bytes = study(config()).toBytes();

    for (List<String> other :
        List.of(
            List.of("data.workers={ a = \"/elsewhere.csv\", b = \"/b.csv\" }"),
            List.of("model.l2=1e-1"),
            List.of("model.l2=0.1000"),
            List.of("output.dir=/out", "checkpoint.every=7"),
            List.of("aggregation.deadline=30s", "cluster.timeout=1 minute"),
            List.of("tracking.mlflow.timeout=3s"),
            List.of("data.categorical={ stage {} }"))) {
      assertArrayEquals(bytes, study(config(other.toArray(new String[0]))).toBytes(), "" + other);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "seed=2",
        "data.where=age >= 17",
        "data.derive.BMI=weight",
        "data.derive.more=1",
        "data.feature-columns=[BMI, age, stage]",
        "data.missing=drop",
        "data.missing-values=[\"\"]",
        "data.options.comment=5",
        "data.workers.a.options.comment=5",
        "data.min-level-rows=1",
        "data.split.test=other",
        "data.storage=float",
        "data.weight-column=null",
        "data.offset-column=o",
        "model.l2=0.2",
        "model.intercept=false",
        "model.threshold=0.1",
        "algorithm.rounds=7",
        "algorithm.preset=fed-lbfgs",
        "aggregation.min-workers=2",
        "aggregation.mode=insecure-plain",
        "aggregation.masked.corrupted=0.2",
        "evaluation.auc-bins=7",
        "evaluation.confidence-level=0.9",
        "study.purpose=other",
        "study.until=2030-01-01",
        "name=other"
      })
  void of_otherQuestion_hasAnotherHash(String setting) {
    assertFalse(Arrays.equals(study(config()).hash(), study(config(setting)).hash()));
  }

  @Test
  void asked_ofAConfiguration_isWhatItAsksFor() {
    Asked asked = Studies.asked(study(config("data.workers.a.options.comment=#")), "a");

    assertEquals(Set.of("age", "bmi", "stage", "ill", "w"), new TreeSet<>(asked.columns()));
    assertEquals(Set.of("ill"), asked.labels());
    assertEquals(Set.of("stage"), asked.categories());
    assertEquals(Optional.of("age >= 18"), asked.where());
    assertEquals(Map.of("bmi", "weight / (height * height)"), asked.derived());
    assertEquals(Optional.of(new Asked.Split("part", "train", "test")), asked.split());
    assertEquals("logistic", asked.family());
    assertEquals("fed-newton", asked.algorithm());
    assertEquals(5, asked.minLevelRows());
    assertEquals(2, asked.minLevelWorkers());
    assertFalse(asked.samplesWorkers());
    assertEquals(Optional.empty(), asked.dataset());
    assertEquals(Map.of("options.comment", "#"), asked.reading());
    assertEquals(
        Map.of(), Studies.asked(study(config("data.workers.a.options.comment=#")), "b").reading());
  }

  @Test
  void asked_ofAFormula_namesItsColumns() {
    TrainingConfig config =
        ConfigLoader.of(
            "risk",
            Map.of(),
            List.of(
                "data.workers.a=/a.csv",
                "data.formula=log(cost) ~ age * factor(stage) + offset(log(days))",
                "model.family=linear"));

    Asked asked = Studies.asked(study(config), "a");

    assertEquals(Set.of("cost", "age", "stage", "days"), new TreeSet<>(asked.columns()));
    assertEquals(Set.of("cost"), asked.labels());
    assertEquals(Set.of("stage"), asked.categories());
  }

  /** An owner's process has the study alone: it must say what the configuration said. */
  @Test
  void workersHalf_ofEachPreset_isWholeWithoutTheDriversHalf() {
    for (String preset :
        List.of(
            "fed-avg",
            "fed-prox",
            "fed-avgm",
            "fed-adagrad",
            "fed-adam",
            "fed-yogi",
            "fed-newton",
            "fed-lbfgs",
            "normal-equations",
            "fed-sgd",
            "auto")) {
      TrainingConfig config =
          ConfigLoader.of(
              "risk",
              Map.of(),
              List.of(
                  "data.workers.a=/a.csv",
                  "data.feature-columns=[x]",
                  "model.family=linear",
                  "output.dir=/out",
                  "algorithm.preset=" + preset));
      Study read = Study.parse(study(config).toBytes());

      TrainingConfig again = new WorkersHalf(read.settings(), read.given()).of("a");

      assertEquals(config.asked(), again.asked(), preset);
      assertEquals(config.algorithm().rounds(), again.algorithm().rounds(), preset);
      assertEquals(config.algorithm().tolerance(), again.algorithm().tolerance(), preset);
      assertEquals(config.model().standardize(), again.model().standardize(), preset);
    }
  }

  @Test
  void workersHalf_defaultsOfAnotherVersion_isRefused() {
    Study study = study(config());
    SortedMap<String, String> settings = new TreeMap<>(study.settings());
    settings.put("algorithm.divergence-factor", "7");

    assertThrows(
        ConfigurationException.class, () -> new WorkersHalf(settings, study.given()).of("a"));
  }

  @Test
  void open_studyOfAnAnalyst_isSignedAndNoByteCanBeChanged(@TempDir Path dir) throws IOException {
    Path analyst = KeyFolderMaker.init(dir, "ann");
    SignedStudy signed = Studies.of(config("study.analyst=" + analyst));
    assertEquals(32, signed.open().analyst().length);

    byte[] bytes = signed.toBytes();
    for (int k = 0; k < bytes.length; k++) {
      byte[] changed = bytes.clone();
      changed[k] ^= 1;
      String at = "byte " + k;
      assertThrows(RuntimeException.class, () -> SignedStudy.parse(changed).open(), at);
    }
    assertThrows(
        ProtocolException.class, () -> new SignedStudy(signed.study(), new byte[0]).open());
    assertThrows(
        ProtocolException.class,
        () -> new SignedStudy(study(config()).toBytes(), signed.signature()).open());
  }

  @ParameterizedTest
  @CsvSource({
    "study.until=tomorrow, study.until",
    "data.dataset=a b, data.dataset",
    "data.dataset=cardio, data.workers.a.path"
  })
  void load_wrongSetting_isRefusedByItsKey(String setting, String key) {
    ConfigurationException refused =
        assertThrows(ConfigurationException.class, () -> config(setting));
    assertTrue(refused.getMessage().startsWith(key), refused.getMessage());
  }

  @Test
  void lines_ofAStudy_sayWhatIsAskedInPlainWords() {
    List<String> lines = StudyText.lines(study(config("study.purpose=who falls ill")));

    String text = String.join("\n", lines);
    assertTrue(text.contains("purpose  who falls ill"), text);
    assertTrue(text.contains("only those where age >= 18"), text);
    assertTrue(text.contains("columns  age, bmi, stage (category), w; label ill"), text);
    assertTrue(text.contains("model    logistic, trained by fed-newton"), text);
    assertTrue(text.contains("sums     masked, over at least 3 workers; at most 50 rounds"), text);
    assertTrue(text.contains("privacy  no noise: sums are told as they are"), text);
    assertFalse(text.contains("/a.csv"), text);
  }

  @Test
  void lines_ofAStudyThatHidesRows_sayHowWellAndByWhichBounds() {
    String[] hiding = {
      "algorithm.preset = private",
      "data.categorical.stage = { levels = [1, 2, 3] }",
      "privacy.unit = row",
      "privacy.epsilon = 1",
      "privacy.delta = 1e-5",
      "privacy.bounds.age = [20, 90]",
      "privacy.bounds.BMI = [10.5, 60]"
    };
    String text = String.join("\n", StudyText.lines(study(config(hiding))));

    assertTrue(
        text.contains(
            "privacy  noise on each sum: epsilon 1, delta 1e-5 (rho 0.0306) over a run, for one row"
                + " of one worker more or less"),
        text);
    assertTrue(text.contains("whether one given row was there with at most 9.84 points"), text);
    assertTrue(text.contains("         BMI cut to 10.5 to 60"), text);
    assertTrue(text.contains("         age cut to 20 to 90"), text);
    assertTrue(text.contains("trained by private"), text);
    assertTrue(text.contains("at most 8 rounds"), text);
    assertTrue(text.contains("  privacy.epsilon = 1"), text);
  }

  @Test
  void lines_ofHiddenWorkers_sayWhatALedgerIsCharged() {
    Study study =
        study(
            config(
                "data.categorical.stage = { levels = [1, 2, 3] }",
                "privacy.unit = worker",
                "privacy.epsilon = 1",
                "privacy.delta = 1e-5",
                "privacy.update-norm = 0.25",
                "privacy.bounds.age = [20, 90]",
                "privacy.bounds.BMI = [10.5, 60]",
                "algorithm.preset = fed-avg"));

    String text = String.join("\n", StudyText.lines(study));

    assertTrue(text.contains("(rho 0.0306) over a run, for all rows of one worker more"), text);
    assertTrue(text.contains("whether one given worker's rows counted with at most 9.84"), text);
    assertTrue(text.contains("a ledger is charged a rho of at most 0.122"), text);
    assertTrue(text.contains("a worker's update cut to a length of 0.25"), text);
  }

  @Test
  void asked_personColumn_isAmongTheColumns() {
    String[] hiding = {
      "algorithm.preset = private",
      "data.categorical.stage = { levels = [1, 2, 3] }",
      "privacy.unit = row",
      "privacy.epsilon = 1",
      "privacy.delta = 1e-5",
      "privacy.bounds.age = [20, 90]",
      "privacy.bounds.BMI = [10.5, 60]",
      "privacy.rows-per-person = 3",
      "privacy.person-column = Patient"
    };
    Study study = study(config(hiding));

    assertTrue(Studies.asked(study, "a").columns().contains("patient"));
    String text = String.join("\n", StudyText.lines(study));
    assertTrue(text.contains("for one person's rows, 3 at most, at one worker"), text);
    assertTrue(text.contains("whose row it is says the column Patient"), text);
    hiding[7] = "privacy.rows-per-person = 1";
    String ofOne = String.join("\n", StudyText.lines(study(config(hiding))));
    assertTrue(ofOne.contains("for one person's rows, 1 at most, at one worker"), ofOne);
    assertTrue(ofOne.contains("whether one given person's rows at a worker were there"), ofOne);
  }
}
