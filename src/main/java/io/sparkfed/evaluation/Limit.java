package io.sparkfed.evaluation;

import java.util.Locale;

/**
 * What metrics with noise don't say.
 *
 * @param text one clause, with {@code %s} where it says how many
 * @param most how many there may be
 * @param areWorkers whether these are workers, not rows
 */
public record Limit(String text, double most, boolean areWorkers) {

  /** Returns the clause. */
  public String told() {
    return String.format(
        Locale.ROOT, text, String.format(Locale.ROOT, "%.0f %s", Math.ceil(most), unit()));
  }

  private String unit() {
    return areWorkers ? "workers" : "rows";
  }

  /** Returns a number with as many digits as are of use in a clause. */
  static String number(double value) {
    return String.format(Locale.ROOT, "%.3g", value);
  }
}
