package io.sparkfed.doctor;

import static io.sparkfed.report.ReportText.count;
import static io.sparkfed.report.ReportText.seconds;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.recipe.PlannedNoise;
import io.sparkfed.recipe.RoundCost;
import io.sparkfed.report.ReportText;
import io.sparkfed.spark.rows.DataSurvey;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** What a look at the rows says of a training to come. */
public final class SurveyText {
  private static final int HASH_DIGITS = 12;

  private final TrainingConfig config;
  private final DataSurvey.Found found;

  public SurveyText(TrainingConfig config, DataSurvey.Found found) {
    this.config = config;
    this.found = found;
  }

  /** Returns what a training would stop at, or should know. */
  public List<Finding> findings() {
    List<Finding> findings = new ArrayList<>();
    for (String fault : found.faults()) {
      findings.add(
          new Finding(
              Area.DATA,
              Verdict.DANGER,
              "rows",
              fault,
              "usable, each of them",
              "a training ends with it before round 1"));
    }
    boolean isHidden = config.privacy().isPresent();
    int least = config.aggregation().minWorkers();
    boolean known =
        config.data().source() instanceof WorkerPaths paths
            && paths.paths().size() == found.workers().size();
    boolean enough = found.workers().size() >= least;
    if (found.faults().isEmpty() && !(known && !enough)) {
      findings.add(
          new Finding(
              Area.COHORT,
              enough ? Verdict.OK : Verdict.DANGER,
              isHidden ? "workers that take part" : "workers with training rows",
              count(found.workers().size()),
              "at least " + least + " (aggregation.min-workers)",
              isHidden ? "who has no rows takes part, too" : "the others train nothing"));
    }
    if (!found.skipped().isEmpty()) {
      findings.add(
          new Finding(
              Area.COHORT,
              Verdict.WARN,
              "workers left out",
              skipped(),
              "none",
              "their rows don't count, and the driver learns that they have none to train on"));
    }
    try {
      cost();
    } catch (ConfigurationException e) {
      findings.add(
          new Finding(
              Area.CONFIGURATION,
              Verdict.DANGER,
              "algorithm.preset",
              e.getMessage(),
              "one for so many features",
              "a training refuses it"));
    }
    return findings;
  }

  /** Returns contract, cohort and cost for the terminal. */
  public List<String> lines() {
    List<String> lines = new ArrayList<>();
    contract(lines);
    lines.add("");
    boolean takeAllPart = found.skipped().isEmpty() && found.evaluators().isEmpty();
    lines.add(
        "cohort: "
            + count(found.workers().size())
            + " workers would take part"
            + (takeAllPart && found.faults().isEmpty()
                ? ": " + String.join(", ", found.workers())
                : ""));
    if (!found.evaluators().isEmpty()) {
      lines.add(
          "  test rows only: "
              + count(found.evaluators().size())
              + " workers; one more visit in each round evaluates them");
    }
    if (!found.skipped().isEmpty()) {
      lines.add("  left out: " + skipped());
    }
    lines.add("");
    costs(lines);
    if (config.privacy().isPresent()) {
      lines.add("");
      lines.add(
          "no row was looked at: privacy.unit = "
              + EnumNames.of(config.privacy().get().unit())
              + " hides which rows there are, and how");
      int workers = Math.max(1, found.workers().size());
      lines.addAll(PlannedNoise.lines(config, cost().coefficients(), workers));
    }
    return lines;
  }

  private String skipped() {
    return found.leftOut().toString();
  }

  private void contract(List<String> lines) {
    FeatureEncoding encoding = found.encoding();
    lines.add(
        "feature contract: "
            + (found.isComplete()
                ? count(encoding.width()) + " features, SHA-256 " + encoding.fingerprint()
                : "a training's secure sums complete it"));
    int number = 1;
    for (InputColumn column : encoding.columns()) {
      lines.add(
          String.format(
              Locale.ROOT,
              "  %3d  %-20s %s%s",
              number++,
              column.name(),
              column.type().label(),
              detail(column)));
    }
  }

  private static String detail(InputColumn column) {
    if (column instanceof OneHot category) {
      String reference = category.reference().isEmpty() ? "the first level" : category.reference();
      return ", category with "
          + (category.levels().isEmpty()
              ? "levels still to be found"
              : count(category.levels().size()) + " levels, SHA-256 " + hash(category.levels()))
          + ", reference: "
          + reference;
    }
    if (!(column instanceof Numeric number) || !number.imputed()) {
      return "";
    }
    return ", missing ones replaced by "
        + (Double.isNaN(number.fill()) ? "a mean that is still to be found" : number.fill());
  }

  /** Tells two lists of levels apart without telling the levels. */
  private static String hash(List<String> levels) {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (String level : levels) {
        byte[] text = level.getBytes(StandardCharsets.UTF_8);
        digest.update((text.length + ":").getBytes(StandardCharsets.UTF_8));
        digest.update(text);
      }
      return HexFormat.of().formatHex(digest.digest()).substring(0, HASH_DIGITS);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** A number of bytes for terminals, whose encoding may know no other space. */
  private static String size(long bytes) {
    return ReportText.bytes(bytes).replace('\u00a0', ' ');
  }

  private RoundCost cost() {
    int features = Math.max(1, found.encoding().width());
    return RoundCost.of(config, features, Math.max(1, found.workers().size()));
  }

  private void costs(List<String> lines) {
    RoundCost cost = cost();
    boolean masked = config.aggregation().mode() == AggregationMode.MASKED;
    String least = found.isComplete() ? "" : "at least ";
    lines.add(
        "cost of a round (estimates; at most "
            + count(config.algorithm().rounds())
            + " rounds, and one visit more for "
            + (config.privacy().isPresent() ? "each other release" : "the last one's metrics")
            + "):");
    lines.add("  Spark jobs         " + cost.jobs() + (masked ? ", and 1 before the first" : ""));
    lines.add(
        "  to each worker     "
            + least
            + size(cost.bytesToWorker())
            + " ("
            + count(cost.coefficients())
            + " coefficients)");
    lines.add("  from each worker   " + least + size(cost.bytesFromWorker()));
    lines.add("  in all, both ways  " + least + size(cost.bytesAtDriver()));
    double empty = found.emptyJobSeconds();
    if (Double.isFinite(empty)) {
      lines.add(
          "  seconds            at least "
              + seconds(cost.jobs() * empty)
              + ": as many empty jobs over these workers took here; training and cryptography come"
              + " on top");
    }
  }
}
