package io.sparkfed.report;

import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.testing.Measured;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A small logistic run whose parts a test replaces before it is reported. */
final class ReportRun {
  /** Text that ends elements and opens others where it is not escaped. */
  static final String HOSTILE = "</script><script>alert(1)<b>\"'&";

  String runId = "run-1";
  String name = "two clinics";
  RunReport.Exit exit = new RunReport.Exit("succeeded", 0, "");
  Map<String, String> versions = Map.of("spark", "4.1.0");
  RunReport.Cohort cohort =
      cohort(List.of("alice", "bob"), Map.of(), "read in place: no row moved");
  RunReport.Protection protection =
      new RunReport.Protection(
          "masked-sum", "Only totals were seen.", List.of("One update."), List.of("The sum."));
  List<String> notes = List.of("A note.");
  TreeMap<String, String> journals = new TreeMap<>();
  List<RoundSummary> rounds =
      List.of(
          new RoundSummary(
              0,
              0,
              0,
              0.75,
              metrics("logLoss", 0.75, "accuracy", 0.5, "auc", 0.6),
              metrics("logLoss", 0.75, "accuracy", 0.5, "auc", 0.6),
              0,
              Measured.of(0, 0, 0)),
          new RoundSummary(
              1,
              1,
              1,
              0.6,
              metrics("logLoss", 0.6, "accuracy", 0.8, "auc", 0.9),
              metrics("logLoss", 0.5, "accuracy", 0.7, "auc", 0.85),
              1.5,
              Measured.of(0, 0, 2048)));
  Map<String, Double> train = metrics("rows", 100, "logLoss", 0.6, "accuracy", 0.8, "auc", 0.9);
  Map<String, Double> test = metrics("rows", 50, "logLoss", 0.5, "accuracy", 0.7, "auc", 0.85);
  RunReport.FinalModel model =
      model("logistic", List.of("age", "dose"), List.of(0.5, -1.25), 0.1, "federated");
  Optional<FitStatistics> statistics = Optional.empty();
  Optional<PrivacyAccount> privacy = Optional.empty();
  List<RunReport.Setting> configuration =
      List.of(new RunReport.Setting("server.rate", "0.5", "command line"));
  Map<String, Double> phases = Map.of("train", 1.5);

  /** A model with one output: of two classes, of a quantity, or of a family that is none. */
  static RunReport.FinalModel model(
      String family,
      List<String> features,
      List<Double> coefficients,
      double intercept,
      String standardization) {
    boolean isLogistic = family.equals("logistic");
    return new RunReport.FinalModel(
        family,
        isLogistic ? "logLoss" : family.equals("linear") ? "meanSquaredError" : "loss",
        features,
        List.of(coefficients),
        List.of(intercept),
        isLogistic ? List.of("0", "1") : List.of(),
        standardization,
        Double.NaN);
  }

  /** A round of two workers that tells its loss alone. */
  static RoundSummary round(int number, double loss) {
    return new RoundSummary(
        number, number == 0 ? 0 : 2, 0, loss, Map.of(), Map.of(), 0.5, Measured.of(0, 0, 10));
  }

  /** Metrics by name, from names and numbers in turn. */
  static Map<String, Double> metrics(Object... pairs) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (int i = 0; i < pairs.length; i += 2) {
      metrics.put((String) pairs[i], ((Number) pairs[i + 1]).doubleValue());
    }
    return metrics;
  }

  /** A small linear run without test rows. */
  static ReportRun linear() {
    ReportRun run = new ReportRun();
    run.rounds =
        List.of(
            new RoundSummary(
                1,
                2,
                0,
                9,
                metrics("meanSquaredError", 9, "rmse", 3, "r2", 0.25),
                Map.of(),
                1,
                Measured.of(0, 0, 10)));
    run.train = metrics("rows", 8, "meanSquaredError", 9, "rmse", 3, "r2", 0.25);
    run.test = Map.of();
    run.model = model("linear", List.of("x"), List.of(2.0), 1, "none");
    return run;
  }

  RunReport report() {
    return new RunReport(
        runId,
        name,
        Instant.parse("2026-03-01T10:15:30Z"),
        Duration.ofMillis(12_340),
        exit,
        versions,
        7,
        cohort,
        protection,
        notes,
        rounds,
        train,
        test,
        model,
        statistics,
        privacy,
        configuration,
        phases,
        FeatureEncoding.ofNumbers(model.features()),
        journals);
  }

  /** Returns a cohort whose workers are named. */
  static RunReport.Cohort cohort(
      List<String> workers, Map<String, Integer> skipped, String placement) {
    return new RunReport.Cohort(
        workers.size(), workers, new TreeMap<>(skipped), placement, Optional.empty());
  }
}
