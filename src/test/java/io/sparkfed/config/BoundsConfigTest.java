package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.math.Interval;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How large the numbers of hidden rows can be, and how many there are in a vector. */
class BoundsConfigTest {
  private static final String LEAST = ConfigFiles.LEAST + ConfigFiles.PRIVATE;

  private static final String TABLE = "data { path = \"rows.csv\", worker-column = \"owner\" }\n";
  private static final String BUDGET =
      "privacy { unit = row, epsilon = 1, delta = 1e-6 }\nmodel.family = logistic\n";

  @TempDir Path folder;
  private ConfigFiles files;

  @BeforeEach
  void writeInto() {
    files = new ConfigFiles(folder);
  }

  /** The first vector that a worker sees must not say how long all are. */
  @Test
  void load_vectors_needTheirSizeAndNothingElseDoes() {
    String[] vectors = {"data.features-column=v", "privacy.bounds.v=[0, 1]"};
    String text = TABLE + BUDGET;

    assertTrue(
        files
            .refusal(text, vectors)
            .startsWith("privacy.vector-size must be set with data.features-column"));
    assertEquals(
        OptionalInt.of(100_000_000),
        files
            .load(text, vectors[0], vectors[1], "privacy.vector-size=100000000")
            .privacy()
            .orElseThrow()
            .vectorSize());
    for (String size : List.of("0", "-1", "100000001", "2.5", "many")) {
      String refusal = files.refusal(text, vectors[0], vectors[1], "privacy.vector-size=" + size);
      assertTrue(refusal.startsWith("privacy.vector-size must be"), refusal);
    }
    assertTrue(
        files
            .refusal(LEAST, "privacy.vector-size=2")
            .startsWith("privacy.vector-size needs data.features-column"));
  }

  @Test
  void load_numbersWithoutBounds_areNamedAllAndCategoriesNot() {
    String refusal =
        files.refusal(
            TABLE + BUDGET,
            "data.feature-columns=[a, b, sex, c]",
            "data.categorical.sex.levels=[0, 1]",
            "privacy.bounds.b=[0, 1]");

    assertTrue(refusal.startsWith("privacy.bounds "), refusal);
    assertTrue(refusal.endsWith("Without: a, c"), refusal);
  }

  @Test
  void load_vectorsWithoutBounds_areNamed() {
    String refusal = files.refusal(TABLE + BUDGET, "data.features-column=v");

    assertTrue(refusal.endsWith("Without: v"), refusal);
  }

  @Test
  void load_vectorsWithBounds_areTaken() {
    assertEquals(
        Map.of("v", new Interval(0.0, 1.0)),
        files
            .load(
                TABLE + BUDGET,
                "data.features-column=v",
                "privacy.bounds.v=[0, 1]",
                "privacy.vector-size=3")
            .privacy()
            .orElseThrow()
            .bounds());
  }

  @Test
  void load_formula_columnsOfItsNumbersNeedBounds() {
    String formula = "data.formula=\"y ~ age + factor(stage):bmi + log(ldl)\"";

    String refusal =
        files.refusal(
            TABLE + BUDGET,
            formula,
            "data.categorical.stage.levels=[1, 2]",
            "privacy.bounds.age=[0, 1]");

    assertTrue(refusal.endsWith("Without: bmi, ldl"), refusal);
  }

  @Test
  void load_boundsOfNoNumber_areRefusedWithTheNearest() {
    String unknown = files.refusal(LEAST, "privacy.bounds.aa=[0, 1]");
    assertTrue(unknown.startsWith("privacy.bounds.aa names a column"), unknown);
    assertTrue(unknown.endsWith("the nearest is a"), unknown);

    String category = files.refusal(LEAST, "data.categorical.b.levels=[0, 1]");
    assertTrue(category.startsWith("privacy.bounds.b is for numbers"), category);
  }

  @Test
  void load_boundsInOtherCase_areOfTheColumn() {
    assertEquals(
        new Interval(0.0, 5.0),
        files
            .load(TABLE + BUDGET, "data.feature-columns=[Age]", "privacy.bounds.AGE=[0, 5]")
            .privacy()
            .orElseThrow()
            .bounds()
            .get("Age"));
    String twice =
        files.refusal(
            TABLE + BUDGET,
            "data.feature-columns=[Age]",
            "privacy.bounds.AGE=[0, 5]",
            "privacy.bounds.age=[0, 5]");
    assertTrue(twice.startsWith("privacy.bounds must not name a column twice"), twice);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1, 0]",
        "[1, 1]",
        "[NaN, 1]",
        "[0, Infinity]",
        "[0]",
        "[0, 1, 2]",
        "5",
        "[0, 1e-320]"
      })
  void load_boundsThatAreNone_areRefused(String bounds) {
    String refusal = files.refusal(LEAST, "privacy.bounds.a=" + bounds);

    assertTrue(refusal.startsWith("privacy.bounds.a must be [low, high]"), refusal);
  }

  @Test
  void load_labelBoundsOfClasses_areRefused() {
    String refusal = files.refusal(LEAST, "model.family=logistic");

    assertTrue(refusal.startsWith("privacy.label-bounds belongs to model.family ="), refusal);
    assertTrue(refusal.contains("linear, poisson or huber"), refusal);
  }

  @Test
  void load_generatedRows_haveBoundsByTheirNames() {
    TrainingConfig config =
        files.load(
            "data.synthetic { workers = 3, features = 2 }\n" + BUDGET,
            "privacy.bounds.x_0=[-5, 5]",
            "privacy.bounds.x_1=[-5, 5]");

    assertEquals(List.of("x_0", "x_1"), List.copyOf(config.privacy().get().bounds().keySet()));
  }
}
