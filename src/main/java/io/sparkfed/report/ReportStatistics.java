package io.sparkfed.report;

import static io.sparkfed.report.ReportText.DASH;
import static io.sparkfed.report.ReportText.count;
import static io.sparkfed.report.ReportText.finite;
import static io.sparkfed.report.ReportText.fixed;
import static io.sparkfed.report.ReportText.number;

import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.FitStatistics.Coefficient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The report's table of standard errors and intervals, as the template wants it. */
final class ReportStatistics {
  /** Below it a p-value is only said to be so. */
  private static final double LEAST_P = 1e-16;

  private final FitStatistics statistics;

  ReportStatistics(FitStatistics statistics) {
    this.statistics = statistics;
  }

  Map<String, Object> view() {
    double furthest = 0.0;
    for (Coefficient c : statistics.coefficients()) {
      double reach = Math.max(Math.abs(c.lower()), Math.abs(c.upper())) / c.standardError();
      furthest = Double.isFinite(reach) ? Math.max(furthest, reach) : furthest;
    }
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Coefficient c : statistics.coefficients()) {
      rows.add(
          Map.of(
              "name", c.name(),
              "estimate", number(finite(c.estimate())),
              "error", number(finite(c.standardError())),
              "statistic", number(finite(c.statistic())),
              "p", pValue(c.pValue()),
              "lower", number(finite(c.lower())),
              "upper", number(finite(c.upper())),
              "interval", interval(c, furthest)));
    }
    return Map.of(
        "test", statistics.test(),
        "level", percent(statistics.confidenceLevel()),
        "figures", figures(),
        "ofCoefficients", !rows.isEmpty(),
        "countsNoise", statistics.countsNoise(),
        "rows", rows);
  }

  /** A confidence level in percent, without the sign. */
  static String percent(double level) {
    return whole(100.0 * level);
  }

  private List<Map<String, String>> figures() {
    if (statistics.countsNoise()) {
      return List.of(Map.of("label", "Rows", "value", whole(Math.rint(statistics.rows()))));
    }
    List<Map<String, String>> figures = new ArrayList<>();
    figures.add(figure("Deviance", statistics.deviance(), statistics.residualDegrees()));
    figures.add(figure("Null deviance", statistics.nullDeviance(), statistics.nullDegrees()));
    figures.add(figure("Dispersion", statistics.dispersion()));
    figures.add(figure("Log-likelihood", statistics.logLikelihood()));
    figures.add(figure("AIC", statistics.aic()));
    figures.add(figure("1 \u2013 deviance / null deviance", statistics.r2()));
    return figures;
  }

  private static Map<String, String> figure(String label, double value) {
    return Map.of("label", label, "value", number(finite(value)));
  }

  private static Map<String, String> figure(String label, double value, double degrees) {
    return Map.of(
        "label",
        label,
        "value",
        number(finite(value)) + " on " + whole(degrees) + " degrees of freedom");
  }

  /** A number that mostly is a whole one. */
  private static String whole(double value) {
    boolean isWhole = Math.abs(value - Math.rint(value)) < 1e-9 && Math.abs(value) < 1e15;
    return isWhole ? count((long) Math.rint(value)) : number(finite(value));
  }

  private static String pValue(double p) {
    if (Double.isNaN(p)) {
      return DASH;
    }
    return p < LEAST_P ? "< " + number(LEAST_P) : number(p);
  }

  /** The interval in standard errors, on a scale from {@code -furthest} to {@code furthest}. */
  private static Map<String, Object> interval(Coefficient c, double furthest) {
    double low = c.lower() / c.standardError();
    double high = c.upper() / c.standardError();
    boolean drawn = Double.isFinite(low) && Double.isFinite(high) && furthest > 0.0;
    return Map.of(
        "drawn", drawn,
        "sign", c.estimate() < 0.0 ? "negative" : "positive",
        "left", drawn ? fixed(50.0 * (low / furthest + 1.0), 2) : "50",
        "width", drawn ? fixed(50.0 * (high - low) / furthest, 2) : "0",
        "at", drawn ? fixed(50.0 * (c.statistic() / furthest + 1.0), 2) : "50");
  }
}
