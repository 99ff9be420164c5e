package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.doctor.Finding;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FindingsTableTest {
  private static Finding finding(Area area, Verdict verdict) {
    return new Finding(area, verdict, "spark.some.thing", "false", "true", "because");
  }

  @Test
  void lines_findings_areAligned() {
    Finding wide =
        new Finding(Area.DATA, Verdict.DANGER, "data.path", "x".repeat(60) + " gone", "there", "y");

    assertEquals(
        List.of(
            "        check             is     should be",
            "warn    spark.some.thing  false  true",
            "          because",
            "danger  data.path         " + "x".repeat(60) + " gone  there",
            "          y"),
        new FindingsTable(List.of(finding(Area.CLUSTER, Verdict.WARN), wide)).lines());
  }

  @Test
  void exitCode_warningsOnly_isGo() {
    FindingsTable table =
        new FindingsTable(
            List.of(finding(Area.CLUSTER, Verdict.WARN), finding(Area.DATA, Verdict.OK)));

    assertEquals(ExitCode.SUCCESS, table.exitCode());
    assertEquals("go (1 warnings)", table.conclusion());
  }

  @ParameterizedTest
  @CsvSource({
    "CONFIGURATION, 2, 7",
    "DATA, 3, 6",
    "COHORT, 4, 5",
    "OUTPUT, 7, 4",
    "CLUSTER, 9, 3",
    "PRIVACY, 9, 2",
    "OWNERS, 10, 1"
  })
  void exitCode_dangers_isTheSmallestOfThem(Area area, int code, int dangers) {
    List<Finding> findings = new ArrayList<>();
    for (Area later : Area.values()) {
      if (later.compareTo(area) >= 0) {
        findings.add(0, finding(later, Verdict.DANGER));
      } else {
        findings.add(finding(later, Verdict.WARN));
      }
    }
    FindingsTable table = new FindingsTable(findings);

    assertEquals(code, table.exitCode().code());
    assertEquals(
        "no-go: " + dangers + " dangers, " + (7 - dangers) + " warnings (exit code " + code + ")",
        table.conclusion());
  }
}
