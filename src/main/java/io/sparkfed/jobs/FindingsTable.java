package io.sparkfed.jobs;

import io.sparkfed.config.EnumNames;
import io.sparkfed.doctor.Finding;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Findings as a table for the terminal, and what a job makes of them. */
final class FindingsTable {
  private static final int VERDICT_WIDTH = 8;

  /** Wider cells push the next one to the right instead of widening the column. */
  private static final int MAX_WIDTH = 44;

  private final List<Finding> findings;

  FindingsTable(List<Finding> findings) {
    this.findings = List.copyOf(findings);
  }

  /** Returns the lines: two for each finding, the second with the reason. */
  List<String> lines() {
    int check = width("check", findings.stream().map(Finding::check).toList());
    int is = width("is", findings.stream().map(Finding::is).toList());
    String format = "%-" + VERDICT_WIDTH + "s%-" + check + "s  %-" + is + "s  %s";
    List<String> rows =
        findings.stream()
            .flatMap(
                f ->
                    List.of(
                        row(format, EnumNames.of(f.verdict()), f.check(), f.is(), f.shouldBe()),
                        " ".repeat(VERDICT_WIDTH + 2) + f.why())
                        .stream())
            .toList();
    List<String> lines = new ArrayList<>();
    lines.add(row(format, "", "check", "is", "should be"));
    lines.addAll(rows);
    return lines;
  }

  private static String row(String format, Object... cells) {
    return String.format(Locale.ROOT, format, cells);
  }

  private static int width(String heading, List<String> cells) {
    return cells.stream()
        .mapToInt(String::length)
        .filter(length -> length <= MAX_WIDTH)
        .reduce(heading.length(), Math::max);
  }

  /** Returns the last line: whether to go. */
  String conclusion() {
    long warnings = count(Verdict.WARN);
    ExitCode code = exitCode();
    return code == ExitCode.SUCCESS
        ? "go (" + warnings + " warnings)"
        : "no-go: "
            + count(Verdict.DANGER)
            + " dangers, "
            + warnings
            + " warnings (exit code "
            + code.code()
            + ")";
  }

  private long count(Verdict verdict) {
    return findings.stream().filter(f -> f.verdict() == verdict).count();
  }

  /** Returns success without a danger, otherwise the smallest code of a danger. */
  ExitCode exitCode() {
    return findings.stream()
        .filter(f -> f.verdict() == Verdict.DANGER)
        .map(f -> of(f.area()))
        .min(Comparator.comparingInt(ExitCode::code))
        .orElse(ExitCode.SUCCESS);
  }

  private static ExitCode of(Area area) {
    return switch (area) {
      case CONFIGURATION -> ExitCode.CONFIGURATION;
      case DATA -> ExitCode.DATA;
      case COHORT -> ExitCode.COHORT;
      case OUTPUT -> ExitCode.IO;
      case CLUSTER, PRIVACY -> ExitCode.UNSAFE_CLUSTER;
      case OWNERS -> ExitCode.REFUSED;
    };
  }
}
