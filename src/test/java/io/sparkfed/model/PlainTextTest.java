package io.sparkfed.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.math.BigDecimal;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class PlainTextTest {
  /** Characters that one look at a screen can't tell from others, among some that it can. */
  private static final String ODD =
      "aB1 \t\n\u0000\u001f\u0085\u00a0\u00ad\u2003\u2009\u202f\u3000\u200b\u200d\u2060\ufeff"
          + "e\u0301\u00e9\u1100\u1161\uac00\u212b\ud83d\ude00";

  @Test
  void of_whiteSpaceOfAnyKind_isOneSpaceInsideAndNoneAround() {
    for (String space :
        List.of(" ", "\t", "\u00a0", "\u2009", "\u202f", "\u3000", "\r\n", "\u0085", " \u00a0 ")) {
      assertEquals("New York", PlainText.of(space + "New" + space + "York" + space));
    }
  }

  @Test
  void of_formsOfOneLetter_areOneText() {
    assertEquals("caf\u00e9", PlainText.of("cafe\u0301"));
    assertEquals("caf\u00e9", PlainText.of("caf\u00e9"));
  }

  @Test
  void of_charactersThatShowNothing_areNotThere() {
    assertEquals("A1", PlainText.of("\ufeffA\u200b\u00ad1\u200e\u2060"));
    assertEquals("", PlainText.of("\u200b\u00a0"));
  }

  @Test
  void of_joiners_stay() {
    assertEquals("\u0645\u200c\u0645", PlainText.of("\u0645\u200c\u0645"));
  }

  @Test
  void of_whatIsPlain_isTheSameObject() {
    String plain = "St. Mary's 01";

    assertSame(plain, PlainText.of(plain));
  }

  @Test
  void of_twice_isOnce() {
    SplittableRandom random = new SplittableRandom(7);
    int[] points = ODD.codePoints().toArray();
    for (int trial = 0; trial < 20_000; trial++) {
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        text.appendCodePoint(points[random.nextInt(points.length)]);
      }
      String plain = PlainText.of(text.toString());

      assertEquals(plain, PlainText.of(plain));
      assertEquals(plain, PlainText.of("\u00a0" + text + "\t"));
    }
  }

  @Test
  void ofNumber_typesAndScales_areNoDifference() {
    for (Number one :
        List.<Number>of((byte) 1, (short) 1, 1, 1L, 1.0f, 1.0, new BigDecimal("1.000"))) {
      assertEquals("1", PlainText.ofNumber(one));
    }
    for (Number zero : List.<Number>of(0, 0.0, -0.0, new BigDecimal("0.00"))) {
      assertEquals("0", PlainText.ofNumber(zero));
    }
    assertEquals("-12000000", PlainText.ofNumber(-1.2e7));
    assertEquals("0.1", PlainText.ofNumber(0.1f));
    assertEquals("1E+300", PlainText.ofNumber(1e300));
    assertEquals("9007199254740993", PlainText.ofNumber(9007199254740993L));
  }

  @Test
  void ofNumber_notFinite_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> PlainText.ofNumber(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> PlainText.ofNumber(Float.POSITIVE_INFINITY));
  }
}
