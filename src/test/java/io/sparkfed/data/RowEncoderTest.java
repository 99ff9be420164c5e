package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.math.Interval;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.Family;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.Response;
import io.sparkfed.model.formula.Expression;
import io.sparkfed.model.formula.Formula;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What raw rows become, wherever they come from. */
class RowEncoderTest {
  private static final Response LINEAR = new Response(Family.LINEAR, Family.LINEAR.loss());

  private static RowForm form(List<InputColumn> columns) {
    return form(columns, null);
  }

  private static RowForm form(List<InputColumn> columns, PublicBounds bounds) {
    return new RowForm(
        LINEAR,
        new FeatureEncoding(columns),
        new CellRules(MissingTexts.COMMON),
        false,
        new Scalar(new Expression.Column("y")),
        "w",
        null,
        null,
        null,
        bounds);
  }

  private static List<String> encoded(RowForm form, CellRows rows) {
    List<String> lines = new ArrayList<>();
    RowEncoder encoder = new RowEncoder(form);
    EncodedRow row = new EncodedRow();
    while (rows.next()) {
      try {
        encoder.encode(rows.cells(), row);
        lines.add(line(row));
      } catch (BrokenRuleException e) {
        lines.add(e.column() + " " + e.kind() + ": " + e.getMessage());
      }
    }
    return lines;
  }

  private static String line(EncodedRow row) {
    EncodedRow own = row.copy();
    return own.width()
        + Arrays.toString(own.columns())
        + Arrays.toString(own.values())
        + Arrays.toString(own.levels())
        + own.label()
        + own.weight()
        + own.offset()
        + own.part();
  }

  @Test
  void encode_rowsInBlocksOrOneByOne_isTheSame() {
    Random random = new Random(5L);
    Object[] odd = {null, Double.NaN, Double.NEGATIVE_INFINITY, -0.0, "3", "NA", "x", true, -7L};
    for (int trial = 0; trial < 100; trial++) {
      List<InputColumn> columns = new ArrayList<>();
      for (int j = 1 + random.nextInt(4); j > 0; j--) {
        columns.add(new Numeric("x" + j, ColumnType.NUMBER, random.nextBoolean(), 0.25));
      }
      RowForm form = form(columns);
      int often = 1 + random.nextInt(60);
      List<Object[]> rows = new ArrayList<>();
      for (int i = random.nextInt(400); i > 0; i--) {
        Object[] row = new Object[form.width()];
        for (int j = 0; j < row.length; j++) {
          row[j] =
              random.nextInt(often * row.length) == 0
                  ? odd[random.nextInt(odd.length)]
                  : (Object) Math.abs(random.nextGaussian());
        }
        rows.add(row);
      }

      assertTrue(form.isOfNumbers());
      assertEquals(
          encoded(form, new ObjectRows(rows)),
          encoded(form, new NumberRows(new ObjectRows(rows), form.width())));
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x, 1, 2 | x is not a number",
        "NaN, 1, 2 | x must be a finite number, and is NaN",
        "null, 1, 2 | x is missing; a number is needed",
        "Infinity, 1, 2 | x must be a finite number, and is NaN or infinite",
        "1f, 1, 2 | x is not a number",
        "1, text, 2 | y is not a number",
        "1, 1, -2 | w a weight must be >= 0",
      })
  void encode_cellThatBreaksARule_isToldWithoutIt(String cells, String told) {
    Object[] row = new Object[3];
    String[] texts = cells.split(", ", -1);
    for (int j = 0; j < row.length; j++) {
      row[j] =
          switch (texts[j]) {
            case "null" -> null;
            case "NaN" -> Double.NaN;
            case "Infinity" -> Double.POSITIVE_INFINITY;
            default -> texts[j];
          };
    }
    RowForm form = form(List.of(Numeric.complete("x", ColumnType.NUMBER)));

    String found = encoded(form, new ObjectRows(List.<Object[]>of(row))).get(0);

    assertTrue(found.replaceFirst(" \\w+:", "").startsWith(told.strip()), found);
  }

  /** Rows of hidden numbers, in blocks and one by one, against a rule of three lines. */
  @Test
  void encode_hiddenRows_areCutNumberByNumber() {
    Random random = new Random(6L);
    List<Interval> bounds = List.of(new Interval(-1.0, 0.5), new Interval(0.0, 1e300));
    Interval ofLabels = new Interval(-2.0, 3.0);
    RowForm form =
        form(
            List.of(
                Numeric.complete("x", ColumnType.NUMBER), Numeric.complete("z", ColumnType.NUMBER)),
            new PublicBounds(
                new TreeMap<>(Map.of("x", bounds.get(0), "z", bounds.get(1))), ofLabels));
    Object[] wild = {
      1e300,
      -1e300,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY,
      "1e999",
      "-Infinity",
      true,
      0.25,
      -0.0,
      Double.MAX_VALUE,
      7L,
      "0.75",
      1e38f
    };
    Object[] none = {null, Double.NaN, "NaN", "x", "1f", "NA"};
    List<Object[]> rows = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      Object[] cells = {0.5, 1, 2.5f, 1};
      for (int wilds = random.nextInt(3); wilds > 0; wilds--) {
        cells[random.nextInt(3)] = wild[random.nextInt(wild.length)];
      }
      boolean isBroken = random.nextInt(4) == 0;
      if (isBroken) {
        cells[random.nextInt(3)] = none[random.nextInt(none.length)];
      }
      rows.add(cells);
      expected.add(
          isBroken
              ? "broken"
              : cut(cells[0], bounds.get(0))
                  + " "
                  + cut(cells[1], bounds.get(1))
                  + " "
                  + cut(cells[2], ofLabels));
    }

    assertTrue(form.isOfNumbers());
    for (CellRows read :
        List.of(new ObjectRows(rows), new NumberRows(new ObjectRows(rows), form.width()))) {
      RowEncoder encoder = new RowEncoder(form);
      EncodedRow row = new EncodedRow();
      List<String> found = new ArrayList<>();
      while (read.next()) {
        try {
          encoder.encode(read.cells(), row);
          double[] own = row.copy().values();
          found.add(own[0] + " " + own[1] + " " + row.label());
        } catch (BrokenRuleException e) {
          found.add("broken");
        }
      }
      assertEquals(expected, found);
    }
  }

  private static double cut(Object cell, Interval bounds) {
    double number =
        cell instanceof Number n
            ? n.doubleValue()
            : cell.equals(true) ? 1.0 : Double.parseDouble(cell.toString());
    return Math.max(bounds.low(), Math.min(bounds.high(), number));
  }

  /** A 0 that isn't stored stays one, so a 0 that is must, too, whatever the bounds. */
  @Test
  void encode_hiddenVectors_areCutEntryByEntryAndKeepZeros() {
    RowForm form =
        form(
            List.of(new InputColumn.Vectors("v", 0)),
            new PublicBounds(new TreeMap<>(Map.of("v", new Interval(1.0, 2.0))), null));
    double[] read = {Double.POSITIVE_INFINITY, 0.0, -1e300, 1.5, 0.5};
    Object[] dense = {new Cells.Vector(5, null, read), 1, 1};
    Object[] sparse = {new Cells.Vector(9, new int[] {1, 2, 3, 5, 8}, read), 1, 1};
    Object[] broken = {new Cells.Vector(2, null, new double[] {5.0, Double.NaN}), 1, 1};

    assertEquals(
        List.of(
            "5null[2.0, 0.0, 0.0, 1.5, 0.5][]1.01.00.0TRAIN",
            "9[1, 2, 3, 5, 8][2.0, 0.0, 0.0, 1.5, 0.5][]1.01.00.0TRAIN",
            "v MISSING: must hold finite numbers, and one is NaN"),
        encoded(form, new ObjectRows(List.of(dense, sparse, broken))));
    assertArrayEquals(new double[] {Double.POSITIVE_INFINITY, 0.0, -1e300, 1.5, 0.5}, read);
  }

  /** The result of a formula is what a label is, and it is cut. */
  @ParameterizedTest
  @CsvSource({"1e10, 3.0", "1, 0.0", "0.01, -2.0", "0, -2.0", "-1, broken", "Infinity, broken"})
  void encode_hiddenLabelOfAFormula_isCut(double cell, String label) {
    RowForm linear = form(List.of(Numeric.complete("x", ColumnType.NUMBER)));
    RowForm form =
        new RowForm(
            LINEAR,
            linear.encoding(),
            linear.rules(),
            false,
            new Scalar(Formula.expression("log(y)")),
            null,
            null,
            null,
            null,
            new PublicBounds(new TreeMap<>(), new Interval(-2.0, 3.0)));

    String found = encoded(form, new ObjectRows(List.<Object[]>of(new Object[] {1, cell}))).get(0);

    assertTrue(
        label.equals("broken")
            ? found.contains("finite number")
            : found.equals("1null[1.0][]" + label + "1.00.0TRAIN"),
        found);
  }

  @Test
  void encode_levelsAndVectors_areTheirFeatures() {
    OneHot level = new OneHot("c", ColumnType.TEXT, "a", List.of("a", "b", "1"));
    RowForm ofLevels = form(List.of(level, Numeric.complete("x", ColumnType.NUMBER)));
    RowForm ofVectors = form(List.of(new InputColumn.Vectors("v", 0)));
    Cells.Vector sparse = new Cells.Vector(4, new int[] {1, 3}, new double[] {2.0, -0.5});

    assertFalse(ofLevels.isOfNumbers());
    assertEquals(
        List.of(
            "3null[1.0, 0.0, 7.0][]1.02.00.0TRAIN",
            "3null[0.0, 1.0, 7.0][]1.02.00.0TRAIN",
            "c UNSEEN: must be at one of the 3 known levels"),
        encoded(
            ofLevels,
            new ObjectRows(
                List.of(
                    new Object[] {"b", 7, 1, 2},
                    new Object[] {1.0f, "7.0", true, 2L},
                    new Object[] {"z", 7, 1, 2}))));
    assertEquals(
        List.of("4[1, 3][2.0, -0.5][]1.01.00.0TRAIN"),
        encoded(ofVectors, new ObjectRows(List.<Object[]>of(new Object[] {sparse, 1, 1}))));
  }

  /** Of hidden rows only a level that is missing leaves a row out. */
  @Test
  void encode_hiddenLevels_unknownOnesCountAsTheReference() {
    List<InputColumn> columns =
        List.of(
            new OneHot("c", ColumnType.TEXT, "b", List.of("a", "b", "1")),
            Numeric.complete("x", ColumnType.NUMBER));
    RowForm hidden =
        form(columns, new PublicBounds(new TreeMap<>(Map.of("x", new Interval(0.0, 9.0))), null));
    Object[] unknown = {
      "z", "A", "-", 2, 1.5, true, Double.POSITIVE_INFINITY, "x".repeat(100), "a\u0000b"
    };
    for (Object level : unknown) {
      ObjectRows rows = new ObjectRows(List.<Object[]>of(new Object[] {level, 7, 1, 2}));

      assertEquals(List.of("3null[0.0, 0.0, 7.0][]1.02.00.0TRAIN"), encoded(hidden, rows));
    }
    for (Object level : new Object[] {null, Double.NaN, "NA", "", " "}) {
      ObjectRows rows = new ObjectRows(List.<Object[]>of(new Object[] {level, 7, 1, 2}));

      assertTrue(encoded(hidden, rows).get(0).startsWith("c MISSING: "), String.valueOf(level));
    }
    for (Object level : new Object[] {"a", 1, 1.0, "1"}) {
      ObjectRows rows = new ObjectRows(List.<Object[]>of(new Object[] {level, 7, 1, 2}));
      ObjectRows again = new ObjectRows(List.<Object[]>of(new Object[] {level, 7, 1, 2}));

      assertEquals(encoded(form(columns), rows), encoded(hidden, again));
    }
  }

  @Test
  void run_rowsOfAnyKind_comeBackAsTheyWere() throws IOException, ClassNotFoundException {
    Random random = new Random(11L);
    for (int trial = 0; trial < 200; trial++) {
      RowRun run = new RowRun("w");
      List<String> expected = new ArrayList<>();
      int width = random.nextInt(5);
      int levels = random.nextInt(3);
      for (int i = random.nextInt(50); i > 0; i--) {
        if (random.nextInt(4) == 0) {
          run.addIncomplete();
          expected.add(null);
          continue;
        }
        int entries = random.nextBoolean() ? width : random.nextInt(width + 1);
        boolean isSparse = entries < width || random.nextBoolean();
        double[] values = random.doubles(entries + 3).toArray();
        EncodedRow row = new EncodedRow();
        row.see(width, isSparse ? new int[] {9, 9, 0, 1, 2, 3, 4} : null, values, 2, entries);
        row.seeLevels(random.ints(levels, 0, 3).mapToObj(String::valueOf).toArray(String[]::new));
        row.label = random.nextInt(3);
        row.weight = random.nextDouble();
        row.offset = random.nextInt(2);
        row.part = random.nextBoolean() ? Part.TRAIN : Part.TEST;
        assertTrue(run.takes(row));
        run.add(row);
        expected.add(line(row));
      }
      run.trim();
      RowRun brought = brought(run);
      List<String> found = new ArrayList<>();
      EncodedRow row = new EncodedRow();
      for (int i = 0; i < brought.rows(); i++) {
        if (brought.isIncomplete(i)) {
          found.add(null);
        } else {
          brought.see(i, row);
          found.add(line(row));
        }
      }

      assertEquals("w", brought.worker());
      assertArrayEquals(expected.toArray(), found.toArray());
    }
  }

  private static RowRun brought(RowRun run) throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(run);
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      return (RowRun) in.readObject();
    }
  }

  private static RowForm ofPersons() {
    return new RowForm(
        LINEAR,
        new FeatureEncoding(List.of(new Numeric("x", ColumnType.NUMBER, false, 0.0))),
        new CellRules(MissingTexts.COMMON),
        false,
        new Scalar(new Expression.Column("y")),
        null,
        null,
        null,
        "patient",
        null);
  }

  private static PersonId person(Object id) throws BrokenRuleException {
    ObjectRows rows = new ObjectRows(List.<Object[]>of(new Object[] {0.5, 1.0, id}));
    EncodedRow row = new EncodedRow();
    assertTrue(rows.next());
    new RowEncoder(ofPersons()).encode(rows.cells(), row);
    assertEquals(1, row.width());
    return row.copy().person;
  }

  @Test
  void encode_idsThatSpellOneNumber_areOnePersons() throws BrokenRuleException {
    Object[] spellings = {
      1, 1L, 1.0, 1.0f, (byte) 1, "1", " 1", "1 ", "1.0", "01", "+1", "1e0", "\t1\u00a0", "\ufeff1"
    };
    for (Object spelling : spellings) {
      assertEquals(PersonId.of("1"), person(spelling), () -> "of " + spelling);
    }
    assertEquals(person(-0.0), person("0"));
    assertEquals(person(1e300), person("1E+300"));
    assertEquals(person(true), person("TRUE"));
  }

  /** Doubles would make one of the first two, and bytes of the two that are no characters. */
  @Test
  void encode_idsThatDiffer_areNotOnePersons() throws BrokenRuleException {
    String longest = "9".repeat(1_000_000);
    Object[] ids = {
      (1L << 53) + 1,
      1L << 53,
      Long.MAX_VALUE,
      Long.MIN_VALUE,
      "1a",
      "1.5",
      "1,5",
      "A1",
      "a1",
      "-1",
      "1-",
      "1e999",
      "Infinity",
      "\ud800",
      "\udc00",
      "?",
      longest,
      longest + "9",
      longest.substring(1) + "8"
    };
    Set<PersonId> persons = new HashSet<>();
    for (Object id : ids) {
      assertTrue(persons.add(person(id)), () -> "twice: " + id.toString().length());
    }
  }

  @Test
  void encode_noId_isMissingAndLeftOut() {
    for (Object id : new Object[] {null, "", "  ", "\u200b", "NA", "null", " NaN", Double.NaN}) {
      BrokenRuleException broken = assertThrows(BrokenRuleException.class, () -> person(id));
      assertEquals("patient", broken.column());
      assertEquals(BrokenRuleException.Kind.MISSING, broken.kind());
    }
    ObjectRows rows = new ObjectRows(List.<Object[]>of(new Object[] {0.5, 1.0, null}));
    assertTrue(rows.next());
    assertTrue(new RowEncoder(ofPersons()).isIncomplete(rows.cells()));
  }

  /** As doubles, large ids would be one. */
  @Test
  void isOfNumbers_withPersons_isFalse() {
    assertFalse(ofPersons().isOfNumbers());
    assertEquals(3, ofPersons().width());
  }

  @Test
  void see_rowsOfPersonsInARun_areTheSamePersons() throws Exception {
    RowRun run = new RowRun("w");
    EncodedRow row = new EncodedRow();
    for (int i = 0; i < 100; i++) {
      if (i % 7 == 6) {
        run.addIncomplete();
        continue;
      }
      row.see(1, null, new double[] {i}, 0, 1);
      row.person = PersonId.of("p" + i % 10);
      run.add(row);
    }
    run.trim();
    RowRun sent = brought(run);
    for (int i = 0; i < 100; i++) {
      if (!sent.isIncomplete(i)) {
        sent.see(i, row);
        assertEquals(PersonId.of("p" + i % 10), row.person);
      }
    }
  }
}
