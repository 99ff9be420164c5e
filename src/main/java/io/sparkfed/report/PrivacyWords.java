package io.sparkfed.report;

import static io.sparkfed.report.ReportText.number;

import io.sparkfed.evaluation.PrivacyAccount;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.Locale;

/** What a run's noise protects, in sentences. */
public final class PrivacyWords {
  private PrivacyWords() {}

  /** Returns which two data sets are hard to tell apart, and what is public. */
  public static String adjacency(PrivacyAccount account) {
    return "add or remove "
        + changed(account)
        + "; all other rows, who takes part, names, columns and settings are public";
  }

  /**
   * Returns what the account means, in one sentence: how much better than guessing whoever sees
   * everything can do. The number is rounded up.
   */
  public static String meaning(PrivacyAccount account) {
    return "Whoever sees everything this run told can tell whether "
        + account.unit().given()
        + " with at most "
        + points(account.advantage())
        + " points above guessing (of 100: true alarms less false ones).";
  }

  /** Returns whose noise is relied on, in one sentence. */
  public static String honest(PrivacyAccount account) {
    return account.honestWorkers() == 1
        ? "Each worker's own noise is enough for its rows, whatever others tell."
        : "This holds as long as "
            + account.honestWorkers()
            + " workers of each sum don't tell others their noise.";
  }

  /** Returns the account in one line. */
  public static String line(PrivacyAccount account) {
    return "privacy: " + guarantee(account);
  }

  /** Returns what is guaranteed, as it is quoted. */
  static String guarantee(PrivacyAccount account) {
    return "epsilon "
        + plain(account.epsilon())
        + ", delta "
        + small(account.delta())
        + " (rho "
        + number(account.rho())
        + ") for "
        + changed(account)
        + " more or less";
  }

  /** Returns an epsilon as it is written in configurations. */
  static String plain(double epsilon) {
    return new BigDecimal(epsilon).round(new MathContext(4)).stripTrailingZeros().toPlainString();
  }

  /** Returns a probability as it is written in configurations. */
  static String small(double value) {
    String text = String.format(Locale.ROOT, "%.3e", value);
    return text.replaceFirst("\\.?0*e", "e").replaceFirst("e([+-])0", "e$1");
  }

  private static String changed(PrivacyAccount account) {
    return account.unit().changed(account.rowsOfPerson());
  }

  private static String points(double advantage) {
    return String.format(Locale.ROOT, "%.2f", Math.ceil(1e4 * advantage - 1e-9) / 100.0)
        .replaceFirst("0$", "")
        .replaceFirst("\\.0$", "");
  }
}
