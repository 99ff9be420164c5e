package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.model.MissingTexts;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MissingLiteralsTest {
  private static final MissingTexts MISSING = MissingTexts.of(List.of("", "NA", "NaN", "-9"));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "smoker = 'NA' | NA",
        "if(smoker = 'NA', 1, 0) | NA",
        "'NA' <=> smoker | NA",
        "a > 3 AND NOT (smoker IN ('yes', 'NA')) | NA",
        "smoker <> 'NA' | NA",
        "dose = -9 | -9",
        "dose = -9.0 | -9.0",
        "CASE WHEN smoker = ' NA ' THEN 1 END |' NA '",
        "trim(smoker) = 'NA' | NA",
        "TRIM(BOTH FROM smoker) IN ('NA') | NA",
        "upper(trim(smoker)) <> 'na' | na",
        "cast(smoker AS STRING) = 'NA' | NA",
        "smoker LIKE 'NA' | NA",
        "NOT smoker ILIKE 'na' | na",
        "smoker RLIKE '^NA$' | NA",
        "decode(smoker, 'NA', 0, 1) | NA",
        "equal_null(smoker, 'NA') | NA",
        "not isnan(dose) | NaN",
        "nanvl(dose, 0) > 1 | NaN",
        "dose <> cast('NaN' as double) | NaN",
        "dose <=> double('NaN') | NaN"
      })
  void comparedIn_columnAgainstAMissingText_isFound(String sql, String text) {
    assertEquals(
        Optional.of(text),
        MissingLiterals.comparedIn(sql, MISSING, name -> !name.equals("derived")));
  }

  /** A text that takes the place of a missing value is no comparison. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "coalesce(smoker, 'NA')",
        "smoker = 'N'",
        "concat(a, '')",
        "dose = 9",
        "dose > -9",
        "upper('na') = 'NA'",
        "derived = 'NA'",
        "coalesce(smoker, 'NA') = 'NA'",
        "smoker LIKE 'NA%'",
        "smoker RLIKE 'NA'",
        "smoker = 'na'",
        "smoker IS NULL",
        "isnan(derived)",
        "isnan(sqrt(dose))",
        "not an expression ("
      })
  void comparedIn_other_isNot(String sql) {
    assertEquals(
        Optional.empty(),
        MissingLiterals.comparedIn(sql, MISSING, name -> !name.equals("derived")));
  }
}
