package io.sparkfed.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShownTextTest {

  /** By Unicode's own categories: controls, separators of lines, and marks of direction. */
  @Test
  void line_anyCharacter_isKeptIfItIsShownAndSpelledOutIfNot() {
    for (int c = 0; c <= Character.MAX_CODE_POINT; c++) {
      String text = "a" + Character.toString(c) + "b";
      int type = Character.getType(c);
      byte direction = Character.getDirectionality(c);
      boolean obeyed =
          type == Character.CONTROL
              || type == Character.LINE_SEPARATOR
              || type == Character.PARAGRAPH_SEPARATOR
              || type == Character.SURROGATE
              || (direction >= Character.DIRECTIONALITY_LEFT_TO_RIGHT_EMBEDDING
                  && direction <= Character.DIRECTIONALITY_POP_DIRECTIONAL_FORMAT)
              || (direction >= Character.DIRECTIONALITY_LEFT_TO_RIGHT_ISOLATE
                  && direction <= Character.DIRECTIONALITY_POP_DIRECTIONAL_ISOLATE);

      if (obeyed) {
        assertFalse(ShownText.isShown(text), () -> text);
        assertEquals(String.format("a\\u%04xb", c), ShownText.line(text));
        assertFalse(InputColumn.isLevel(text));
      } else if (ShownText.isShown(text)) {
        assertEquals(text, ShownText.line(text));
        assertTrue(InputColumn.isLevel(text));
      }
    }
  }

  @Test
  void line_ordinaryTexts_areKept() {
    for (String text : new String[] {"", "plain", "żółć", "نعم", "क्‍ष", "👩‍👩", "a\u00a0b"}) {
      assertEquals(text, ShownText.line(text));
    }
  }

  @Test
  void paragraph_forgedLines_areIndentedAndSpelledOut() {
    assertEquals(
        "error: no column x\n  error: all is well\\u001b[2J\n    at y",
        ShownText.paragraph("error: no column x\r\nerror: all is well\u001b[2J\n\tat y"));
  }
}
