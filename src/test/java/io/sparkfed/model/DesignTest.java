package io.sparkfed.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.Design.NotFiniteException;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.formula.Formula;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Features of formulas against those of patsy, in design.tsv by design.py, which has the rows. */
class DesignTest {
  private static final int ROWS = 48;
  private static final List<InputColumn> COLUMNS =
      List.of(
          category("a", "p", "q", "r"),
          category("b", "u", "v"),
          category("c", "k", "l"),
          Numeric.complete("x", ColumnType.NUMBER),
          Numeric.complete("z", ColumnType.NUMBER),
          Numeric.complete("odd name", ColumnType.NUMBER));

  private static OneHot category(String name, String... levels) {
    return new OneHot(name, ColumnType.TEXT, levels[0], List.of(levels));
  }

  private static double[] numbers(int i) {
    return new double[] {
      0.0, 0.0, 0.0, (i * 7 % 13 - 6) / 4.0, (i * 5 % 17 + 1) / 8.0, (i * 11 % 19) / 2.0
    };
  }

  private static int[] levels(int i) {
    return new int[] {i % 3, i / 3 % 2, i / 6 % 2, 0, 0, 0};
  }

  private static FeatureEncoding encoding(Formula formula) {
    return new FeatureEncoding(COLUMNS, formula.terms(Set.of("a", "b", "c")));
  }

  static Stream<String> patsy() throws IOException {
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                DesignTest.class.getResourceAsStream("formula/design.tsv"),
                StandardCharsets.UTF_8))) {
      return lines.lines().toList().stream();
    }
  }

  /** patsy multiplies as each term is written; in R variables come as they first appear. */
  private static String sorted(String name) {
    return Arrays.stream(name.replace(" ", "").split(":", -1))
        .sorted()
        .collect(Collectors.joining(":"));
  }

  private static double[] dense(Design design, int row) throws NotFiniteException {
    int[] columns = new int[design.mostEntries()];
    double[] values = new double[design.mostEntries()];
    int entries = design.write(numbers(row), levels(row), columns, values);
    if (!design.isSparse()) {
      assertEquals(design.width(), entries);
      return values;
    }
    double[] dense = new double[design.width()];
    for (int k = 0; k < entries; k++) {
      dense[columns[k]] = values[k];
    }
    return dense;
  }

  @ParameterizedTest
  @MethodSource("patsy")
  void write_formula_givesPatsysColumns(String line) throws NotFiniteException {
    String[] parts = line.split("\t", -1);
    Map<String, Double> expected = new HashMap<>();
    for (int k = 1; k < parts.length; k += 2) {
      expected.put(sorted(parts[k]), Double.valueOf(parts[k + 1]));
    }
    Formula formula = Formula.parse("~ " + parts[0]);
    FeatureEncoding encoding = encoding(formula);
    Design design = new Design(encoding);
    double[] sums = new double[design.width()];
    for (int i = 0; i < ROWS; i++) {
      double w = (i + 1) / 48.0;
      double[] row = dense(design, i);
      for (int j = 0; j < sums.length; j++) {
        sums[j] += w * row[j] * row[j] + w * w * row[j];
      }
    }

    assertEquals(expected.remove("1") != null, formula.hasIntercept());
    List<String> names = encoding.features().stream().map(DesignTest::sorted).toList();
    assertEquals(expected.keySet(), Set.copyOf(names));
    assertEquals(sums.length, encoding.width());
    assertEquals(sums.length, expected.size());
    for (int j = 0; j < sums.length; j++) {
      double sum = expected.get(names.get(j));
      assertEquals(sum, sums[j], 1e-12 * Math.max(1.0, Math.abs(sum)), names.get(j));
    }
  }

  @Test
  void features_product_firstCategoryChangesFastestAndTermsAreByLength() {
    assertEquals(
        List.of("a_q", "a_r", "x", "b_v:a_p", "b_v:a_q", "b_v:a_r", "a_q:x", "a_r:x"),
        encoding(Formula.parse("~ b:a + x:a + a + x")).features());
  }

  @Test
  void write_categoriesOfManyLevels_isSparseAndTheSame() throws NotFiniteException {
    Design design = new Design(encoding(Formula.parse("~ a:b:c + x")));
    int[] columns = new int[design.mostEntries()];
    double[] values = new double[design.mostEntries()];
    int entries = design.write(numbers(29), levels(29), columns, values);

    assertTrue(design.isSparse());
    assertTrue(design.width() >= 2 * entries);
    assertEquals(
        Arrays.stream(columns, 0, entries).boxed().sorted().toList(),
        Arrays.stream(columns, 0, entries).boxed().toList());
  }

  @Test
  void write_logarithmOfNothing_isToldByItsText() {
    Design design = new Design(encoding(Formula.parse("~ x + log(x + 1.5)")));

    NotFiniteException refusal =
        assertThrows(
            NotFiniteException.class,
            () -> {
              for (int i = 0; i < ROWS; i++) {
                dense(design, i);
              }
            });

    assertEquals("log(x + 1.5)", refusal.getMessage());
  }

  @Test
  void fingerprint_otherTermsOfTheSameColumns_differs() {
    List<String> seen = new ArrayList<>();
    for (String terms : List.of("a + b + c + x + z", "a*b", "0 + a + b", "a:x", "a:log(z)", "1")) {
      seen.add(encoding(Formula.parse("~" + terms)).fingerprint());
    }

    assertEquals(seen.size(), Set.copyOf(seen).size());
    assertEquals(
        new FeatureEncoding(COLUMNS).fingerprint(),
        encoding(Formula.parse("~ a + b + c + x + z + `odd name`")).fingerprint());
  }

  @Test
  void width_moreFeaturesThanCanBe_isRefused() {
    List<String> levels = Stream.iterate(0, l -> l + 1).limit(1000).map(l -> "l" + l).toList();
    List<InputColumn> columns =
        List.of(
            new OneHot("a", ColumnType.TEXT, "l0", levels),
            new OneHot("b", ColumnType.TEXT, "l0", levels),
            new OneHot("c", ColumnType.TEXT, "l0", levels));

    FeatureEncoding encoding =
        new FeatureEncoding(columns, Formula.parse("~ a:b:c").terms(Set.of("a", "b", "c")));

    assertThrows(IllegalArgumentException.class, encoding::width);
  }
}
