package io.sparkfed.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

final class SpellingTest {

  @Test
  void level_spellingsOfOneNumber_areOne() {
    for (String one : List.of("1", "1.0", "1.", "01", "+1", "1e0", "10E-1", " 1\u00a0", "0.1e+1")) {
      assertEquals("1", Spelling.VALUE.level(one), one);
    }
    assertEquals("0", Spelling.VALUE.level("-0.0"));
    assertEquals("0.5", Spelling.VALUE.level(".50"));
    assertEquals("-20", Spelling.VALUE.level("-2e1"));
    assertEquals("1E+300", Spelling.VALUE.level("1e300"));
  }

  @Test
  void level_spellingsOfOneBoolean_areOne() {
    for (String text : List.of("true", "True", "TRUE", " true\t")) {
      assertEquals("true", Spelling.VALUE.level(text));
    }
    assertEquals("false", Spelling.VALUE.level("False"));
  }

  @Test
  void level_whatIsNoNumber_isItsText() {
    for (String text :
        List.of("1a", "1f", "0x1", "e5", "1e", "1e9999", "1,5", "1 000", "--1", "T", "yes", ".")) {
      assertEquals(text, Spelling.VALUE.level(text));
    }
    assertEquals("9".repeat(65), Spelling.VALUE.level("9".repeat(65)));
  }

  @Test
  void level_asText_isOnlyMadePlain() {
    for (String text : List.of("01234", "1.0", "1e5", "TRUE", "+1")) {
      assertEquals(text, Spelling.TEXT.level(text));
    }
    assertEquals("New York", Spelling.TEXT.level(" New\u2009York"));
  }

  @Test
  void level_ofALevel_isItself() {
    for (String text : List.of("1.50", "1e300", "-0", "TRUE", "a  b", "+.5e-7", "1e-70")) {
      String level = Spelling.VALUE.level(text);

      assertEquals(level, Spelling.VALUE.level(level));
    }
  }

  @Test
  void missing_common_isWhatProgramsWrite() {
    for (String text : List.of("", " ", "\u00a0", "NA", " NA ", "N/A", "NaN", "nan", "null")) {
      assertTrue(MissingTexts.COMMON.contains(text), text);
    }
    for (String text : List.of("na", "Na", "none", "-", "0", "NAN1")) {
      assertFalse(MissingTexts.COMMON.contains(text), text);
    }
  }

  @Test
  void missing_listOfOnesOwn_isThatAndTheEmptyText() {
    MissingTexts own = MissingTexts.of(List.of(" -9 ", "n. a."));

    assertTrue(own.contains("-9"));
    assertTrue(own.contains("n.\u00a0a."));
    assertTrue(own.contains(" "));
    assertFalse(own.contains("NA"));
  }

  @Test
  void missing_numberOnTheList_isAnySpellingOfIt() {
    MissingTexts own = MissingTexts.of(List.of("-999", "?"));

    for (String text : List.of("-999", "-999.0", " -9.99e2 ")) {
      assertTrue(own.contains(text), text);
    }
    for (String text : List.of("999", "-999.5", "-999x")) {
      assertFalse(own.contains(text), text);
    }
  }
}
