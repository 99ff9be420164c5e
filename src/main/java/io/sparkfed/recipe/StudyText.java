package io.sparkfed.recipe;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.WorkersHalf;
import io.sparkfed.owner.Asked;
import io.sparkfed.owner.Study;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** A study in plain words, for owners and analysts. */
public final class StudyText {
  private static final HexFormat HEX = HexFormat.of();

  private StudyText() {}

  /**
   * Returns the lines.
   *
   * @throws ConfigurationException if it is not one that this version would ask
   */
  public static List<String> lines(Study study) {
    Asked asked = Studies.asked(study, "worker");
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
                + text(study, "algorithm.rounds")
                + " rounds"));
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
