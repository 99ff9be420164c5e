package io.sparkfed.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DecimalsTest {
  private static double parse(String text, char mark) {
    char[] around = ("7" + text + "7").toCharArray();
    return Decimals.parse(around, 1, around.length - 1, mark);
  }

  /** The library's parser is the oracle, in texts with a point and with a comma. */
  private static void check(String text) {
    long expected = Double.doubleToRawLongBits(Double.parseDouble(text));
    if (expected != Double.doubleToRawLongBits(parse(text, '.'))
        || expected != Double.doubleToRawLongBits(parse(text.replace('.', ','), ','))) {
      assertEquals(Double.parseDouble(text), parse(text, '.'), text);
      assertEquals(Double.parseDouble(text), parse(text.replace('.', ','), ','), text);
    }
  }

  private static String digits(Random random, int count) {
    StringBuilder digits = new StringBuilder();
    for (int k = 0; k < count; k++) {
      digits.append((char) ('0' + random.nextInt(10)));
    }
    return digits.toString();
  }

  @Test
  void parse_shortestAndLongTextsOfDoubles_areThese() {
    Random random = new Random(1);
    for (int k = 0; k < 300_000; k++) {
      check(
          Double.toString(Double.longBitsToDouble((random.nextLong() & ~(1L << 62)) | (1L << 61))));
      check(Double.toString(random.nextGaussian()));
      double any = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(any)) {
        check(Double.toString(any));
        if (k % 100 == 0) {
          check(new BigDecimal(any).toString());
        }
      }
    }
  }

  @Test
  void parse_anyDigitsAndExponents_areTheNearestDoubles() {
    Random random = new Random(2);
    String[] signs = {"", "-", "+"};
    for (int k = 0; k < 500_000; k++) {
      String whole = digits(random, random.nextInt(k % 10 == 0 ? 30 : 12));
      String part = digits(random, random.nextInt(k % 10 == 0 ? 30 : 9));
      String marked = whole + (part.isEmpty() && random.nextBoolean() ? "" : "." + part);
      if (whole.isEmpty() && part.isEmpty()) {
        continue;
      }
      int exponent = k % 3 == 0 ? random.nextInt(60) - 30 : random.nextInt(720) - 370;
      check(
          signs[random.nextInt(3)]
              + marked
              + (random.nextBoolean() ? "" : (random.nextBoolean() ? "e" : "E") + exponent));
    }
  }

  /** In the middle of two doubles, and next to it, where it fits into 19 digits and where not. */
  @Test
  void parse_halfwayBetweenDoubles_goesToTheEvenOne() {
    Random random = new Random(3);
    for (int k = 0; k < 200_000; k++) {
      long odd = ((1L << 53) + random.nextLong(1L << 53)) | 1L;
      int shift = random.nextInt(14) - 4;
      BigDecimal middle =
          shift >= 0
              ? new BigDecimal(BigInteger.valueOf(odd).shiftLeft(shift))
              : new BigDecimal(odd).divide(new BigDecimal(1L << -shift));
      check(middle.toPlainString());
      check(middle.add(BigDecimal.ONE.movePointLeft(3)).toPlainString());
      check(middle.subtract(BigDecimal.ONE.movePointLeft(3)).toPlainString());
      check(middle.movePointLeft(random.nextInt(40)).toString());
    }
    for (int k = 0; k < 3_000; k++) {
      double any = Math.abs(Double.longBitsToDouble(random.nextLong()));
      if (Double.isFinite(any)) {
        BigDecimal middle =
            new BigDecimal(any)
                .add(new BigDecimal(Math.nextUp(any) - any).divide(new BigDecimal(2)));
        check(middle.toString());
        check(middle.round(new MathContext(19)).toString());
        check(middle.round(new MathContext(17)).toString());
      }
    }
  }

  @Test
  void parse_smallestAndLargestNumbers_areTheNearestDoubles() {
    Random random = new Random(4);
    for (int k = 0; k < 100_000; k++) {
      check(Double.toString(Double.longBitsToDouble(random.nextLong(1L << 53))));
      check(digits(random, 1 + random.nextInt(19)) + "e-" + (300 + random.nextInt(50)));
      check(digits(random, 1 + random.nextInt(19)) + "e" + (280 + random.nextInt(40)));
    }
    check("4.9e-324");
    check("2.4703282292062327e-324");
    check("2.4703282292062328e-324");
    check("2.2250738585072011e-308");
    check("2.2250738585072014e-308");
    check("1.7976931348623157e308");
    check("1.7976931348623158e308");
    check("1.7976931348623159e308");
    check("18446744073709551615");
    check("9999999999999999999e-99999");
    check("9999999999999999999e99999");
    check("-0");
    check("0e99999");
    check("0." + "0".repeat(400) + "1e400");
    check("1" + "0".repeat(400) + "e-400");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "-",
        "+",
        ".",
        "-.",
        "e5",
        "1e",
        "1e+",
        "1.2.3",
        "1-2",
        "--1",
        "1 2",
        " 1",
        "1 ",
        "1d",
        "1f",
        "0x1p3",
        "NaN",
        "Infinity",
        "-Infinity",
        "inf",
        "1e1.5",
        "1e123456",
        "\u0661",
        "1,5",
        "2024-01-02",
        "1_000",
        "true"
      })
  void parse_otherTexts_areNone(String text) {
    assertTrue(Double.isNaN(parse(text, '.')), text);
    assertEquals(CellType.isFinite(text, '.'), !Double.isNaN(parse(text, '.')));
  }

  /** Both ways to tell whether a cell is a number agree. */
  @Test
  void parse_anyTextOfTheseCharacters_isANumberWhereItsTypeIs() {
    Random random = new Random(5);
    String alphabet = "0159.,eE+- ";
    for (int k = 0; k < 300_000; k++) {
      StringBuilder text = new StringBuilder();
      random
          .ints(random.nextInt(9), 0, alphabet.length())
          .forEach(c -> text.append(alphabet.charAt(c)));
      for (char mark : new char[] {'.', ','}) {
        assertEquals(
            CellType.isFinite(text.toString(), mark),
            !Double.isNaN(parse(text.toString(), mark)),
            text::toString);
      }
    }
  }
}
