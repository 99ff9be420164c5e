package io.sparkfed.report;

import java.time.Duration;
import java.util.Locale;

/**
 * How the report writes numbers and words: the same in every locale, and an en dash for what is
 * missing or not finite.
 */
public final class ReportText {

  static final String DASH = "\u2013";

  private ReportText() {}

  /** Returns the value itself, or null if it is not finite. */
  static Double finite(Double value) {
    return value == null || !Double.isFinite(value) ? null : value;
  }

  /** Four significant digits. */
  static String number(Double value) {
    if (finite(value) == null) {
      return DASH;
    }
    double size = Math.abs(value);
    if (size == 0) {
      return "0";
    }
    if (size >= 1e6 || size < 1e-4) {
      return String.format(Locale.ROOT, "%.3e", value);
    }
    return fixed(value, Math.max(1, 3 - (int) Math.floor(Math.log10(size))));
  }

  /**
   * A number with noise in it: to the place of the second digit of the noise's deviation.
   *
   * @param deviation null for a number without noise
   * @param sign what stands between both
   */
  public static String withNoise(Double value, Double deviation, String sign) {
    if (!hasNoise(value, deviation)) {
      return number(value);
    }
    int decimals = 1 - (int) Math.floor(Math.log10(deviation));
    return decimals > 9 || decimals < -5
        ? number(value) + sign + number(deviation)
        : fixed(value, Math.max(0, decimals)) + sign + fixed(deviation, Math.max(0, decimals));
  }

  /** Whether a number has noise that is shown beside it; both may be null. */
  static boolean hasNoise(Double value, Double deviation) {
    return finite(value) != null && finite(deviation) != null && deviation > 0.0;
  }

  /** Seconds without their unit: the more decimals, the shorter the time. */
  public static String seconds(Double value) {
    if (finite(value) == null) {
      return DASH;
    }
    double size = Math.abs(value);
    return fixed(value, size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size == 0 ? 2 : 3);
  }

  /** A time with its units. */
  static String duration(Duration value) {
    if (value.toSeconds() < 60) {
      return seconds(value.toNanos() / 1e9) + " s";
    }
    String minutes = value.toMinutesPart() + " min " + value.toSecondsPart() + " s";
    return value.toHours() > 0 ? value.toHours() + " h " + minutes : minutes;
  }

  /** Bytes with their decimal unit. */
  public static String bytes(long value) {
    String[] units = {"B", "kB", "MB", "GB", "TB"};
    double scaled = value;
    int unit = 0;
    while (Math.abs(scaled) >= 1000 && unit < units.length - 1) {
      scaled /= 1000;
      unit++;
    }
    return fixed(scaled, unit == 0 || scaled >= 100 ? 0 : 1) + "\u00a0" + units[unit];
  }

  /** A whole number with its thousands apart. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A number with this many decimals. */
  static String fixed(double value, int decimals) {
    return String.format(Locale.ROOT, "%." + decimals + "f", value);
  }

  /** The word with a capital at its start. */
  static String capitalized(String word) {
    return word.isEmpty()
        ? word
        : word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1);
  }
}
