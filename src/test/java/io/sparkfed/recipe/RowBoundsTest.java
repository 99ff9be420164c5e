package io.sparkfed.recipe;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigFiles;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.CellRules;
import io.sparkfed.data.EncodedRow;
import io.sparkfed.data.Examples;
import io.sparkfed.data.ObjectRows;
import io.sparkfed.data.PublicBounds;
import io.sparkfed.data.RowEncoder;
import io.sparkfed.data.RowForm;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.math.Interval;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.Design;
import io.sparkfed.model.Design.NotFiniteException;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.InputColumn.Vectors;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.formula.Formula;
import io.sparkfed.objective.RowCut;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowBoundsTest {
  private static final int ROWS = 3000;
  private static final double ROUNDING = 1e-12;

  private static final Map<String, Interval> BOUNDS =
      new TreeMap<>(
          Map.of(
              "age", new Interval(20.0, 90.0),
              "bmi", new Interval(10.0, 60.0),
              "change", new Interval(-3.0, 7.0)));
  private static final List<InputColumn> COLUMNS =
      List.of(
          Numeric.complete("age", ColumnType.NUMBER),
          Numeric.complete("bmi", ColumnType.NUMBER),
          Numeric.complete("change", ColumnType.NUMBER),
          new OneHot("sex", ColumnType.TEXT, "f", List.of("f", "m")),
          new OneHot("stage", ColumnType.TEXT, "1", List.of("1", "2", "3", "4")));

  @TempDir Path folder;

  private RowCut cut(FeatureEncoding encoding, String... arguments) {
    TrainingConfig config =
        new ConfigFiles(folder)
            .load(
                """
                data { path = "rows.csv", worker-column = "owner", feature-columns = [age, bmi, change] }
                model.family = logistic
                privacy {
                  unit = row, epsilon = 1, delta = 1e-6
                  bounds { age = [20, 90], bmi = [10, 60], change = [-3, 7] }
                }
                """,
                arguments);
    ModelShape shape = new ModelShape(encoding.width(), config.model().intercept(), 1);
    return RowBounds.of(encoding, config.privacy().orElseThrow(), shape);
  }

  private static FeatureEncoding encoding(String formula) {
    Set<String> categories = Set.of("sex", "stage");
    return new FeatureEncoding(COLUMNS, Formula.parse("y ~ " + formula).terms(categories));
  }

  @Test
  void of_columns_areScaledToOneAndCategoriesStay() {
    RowCut cut = cut(new FeatureEncoding(COLUMNS));

    double[] lowest = {20.0, 10.0, -3.0, 0.0, 0.0, 0.0, 0.0};
    double[] highest = {90.0, 60.0, 7.0, 1.0, 0.0, 1.0, 0.0};
    cut.scaling().rowToScaled(lowest, 0);
    cut.scaling().rowToScaled(highest, 0);

    assertArrayEquals(new double[] {-1.0, -1.0, -1.0, 0.0, 0.0, 0.0, 0.0}, lowest, ROUNDING);
    assertArrayEquals(new double[] {1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0}, highest, ROUNDING);
    assertEquals(Math.sqrt(6.0), cut.norm());
  }

  @Test
  void of_columnsWithoutIntercept_areNotShifted() {
    RowCut cut = cut(new FeatureEncoding(COLUMNS), "model.intercept=false");

    double[] row = {90.0, 30.0, 0.0, 1.0, 0.0, 0.0, 1.0};
    cut.scaling().rowToScaled(row, 0);

    assertArrayEquals(new double[] {1.0, 0.5, 0.0, 1.0, 0.0, 0.0, 1.0}, row, ROUNDING);
    assertEquals(Math.sqrt(5.0), cut.norm());
  }

  @ParameterizedTest
  @CsvSource({"2.0, 2.0", "2.4494897427831781, 2.4494897427831781", "100.0, 2.4494897427831781"})
  void of_rowNorm_isTheUsersUnlessColumnsAllowLess(double users, double norm) {
    RowCut cut = cut(new FeatureEncoding(COLUMNS), "privacy.max-row-norm=" + users);

    assertEquals(norm, cut.norm());
  }

  @Test
  void of_vectors_areScaledAndNotShifted() {
    FeatureEncoding vectors = new FeatureEncoding(List.of(new Vectors("age", 13)));

    RowCut cut =
        cut(
            vectors,
            "data.feature-columns=[]",
            "data.features-column=age",
            "privacy.bounds={age=[-2, 8]}",
            "privacy.vector-size=13");

    double[] row = new double[13];
    row[3] = 8.0;
    row[4] = -2.0;
    cut.scaling().rowToScaled(row, 0);
    double[] scaled = new double[13];
    scaled[3] = 1.0;
    scaled[4] = -0.25;
    assertArrayEquals(scaled, row);
    assertEquals(Math.sqrt(14.0), cut.norm());
  }

  @Test
  void of_weightAndPerson_areTheUsers() {
    RowCut cut =
        cut(
            new FeatureEncoding(COLUMNS),
            "privacy.max-weight=2.5",
            "privacy.rows-per-person=4",
            "privacy.person-column=p");

    assertEquals(2.5, cut.mostWeight());
    assertEquals(4, cut.rowsOfPerson());
  }

  /** A row whose columns are within their bounds is never longer than R, and some are as long. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "age + bmi + change + sex + stage",
        "age + bmi + change + 0",
        "age * sex",
        "age:sex + bmi",
        "sex:stage",
        "sex:stage + 0",
        "age:stage + change:sex + sex:stage:bmi",
        "log(age) + I(change^2) + I(age * bmi) + exp(change) / bmi",
        "stage:I(change / bmi) + sqrt(bmi)",
        "age:bmi:change + age:bmi + 0"
      })
  void of_formula_rowsWithinBoundsAreNoLonger(String formula) throws NotFiniteException {
    FeatureEncoding encoding = encoding(formula);
    boolean intercept = !formula.contains("+ 0");
    RowCut cut = cut(encoding, "model.intercept=" + intercept);
    Design design = new Design(encoding);
    Random random = new Random(1);
    double longest = 0.0;
    double[] most = new double[encoding.width()];
    for (int i = 0; i < ROWS; i++) {
      double[] row = row(design, random);
      cut.scaling().rowToScaled(row, 0);
      double squared = intercept ? 1.0 : 0.0;
      for (int j = 0; j < row.length; j++) {
        squared += row[j] * row[j];
        most[j] = Math.max(most[j], Math.abs(row[j]));
      }
      longest = Math.max(longest, Math.sqrt(squared));
    }

    assertTrue(longest <= cut.norm() + ROUNDING, longest + " > " + cut.norm());
    assertTrue(longest >= 0.7 * cut.norm(), longest + " is far below " + cut.norm());
    assertTrue(Arrays.stream(most).allMatch(m -> m <= 1.0 + ROUNDING), Arrays.toString(most));
  }

  /** Whatever stands in a row that is read: no wild value shortens the others of its row. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "age + bmi + change + sex + stage",
        "age:stage + change:sex + sex:stage:bmi",
        "log(age) + I(change^2) + exp(change) / bmi",
        "age:bmi:change + 0"
      })
  void of_formula_hostileRowsAsTheyAreReadAreNoLonger(String formula) {
    FeatureEncoding encoding = encoding(formula);
    boolean intercept = !formula.contains("+ 0");
    RowCut cut = cut(encoding, "model.intercept=" + intercept);
    Random random = new Random(2);
    Object[] hostile = {
      1e300, -1e300, Double.POSITIVE_INFINITY, "-Infinity", "1e999", -0.0, 0.0, Double.MIN_VALUE
    };
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      Object[] row = {50.0, 25.0, 1.0, "m", "3"};
      for (int j = 0; j < 3; j++) {
        row[j] = random.nextInt(3) == 0 ? row[j] : hostile[random.nextInt(hostile.length)];
      }
      rows.add(row);
    }
    RowForm form =
        new RowForm(
            null,
            encoding,
            new CellRules(MissingTexts.COMMON),
            false,
            null,
            null,
            null,
            null,
            null,
            new PublicBounds(new TreeMap<>(BOUNDS), null));
    RowEncoder encoder = new RowEncoder(form);
    ShardBuilder builder = new ShardBuilder("w", encoding.width());
    ObjectRows cells = new ObjectRows(rows);
    EncodedRow encoded = new EncodedRow();
    while (cells.next()) {
      assertDoesNotThrow(() -> encoder.encode(cells.cells(), encoded));
      builder.add(encoded);
    }
    ModelShape shape = new ModelShape(encoding.width(), intercept, 1);
    Examples read = builder.build(0.0, 1L, false, shape).train();
    double longest = 0.0;
    for (int i = 0; i < read.rows(); i++) {
      double[] row = new double[encoding.width()];
      read.copyRow(i, row, 0);
      cut.scaling().rowToScaled(row, 0);
      double squared = Arrays.stream(row).map(value -> value * value).sum();
      longest = Math.max(longest, Math.sqrt(squared + (intercept ? 1.0 : 0.0)));
    }

    assertEquals(ROWS, read.rows());
    assertTrue(longest <= cut.norm() + ROUNDING, longest + " > " + cut.norm());
    assertTrue(longest >= 0.7 * cut.norm(), longest + " is far below " + cut.norm());
  }

  private static double[] row(Design design, Random random) throws NotFiniteException {
    double[] numbers = new double[COLUMNS.size()];
    int[] levels = new int[COLUMNS.size()];
    for (int j = 0; j < numbers.length; j++) {
      InputColumn column = COLUMNS.get(j);
      if (column instanceof OneHot category) {
        levels[j] = random.nextInt(category.levels().size());
      } else {
        Interval in = BOUNDS.get(column.name());
        int end = random.nextInt(3);
        double share = end == 2 ? random.nextDouble() : end;
        numbers[j] = in.low() + share * (in.high() - in.low());
      }
    }
    int[] at = new int[design.mostEntries()];
    double[] values = new double[design.mostEntries()];
    int entries = design.write(numbers, levels, at, values);
    if (!design.isSparse()) {
      return values;
    }
    double[] row = new double[design.width()];
    for (int e = 0; e < entries; e++) {
      row[at[e]] = values[e];
    }
    return row;
  }

  @Test
  void of_termsWithoutBound_areNamedAll() {
    FeatureEncoding encoding = encoding("age + log(change) + sex:sqrt(change)");

    ConfigurationException refusal =
        assertThrows(ConfigurationException.class, () -> cut(encoding));

    assertTrue(refusal.getMessage().contains("log(change), sqrt(change)"), refusal.getMessage());
    assertTrue(refusal.getMessage().startsWith("privacy.bounds must bound"), refusal.getMessage());
  }
}
