package io.sparkfed.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.AggregationMode;
import io.sparkfed.config.ConfigFiles;
import io.sparkfed.config.EnumNames;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.secure.keys.KeyFolderMaker;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class AggregationChecksTest {
  @TempDir private Path folder;

  private Map<String, Finding> check(String text) {
    Map<String, Finding> byCheck = new LinkedHashMap<>();
    AggregationChecks.of(new ConfigFiles(folder).load(text))
        .forEach(finding -> byCheck.put(finding.check(), finding));
    return byCheck;
  }

  private static String synthetic(String mode, int workers, int minWorkers) {
    return "data.synthetic.workers = "
        + workers
        + "\naggregation { mode = "
        + mode
        + ", min-workers = "
        + minWorkers
        + " }\n";
  }

  @ParameterizedTest
  @EnumSource(AggregationMode.class)
  void of_mode_isADangerWhenTheDriverSeesUpdates(AggregationMode mode) {
    String name = EnumNames.of(mode);
    Finding found = check(synthetic(name, 6, 3)).get("aggregation.mode");

    assertEquals(name, found.is());
    assertEquals(mode.protectsFromDriver() ? Verdict.OK : Verdict.DANGER, found.verdict(), name);
    assertEquals(Area.CONFIGURATION, found.area());
  }

  @Test
  void of_hiddenRows_everybodyIsNeededAndNoLevelIsCounted() {
    Map<String, Finding> checks =
        check(
            """
            data { workers { a = "a", b = "b", c = "c", d = "d" }, feature-columns = [x, s] }
            data.categorical.s.levels = [1, 2]
            model.family = logistic
            privacy { unit = row, epsilon = 1, delta = 1e-6, bounds { x = [0, 1] } }
            """);

    assertEquals("0 of 4", checks.get("dropouts tolerated").is());
    assertEquals(Verdict.OK, checks.get("dropouts tolerated").verdict());
    assertFalse(checks.containsKey("data.min-level-rows"));
    assertFalse(checks.containsKey("data.min-level-workers"));
  }

  @Test
  void of_maskedWithoutKeys_saysWhatThatMeans() {
    Finding found = check(synthetic("masked", 6, 3)).get("aggregation.keys");

    assertEquals(Verdict.WARN, found.verdict());
    assertTrue(found.why().contains("generated for the run") && found.why().contains("malicious"));
  }

  @Test
  void of_maskedWithTwoWorkers_isAnErrorOfConfiguration() {
    Finding found = check(synthetic("masked", 2, 2)).get("number of workers");

    assertEquals(Verdict.DANGER, found.verdict());
    assertEquals(Area.CONFIGURATION, found.area());
  }

  @ParameterizedTest
  @EnumSource(AggregationMode.class)
  void of_fewerWorkersThanTheLeast_isADanger(AggregationMode mode) {
    String name = EnumNames.of(mode);
    Map<String, Finding> found = check(synthetic(name, 4, 5));

    assertEquals(Verdict.DANGER, found.get("number of workers").verdict());
    assertEquals(Area.COHORT, found.get("number of workers").area());
    assertNull(found.get("dropouts tolerated"));
  }

  @Test
  void of_twoAsTheLeast_isAWarning() {
    assertEquals(
        Verdict.WARN,
        check(synthetic("secure-worker", 6, 2)).get("aggregation.min-workers").verdict());
  }

  /** floor(2n/3) + 1 must stay in the full graph, and min-workers in any. */
  @ParameterizedTest
  @CsvSource({
    "masked, 3, 3, 0 of 3, WARN",
    "masked, 6, 3, 1 of 6, OK",
    "masked, 48, 3, 15 of 48, OK",
    "masked, 48, 40, 8 of 48, OK",
    "masked, 200, 180, at most 20 of 200, OK",
    "insecure-plain, 6, 3, 3 of 6, OK",
    "insecure-plain, 3, 3, 0 of 3, WARN"
  })
  void of_cohort_saysHowManyMayDropOut(
      String mode, int workers, int minWorkers, String tolerated, Verdict verdict) {
    Finding found = check(synthetic(mode, workers, minWorkers)).get("dropouts tolerated");

    assertEquals(tolerated, found.is());
    assertEquals(verdict, found.verdict());
  }

  @Test
  void of_pooledTable_saysThatTheCohortIsUnknown() {
    Finding found = check(ConfigFiles.LEAST).get("number of workers");

    assertEquals(Verdict.WARN, found.verdict());
    assertTrue(found.is().startsWith("unknown"));
  }

  private String withRoster(String roster) {
    return "data { workers { a = \"a.csv\", b = \"b.csv\", c = \"c.csv\" }, feature-columns = [x] }\n"
        + "aggregation { mode = masked, keys { dir = \"keys\", roster = \""
        + folder.resolve(roster)
        + "\" } }\n";
  }

  private void writeRoster(String... workers) throws IOException {
    List<String> cards = new ArrayList<>();
    for (String worker : workers) {
      Path made = KeyFolderMaker.init(folder.resolve("keys"), worker);
      cards.addAll(Files.readAllLines(made.resolve(KeyFolderMaker.CARD)));
    }
    Files.write(folder.resolve("roster"), cards);
  }

  @Test
  void of_rosterOfAllWorkers_isOk() throws IOException {
    writeRoster("a", "b", "c", "d");
    Map<String, Finding> found = check(withRoster("roster"));

    assertEquals(Verdict.OK, found.get("aggregation.keys.roster").verdict());
    assertTrue(found.get("aggregation.keys.roster").is().endsWith(": 4 parties"));
    assertEquals(Verdict.OK, found.get("workers on the roster").verdict());
    assertFalse(found.containsKey("aggregation.keys"));
  }

  @Test
  void of_workersThatAreNotOnTheRoster_areNamed() throws IOException {
    writeRoster("b");
    Finding found = check(withRoster("roster")).get("workers on the roster");

    assertEquals(Verdict.DANGER, found.verdict());
    assertEquals("not a, c", found.is());
  }

  @ParameterizedTest
  @CsvSource({
    "gone, does not exist",
    "torn, a line of a roster must be",
    "bytes, is not text",
    "forged, signature"
  })
  void of_unusableRoster_isAnErrorOfConfiguration(String name, String told) throws IOException {
    writeRoster("a");
    String text = Files.readString(folder.resolve("roster"));
    Files.writeString(folder.resolve("torn"), text.substring(0, 20));
    Files.write(folder.resolve("bytes"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
    Files.writeString(folder.resolve("forged"), "x" + text.substring(1), StandardCharsets.UTF_8);

    Finding found = check(withRoster(name)).get("aggregation.keys.roster");

    assertEquals(Verdict.DANGER, found.verdict());
    assertEquals(Area.CONFIGURATION, found.area());
    assertTrue(found.is().contains(told), found.is());
  }

  @ParameterizedTest
  @CsvSource({"1, WARN", "2, OK"})
  void of_categories_saysWhichLevelsTheDriverLearns(int minRows, Verdict verdict) {
    String text =
        """
        data {
          workers { a = a.csv, b = b.csv, c = c.csv, d = d.csv }
          feature-columns = [x, ward, drug]
          categorical { ward {}, drug {} }
          min-level-rows = %d
        }
        """
            .formatted(minRows);

    Finding found = check(text).get("data.min-level-rows");

    assertEquals(verdict, found.verdict());
    assertEquals(String.valueOf(minRows), found.is());
    assertTrue(found.why().contains("levels of drug, ward "), found.why());
    String dropouts = check(text).get("dropouts tolerated").why();
    assertTrue(dropouts.endsWith("before round 1, all must"), dropouts);
  }

  @Test
  void of_numbersAlone_saysNothingOfLevels() {
    Map<String, Finding> found = check(synthetic("masked", 6, 3));

    assertNull(found.get("data.min-level-rows"));
    assertFalse(found.get("dropouts tolerated").why().contains("levels"));
  }
}
