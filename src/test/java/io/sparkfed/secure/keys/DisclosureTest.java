package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.RowCounts;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DisclosureTest {
  private static final Disclosure DEFAULTS = Disclosure.read(new PolicyText(Map.of()));

  @Test
  void check_justEnough_isAllowed() {
    assertDoesNotThrow(() -> DEFAULTS.check(new RowCounts(10, 10.0, 3), 3));
    assertDoesNotThrow(() -> DEFAULTS.check(new RowCounts(10, 10.0, Long.MAX_VALUE), 0));
  }

  @ParameterizedTest
  @CsvSource({
    "9, 9, 3, 1, least-rows",
    "10, 9.9, 3, 1, least-effective-rows",
    "10, NaN, 3, 1, least-effective-rows",
    "10, 10, 3, 4, most-parameters-per-row",
    "10, 10, 2, 1, least-each-side"
  })
  void check_tooLittle_namesTheRule(
      long rows, double effective, long side, long parameters, String rule) {
    RefusedException refused =
        assertThrows(
            RefusedException.class,
            () -> DEFAULTS.check(new RowCounts(rows, effective, side), parameters));
    assertEquals(rule, refused.rule().key());
  }

  @Test
  void check_ownersValues_standForTheDefaults() {
    Disclosure own =
        Disclosure.read(
            new PolicyText(
                Map.of(
                    "least-rows", "2",
                    "most-parameters-per-row", "5",
                    "least-each-side", "0")));

    assertDoesNotThrow(() -> own.check(new RowCounts(2, 2.0, 1), 10));
    // Unless it is set, as many as rows.
    assertThrows(RefusedException.class, () -> own.check(new RowCounts(2, 1.9, 1), 10));
  }
}
