package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.DataConfig.Category;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.Spelling;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Categories and imputation in a configuration; the least one has the features a and b. */
class PreprocessingConfigTest {
  @TempDir Path folder;

  private ConfigFiles files;

  @BeforeEach
  void writeInto() {
    files = new ConfigFiles(folder);
  }

  @Test
  void load_nothingSaid_nothingIsEncoded() {
    assertEquals(
        new DataConfig.Preprocessing(Map.of(), List.of(), Map.of(), 5, 2),
        files.load(ConfigFiles.LEAST).data().preprocessing());
  }

  @Test
  void load_categoryWithoutKeys_isOne() {
    assertEquals(
        Map.of("a", new Category(Optional.empty(), List.of(), Spelling.VALUE)),
        files
            .load(ConfigFiles.LEAST + "data.categorical { a {} }")
            .data()
            .preprocessing()
            .categories());
  }

  @Test
  void load_categoryOfTheFileSetToNull_isNone() {
    assertEquals(
        Map.of(),
        files
            .load(ConfigFiles.LEAST + "data.categorical { a {} }", "data.categorical.a=null")
            .data()
            .preprocessing()
            .categories());
  }

  @Test
  void load_nameWithADot_isOneColumn() {
    assertEquals(
        Map.of("p.q", new Category(Optional.of("x"), List.of(), Spelling.VALUE)),
        files
            .load(
                """
                data { path = "rows.csv", worker-column = "owner", feature-columns = ["p.q"] }
                data.categorical { "p.q" { reference = x } }
                """)
            .data()
            .preprocessing()
            .categories());
  }

  @Test
  void load_levels_areInTheOrderOfTheCoefficients() {
    assertEquals(
        List.of("2", "9", "10"),
        files
            .load(ConfigFiles.LEAST, "data.categorical.a.levels=[10, 9, 2]")
            .data()
            .preprocessing()
            .categories()
            .get("a")
            .levels());
  }

  @Test
  void load_levelsAndReference_areSpelledAsCellsAre() {
    Category category =
        files
            .load(
                ConfigFiles.LEAST,
                "data.categorical.a={levels=[\"TRUE\", \" 02.0\", \"b\u00a0 c\"], reference=2}")
            .data()
            .preprocessing()
            .categories()
            .get("a");

    assertEquals(
        new Category(Optional.of("2"), List.of("2", "b c", "true"), Spelling.VALUE), category);
  }

  @Test
  void load_spellingText_keepsEach() {
    Category category =
        files
            .load(ConfigFiles.LEAST, "data.categorical.a={levels=[\"1\", \"01\"], spelling=text}")
            .data()
            .preprocessing()
            .categories()
            .get("a");

    assertEquals(new Category(Optional.empty(), List.of("01", "1"), Spelling.TEXT), category);
  }

  @Test
  void load_missingValues_replaceTheCommonOnes() {
    assertEquals(MissingTexts.COMMON, files.load(ConfigFiles.LEAST).data().missingTexts());
    assertEquals(
        MissingTexts.of(List.of("-9")),
        files.load(ConfigFiles.LEAST, "data.missing-values=[-9]").data().missingTexts());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data.categorical.c={}"
            + "| data.categorical names the column c, which is not among data.feature-columns; the"
            + " nearest is a",
        "data.impute.columns=[c]"
            + "| data.impute.columns names the column c, which is not among data.feature-columns; the"
            + " nearest is a",
        "data.categorical.a=1| data.categorical.a must be a section",
        "data.categorical.a.refrence=1"
            + "| unknown key data.categorical.a.refrence; the nearest known key is"
            + " data.categorical.a.reference",
        "data.categorical.a.levels=[x]| data.categorical.a.levels must be 2 to 1000 levels",
        "data.categorical.a.levels=[x, y, x]| data.categorical.a.levels must be 2 to 1000 levels",
        "data.categorical.a.levels=[x, '  ']| data.categorical.a.levels must be texts of 1 to 64",
        "data.categorical.a={levels=[x, y], reference=z}"
            + "| data.categorical.a.reference must be one of the levels of data.categorical.a.levels",
        "data.categorical.a.levels=['1', '01']"
            + "| data.categorical.a.levels must be 2 to 1000 levels, none of them twice, nor in two",
        "data.categorical.a.levels=['x', 'NA']"
            + "| data.categorical.a.levels must not hold a text of data.missing-values",
        "data.categorical.a.spelling=both| data.categorical.a.spelling must be one of value",
        "data.min-level-rows=0| data.min-level-rows must be a whole number from 1 to",
        "data.min-level-workers=0| data.min-level-workers must be a whole number from 1 to",
        "data.impute.columns=[a, a]| data.impute.columns must not name a column twice",
        "data.impute.columns=[a, A]| data.impute.columns must not name a column twice: a",
        "data.categorical={a {}, A {}}"
            + "| data.categorical must not name a column twice: A and a (names are compared without",
        "data.feature-columns=[a, A]| data.feature-columns must not name a column twice: a and A",
        "data.label-column=B| data.feature-columns must not name the label (data.label-column): B",
        "data.impute.strategy=median| data.impute.strategy must be one of mean",
        "data.imputes.columns=[a]| unknown key data.imputes.columns"
      })
  void load_whatCantBeMeant_isRefused(String override, String message) {
    String refusal = files.refusalOf(override.replace("'", "\""));

    assertTrue(refusal.startsWith(message), refusal);
  }

  @Test
  void load_namesInAnotherCase_areTheFeatures() {
    DataConfig.Preprocessing preprocessing =
        files
            .load(ConfigFiles.LEAST, "data.categorical.A={}", "data.impute.columns=[B]")
            .data()
            .preprocessing();

    assertEquals(Set.of("a"), preprocessing.categories().keySet());
    assertEquals(List.of("b"), preprocessing.imputed());
    assertTrue(
        files
            .refusalOf("data.categorical.a={}", "data.impute.columns=[A]")
            .startsWith("data.impute.columns must not name a category: A"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"y ~ a + A", "y ~ a + offset(A)", "y ~ a:b + log(B)"})
  void load_formulaWithTwoSpellingsOfAColumn_isRefused(String formula) {
    String refusal =
        files.refusal("data { path = rows.csv, worker-column = owner }", "data.formula=" + formula);

    assertTrue(refusal.startsWith("data.formula must not name a column twice"), refusal);
  }

  @Test
  void load_categoryOfAFormulaInAnotherCase_isTheColumn() {
    assertEquals(
        Set.of("a"),
        files
            .load(
                "data { path = rows.csv, worker-column = owner, categorical.A {} }",
                "data.formula=y ~ a:b")
            .data()
            .preprocessing()
            .categories()
            .keySet());
  }

  @Test
  void load_categoryThatIsImputed_isRefused() {
    assertTrue(
        files
            .refusalOf("data.categorical.a={}", "data.impute.columns=[a]")
            .startsWith("data.impute.columns must not name a category: a"));
  }
}
