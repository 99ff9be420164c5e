package io.sparkfed.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.csv.CsvHeader.Verdict;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What names columns, and what types cells have. */
class CsvRulesTest {

  // Headers.

  @Test
  void names_blanksEmptyAndRepeated_areAsInSpark() {
    assertEquals(
        List.of("age", "_c1", "x2", "b p", "X4"),
        CsvHeader.names(List.of(" age\t", "  ", "x", "\u00A0b p", "X")));
    assertEquals(List.of("x1", "x1_1", "x2"), CsvHeader.names(List.of("x1", "x", "x")));
  }

  @Test
  void numbered_repeatedAndEmpty_sayWhatTheyStandFor() {
    assertEquals(Map.of(), CsvHeader.numbered(List.of("a", "b1", "B 1")));
    assertEquals(
        Map.of("x0", "x 1", "x2", "x 2", "_c1", " 1"), CsvHeader.numbered(List.of("x", " ", "X ")));
    assertEquals(
        Map.of("x1", CsvHeader.SEVERAL, "x2", "x 2"), CsvHeader.numbered(List.of("X1", "x", "x")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "age,bp,y|age,bp,y|HEADER",
        "Age,BP,Y,note|age,bp,y|HEADER",
        "2019,2020,y|2019,2020,y|HEADER",
        "2019,2020,y|2019,2021,y|PERHAPS_A_ROW",
        "age,bq,y|age,bp,y|INCOMPLETE",
        "50,120,1.5|age,bp,y|PERHAPS_A_ROW",
        "7,female,y|age,sex,y|PERHAPS_A_ROW",
        "male,no,high|sex,smoker,y|PERHAPS_A_ROW",
        "1,5|age,y|PERHAPS_A_ROW",
        "NA,yes|age,y|PERHAPS_A_ROW"
      })
  void judge_firstRecord_isAHeaderOrPerhapsARow(String names, String needed, Verdict verdict) {
    assertEquals(verdict, CsvHeader.judge(List.of(names.split(",")), List.of(needed.split(","))));
  }

  // Types.

  @ParameterizedTest
  @CsvSource({
    "1,LONG",
    "-007,LONG",
    "+5,LONG",
    "9223372036854775807,LONG",
    "9223372036854775808,DOUBLE",
    "1.0,DOUBLE",
    ".5,DOUBLE",
    "1e5,DOUBLE",
    "Infinity,DOUBLE",
    "-inf,DOUBLE",
    "NaN,DOUBLE",
    "1f,TEXT",
    "0x1p3,TEXT",
    "1_000,TEXT",
    "1.2.3,TEXT",
    "e5,TEXT",
    "-,TEXT",
    "1e,TEXT",
    "true,BOOLEAN",
    "FALSE,BOOLEAN",
    "yes,TEXT",
    "T,TEXT",
    "2024-02-29,DATE",
    "2023-02-29,TEXT",
    "2024-2-9,TEXT",
    "2024-02-29 12:30:00,TIMESTAMP",
    "2024-02-29T12:30:00.25Z,TIMESTAMP",
    "2024-02-29T12:30+01:00,TIMESTAMP",
    "2024-02-29 25:00:00,TEXT",
    "a,TEXT"
  })
  void of_cell_isTheTypeThatSparkInfers(String cell, CellType type) {
    assertEquals(type, CellType.of(cell, '.'));
    assertEquals(type, CellType.of(" " + cell + " ", '.'));
  }

  @Test
  void of_decimalComma_isANumberAndAPointIsNot() {
    assertEquals(CellType.DOUBLE, CellType.of("1,5", ','));
    assertEquals(CellType.LONG, CellType.of("15", ','));
    assertEquals(CellType.TEXT, CellType.of("1.5", ','));
    assertEquals(Optional.of("1.5e3"), CellType.withPoints(" 1,5e3", ','));
    assertEquals(Optional.of("C50.1"), CellType.withPoints("C50.1", ','));
    assertEquals(Optional.of("01.02.2020"), CellType.withPoints("01.02.2020", ','));
    for (String unclear : List.of("1.5", "1.500", "1.234,5", "1.234.567", "-1.234.567,89")) {
      assertEquals(Optional.empty(), CellType.withPoints(unclear, ','), unclear);
    }
  }

  /** The order of cells, files and workers has no part in it: it is a function of a set. */
  @Test
  void common_types_areTheLeastThatHoldsThem() {
    assertEquals(Optional.empty(), CellType.common(EnumSet.noneOf(CellType.class)));
    for (CellType type : CellType.values()) {
      assertEquals(Optional.of(type), CellType.common(EnumSet.of(type)));
      assertEquals(Optional.of(CellType.TEXT), CellType.common(EnumSet.of(type, CellType.TEXT)));
    }
    assertEquals(
        Optional.of(CellType.DOUBLE), CellType.common(EnumSet.of(CellType.LONG, CellType.DOUBLE)));
    assertEquals(
        Optional.of(CellType.TIMESTAMP),
        CellType.common(EnumSet.of(CellType.DATE, CellType.TIMESTAMP)));
    assertEquals(
        Optional.of(CellType.TEXT), CellType.common(EnumSet.of(CellType.LONG, CellType.BOOLEAN)));
    assertEquals(
        Optional.of(CellType.TEXT), CellType.common(EnumSet.of(CellType.LONG, CellType.DATE)));
    assertEquals(Optional.of(CellType.TEXT), CellType.common(EnumSet.allOf(CellType.class)));
  }
}
