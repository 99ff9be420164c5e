package io.sparkfed.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.ConfigFiles;
import io.sparkfed.doctor.Finding.Verdict;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrivacyChecksTest {
  private static final String LEAST = ConfigFiles.LEAST + ConfigFiles.PRIVATE;

  @TempDir Path folder;

  private List<Finding> of(String... arguments) {
    return PrivacyChecks.of(new ConfigFiles(folder).load(LEAST, arguments));
  }

  private static Finding named(List<Finding> findings, String check) {
    return findings.stream().filter(f -> f.check().equals(check)).findFirst().orElseThrow();
  }

  @Test
  void of_exactSums_isEmpty() {
    assertEquals(List.of(), PrivacyChecks.of(new ConfigFiles(folder).load(ConfigFiles.LEAST)));
  }

  /** Published: 2 Phi(mu / 2) - 1 of rho's mu is .0984 at epsilon 1, and .567 at 8. */
  @ParameterizedTest
  @CsvSource({"1, OK, 9.84", "8, WARN, 56.7"})
  void of_budget_saysWhatItHides(String epsilon, Verdict verdict, String points) {
    Finding budget = named(of("privacy.delta=1e-5", "privacy.epsilon=" + epsilon), "privacy");

    assertEquals(verdict, budget.verdict());
    assertTrue(budget.is().startsWith("rows, epsilon " + epsilon + ", delta 1e-5 (rho "));
    assertTrue(budget.why().contains("with at most " + points), budget.why());
  }

  @ParameterizedTest
  @CsvSource({
    "privacy.delta=9e-4, WARN",
    "privacy.delta=1e-3, DANGER",
    "privacy.delta=0.01, DANGER",
    "'privacy.delta=1e-3 privacy.rows=486', OK"
  })
  void of_delta_isADangerFromOneByTheRowsOn(String arguments, Verdict verdict) {
    assertEquals(verdict, named(of(arguments.split(" ", -1)), "privacy.delta").verdict());
  }

  /** How many there are is known of folders, and of a table only when its rows are read. */
  @ParameterizedTest
  @CsvSource({
    "'', 1e-6, WARN",
    "'', 1e-3, DANGER",
    "'data { workers { g = g, h = h }, path = null, worker-column = null }', 0.1, OK"
  })
  void of_deltaOfWorkers_isADangerFromOneByTheirNumberOn(
      String source, String delta, Verdict verdict) {
    List<Finding> findings =
        PrivacyChecks.of(
            new ConfigFiles(folder)
                .load(
                    ConfigFiles.LEAST + ConfigFiles.PRIVATE_WORKERS + source,
                    "privacy.delta=" + delta));

    assertEquals(verdict, named(findings, "privacy.delta").verdict());
    assertTrue(named(findings, "privacy").is().startsWith("workers, epsilon 1, delta "));
    assertTrue(named(findings, "privacy").why().contains("one given worker's rows counted"));
  }

  @Test
  void of_keys_decideWhetherBudgetsAreKept() {
    assertEquals(Verdict.WARN, named(of(), "owners' budgets").verdict());
    assertEquals(
        Verdict.OK,
        named(of("aggregation.keys.dir=d", "aggregation.keys.roster=r"), "owners' budgets")
            .verdict());
  }
}
