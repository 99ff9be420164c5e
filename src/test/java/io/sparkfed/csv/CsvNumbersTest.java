package io.sparkfed.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.csv.CsvDialect.Text;
import io.sparkfed.model.MissingTexts;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvNumbersTest {
  private static CsvDialect dialect(char decimal, List<String> missing) {
    Text text = new Text("UTF-8", ";", '"', '\0', '\0', '\0', true, false, false);
    return new CsvDialect(text, false, List.of(), decimal, MissingTexts.of(missing), false);
  }

  /** A cell's number is that of its text, unless the text stands for a missing value. */
  @ParameterizedTest
  @ValueSource(chars = {'.', ','})
  void of_anyCells_areTheNumbersOfTheirTexts(char decimal) throws IOException {
    Random random = new Random(7);
    List<String> numbers =
        List.of(
            "1",
            "01",
            "1.0",
            "1,0",
            "-9",
            "-9,0",
            "-9.0",
            "-0",
            "0",
            "1e3",
            "1000",
            "1e400",
            "+5",
            "1e000001",
            "9223372036854775807",
            "9223372036854775808",
            ".5",
            "5.",
            "1.000,5");
    List<String> others = List.of("", " ", "NA", "NaN", "-", "1d", "0x1p3", "true", "Inf", "a");
    for (int trial = 0; trial < 500; trial++) {
      List<String> listed = new ArrayList<>();
      random.ints(random.nextInt(3), 0, numbers.size()).forEach(k -> listed.add(numbers.get(k)));
      CsvDialect dialect = dialect(decimal, listed);
      List<String> cells = new ArrayList<>(numbers);
      cells.addAll(others);
      cells.replaceAll(cell -> random.nextBoolean() ? cell : " " + cell + "  ");
      CsvRecords records =
          new CsvRecords(new StringReader(String.join(";", cells) + "\n"), dialect.text());
      assertTrue(records.next());
      CsvNumbers read = new CsvNumbers(dialect);
      CsvTexts texts = new CsvTexts();
      for (int k = 0; k < cells.size(); k++) {
        String cell = cells.get(k);
        String about = cell + " of " + dialect;
        assertEquals(cell, texts.of(records, k));
        double number = read.of(records, k);
        boolean isMissing =
            dialect.missing().contains(cell)
                || CellType.withPoints(cell, decimal)
                    .filter(dialect.missing()::contains)
                    .isPresent();
        boolean isNumber = CellType.isFinite(cell.strip(), decimal);
        if (isMissing || !isNumber) {
          assertTrue(Double.isNaN(number), about);
        } else if (!Double.isNaN(number)) {
          assertEquals(Double.parseDouble(cell.replace(',', '.')), number, about);
          assertEquals(CellType.of(cell, decimal) == CellType.LONG, read.isLong(records, k), about);
        } else {
          // Another number that is the same double stands for a missing value.
          assertTrue(dialect.missing().anyNumber(), about);
        }
      }
    }
  }

  @Test
  void of_numberBesideMissingOnes_isRead() throws IOException {
    CsvDialect dialect = dialect('.', List.of("-999", "none"));
    CsvRecords records =
        new CsvRecords(new StringReader("-999;-999.5;-9.99e2;7\n"), dialect.text());
    assertTrue(records.next());
    CsvNumbers numbers = new CsvNumbers(dialect);

    assertEquals(
        List.of(Double.NaN, -999.5, Double.NaN, 7.0),
        List.of(
            numbers.of(records, 0),
            numbers.of(records, 1),
            numbers.of(records, 2),
            numbers.of(records, 3)));
  }
}
