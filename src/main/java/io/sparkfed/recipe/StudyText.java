package io.sparkfed.recipe;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.WorkersHalf;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.math.Interval;
import io.sparkfed.owner.Asked;
import io.sparkfed.owner.Study;
import io.sparkfed.privacy.GaussianCurve;
import io.sparkfed.privacy.Zcdp;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A study in plain words, for owners and analysts. */
public final class StudyText {
  private static final HexFormat HEX = HexFormat.of();

  /** Any worker's: no path or host is told. */
  private static final String WORKER = "worker";

  private StudyText() {}

  /**
   * Returns the lines.
   *
   * @throws ConfigurationException if it is not one that this version would ask
   */
  public static List<String> lines(Study study) {
    Asked asked = Studies.asked(study, WORKER);
    TrainingConfig config = Studies.config(study, WORKER);
    List<String> lines = new ArrayList<>();
    lines.add(line("study", study.name()));
    lines.add(line("SHA-256", HEX.formatHex(study.hash())));
    lines.add(line("purpose", study.purpose().isEmpty() ? "not said" : study.purpose()));
    lines.add(
        line(
            "analyst",
            study.analyst().length == 0 ? "nobody signs it" : HEX.formatHex(study.analyst())));
    lines.add(line("until", study.until().isEmpty() ? "no last day" : study.until()));
    lines.add(line("rows", rows(study, asked)));
    asked.where().ifPresent(sql -> lines.add(line("", "only those where " + sql)));
    asked.derived().forEach((name, sql) -> lines.add(line("", name + " computed as " + sql)));
    asked
        .split()
        .ifPresent(
            split ->
                lines.add(
                    line(
                        "",
                        "held out by "
                            + split.column()
                            + ": "
                            + split.test()
                            + ", and trained on "
                            + split.train())));
    lines.add(line("columns", columns(asked)));
    lines.add(line("model", asked.family() + ", trained by " + asked.algorithm()));
    lines.add(
        line(
            "sums",
            text(study, "aggregation.mode")
                + ", over at least "
                + text(study, "aggregation.min-workers")
                + " workers; at most "
                + config.algorithm().rounds()
                + " rounds"));
    lines.addAll(privacy(config.privacy()));
    lines.add("all that was set, of what an answer depends on:");
    new WorkersHalf(study.settings(), study.given()).shown().forEach(set -> lines.add("  " + set));
    return lines;
  }

  private static String rows(Study study, Asked asked) {
    if (study.settings().containsKey("data.synthetic.workers")) {
      return "generated";
    }
    return asked
        .dataset()
        .map(name -> "of the data set " + name + ", where each owner's policy says")
        .orElse("where the driver's configuration says");
  }

  private static List<String> privacy(Optional<PrivacySettings> hidden) {
    if (hidden.isEmpty()) {
      return List.of(line("privacy", "no noise: sums are told as they are"));
    }
    PrivacySettings privacy = hidden.get();
    Zcdp budget = Zcdp.within(privacy.epsilon(), privacy.delta());
    List<String> lines = new ArrayList<>();
    lines.add(
        line(
            "privacy",
            String.format(
                Locale.ROOT,
                "noise on each sum: epsilon %s, delta %s (rho %.3g) over a run, for %s more or less",
                PlannedNoise.shortest(privacy.epsilon()),
                PlannedNoise.shortest(privacy.delta()),
                budget.rho().doubleValue(),
                PrivatePlans.unit(privacy).changed(privacy.rowsPerPerson()))));
    lines.add(
        line(
            "",
            String.format(
                Locale.ROOT,
                "whoever sees all that is told can tell whether %s with at most %.2f points"
                    + " above guessing",
                PrivatePlans.unit(privacy).given(),
                Math.ceil(1e4 * GaussianCurve.advantage(budget.mu())) / 1e2)));
    if (PrivatePlans.unit(privacy) == HiddenUnit.WORKER) {
      lines.add(
          line(
              "",
              String.format(
                  Locale.ROOT,
                  "a ledger is charged a rho of at most %.3g, as of one row it may tell more",
                  budget.times(HiddenUnit.WORKER.priceOfRow()).rho().doubleValue())));
    }
    privacy
        .personColumn()
        .ifPresent(column -> lines.add(line("", "whose row it is says the column " + column)));
    privacy.bounds().forEach((name, bounds) -> lines.add(line("", cut(name, bounds))));
    privacy.labelBounds().ifPresent(bounds -> lines.add(line("", cut("the label", bounds))));
    privacy
        .updateNorm()
        .ifPresent(
            norm ->
                lines.add(
                    line(
                        "",
                        "a worker's update cut to a length of " + PlannedNoise.shortest(norm))));
    return lines;
  }

  private static String cut(String what, Interval bounds) {
    return what
        + " cut to "
        + PlannedNoise.shortest(bounds.low())
        + " to "
        + PlannedNoise.shortest(bounds.high());
  }

  private static String columns(Asked asked) {
    SortedSet<String> others = new TreeSet<>(asked.columns());
    others.removeAll(asked.labels());
    String used =
        others.stream()
            .map(name -> asked.categories().contains(name) ? name + " (category)" : name)
            .collect(Collectors.joining(", "));
    return (used.isEmpty() ? "none" : used) + "; label " + String.join(", ", asked.labels());
  }

  private static String text(Study study, String key) {
    return study.settings().getOrDefault(key, "?").replace("\"", "");
  }

  private static String line(String head, String text) {
    return String.format("%-8s %s", head, text);
  }
}
