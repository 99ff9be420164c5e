package io.sparkfed.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import java.io.IOException;
import java.io.Reader;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.spark.SparkConf;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ClusterSettingsTest {
  private static final String[] SAFE = {
    "spark.master=spark://host:7077",
    "spark.authenticate=true",
    "spark.network.crypto.enabled=true",
    "spark.io.encryption.enabled=true",
    "spark.ui.enabled=false",
    "spark.task.reaper.enabled=true"
  };

  private static Map<String, Finding> check(String[] settings, String... more) {
    SparkConf conf = new SparkConf(false);
    for (String[] all : List.of(settings, more)) {
      Arrays.stream(all)
          .map(setting -> setting.split("=", 2))
          .forEach(setting -> conf.set(setting[0], setting[1]));
    }
    Map<String, Finding> byCheck = new LinkedHashMap<>();
    ClusterSettings.of(conf).forEach(finding -> byCheck.put(finding.check(), finding));
    return byCheck;
  }

  @Test
  void of_safeCluster_isOkThroughout() {
    check(SAFE)
        .values()
        .forEach(
            finding -> {
              assertEquals(Verdict.OK, finding.verdict(), finding.toString());
              assertEquals(Area.CLUSTER, finding.area());
            });
    assertEquals(10, check(SAFE).size());
  }

  /** What Spark does when nothing is set. */
  @Test
  void of_defaultsOnACluster_nameTheDangers() {
    Map<String, Finding> found = check(new String[] {"spark.master=yarn"});

    assertEquals(
        Map.ofEntries(
            Map.entry("spark.master", Verdict.OK),
            Map.entry("spark.authenticate", Verdict.DANGER),
            Map.entry("spark.network.crypto.enabled", Verdict.DANGER),
            Map.entry("spark.io.encryption.enabled", Verdict.DANGER),
            Map.entry("spark.eventLog.enabled", Verdict.OK),
            Map.entry("spark.ui.enabled", Verdict.WARN),
            Map.entry("spark.speculation", Verdict.OK),
            Map.entry("spark.locality.wait.process", Verdict.OK),
            Map.entry("spark.task.reaper.enabled", Verdict.WARN),
            Map.entry("spark.task.maxFailures", Verdict.OK)),
        verdicts(found));
  }

  private static Map<String, Verdict> verdicts(Map<String, Finding> found) {
    Map<String, Verdict> verdicts = new LinkedHashMap<>();
    found.forEach((check, finding) -> verdicts.put(check, finding.verdict()));
    return verdicts;
  }

  @ParameterizedTest
  @CsvSource({
    "spark.authenticate=false, spark.authenticate, DANGER",
    "spark.authenticate=false, spark.network.crypto.enabled, DANGER",
    "spark.network.crypto.enabled=false, spark.network.crypto.enabled, DANGER",
    "spark.io.encryption.enabled=false, spark.io.encryption.enabled, DANGER",
    "spark.eventLog.enabled=true, spark.eventLog.enabled, WARN",
    "spark.ui.enabled=true, spark.ui.enabled, WARN",
    "spark.speculation=true, spark.speculation, WARN",
    "spark.executorEnv.SPARKFED_SITE=north, spark.executorEnv.SPARKFED_SITE, WARN",
    "spark.task.reaper.enabled=false, spark.task.reaper.enabled, WARN",
    "spark.locality.wait.process=3s, spark.locality.wait.process, WARN",
    "spark.task.maxFailures=1, spark.task.maxFailures, WARN"
  })
  void of_oneSettingChanged_isFound(String setting, String check, Verdict verdict) {
    Finding finding = check(SAFE, setting).get(check);

    assertEquals(verdict, finding.verdict(), finding.toString());
    assertFalse(finding.is().isBlank() || finding.why().isBlank() || finding.shouldBe().isBlank());
  }

  @Test
  void of_tlsBetweenProcesses_isAsGoodAsSparksOwnEncryption() {
    Finding wire =
        check(SAFE, "spark.network.crypto.enabled=false", "spark.ssl.rpc.enabled=true")
            .get("spark.network.crypto.enabled");

    assertEquals(Verdict.OK, wire.verdict());
  }

  /** Spark lets everybody in whom no filter has given a name. */
  @Test
  void of_accessListsOfTheUi_needAFilter() {
    String[] lists = {"spark.ui.enabled=true", "spark.acls.enable=true"};
    assertEquals(Verdict.WARN, check(SAFE, lists).get("spark.ui.enabled").verdict());
    assertEquals(
        Verdict.OK,
        check(SAFE, lists[0], lists[1], "spark.ui.filters=org.Filter")
            .get("spark.ui.enabled")
            .verdict());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "local; true; 1",
        "local[*]; true; 1",
        "local[2]; true; 1",
        "local[2,4]; true; 4",
        "local[*, 3]; true; 3",
        "local-cluster[2,1,600]; false; 4",
        "spark://localhost:7077; false; 4",
        "k8s://https://local:443; false; 4"
      })
  void of_master_isLocalOrACluster(String master, boolean local, int attempts) {
    Map<String, Finding> found = check(new String[] {"spark.master=" + master});

    assertEquals(local ? Verdict.WARN : Verdict.OK, found.get("spark.master").verdict());
    assertEquals(
        local, found.get("spark.master").why().contains("nobody is protected from anybody"));
    assertEquals(!local, found.values().stream().anyMatch(f -> f.verdict() == Verdict.DANGER));
    Finding failures = found.get(local ? "spark.master local[N,F]" : "spark.task.maxFailures");
    assertTrue(failures.is().startsWith(attempts + " attempt"), failures.toString());
  }

  /** A secret that stands in the settings is shown nowhere. */
  @Test
  void of_secret_isNotShown() {
    check(SAFE, "spark.authenticate.secret=31337")
        .values()
        .forEach(finding -> assertFalse(finding.toString().contains("31337")));
  }

  /** The settings that the project hands out, with the cluster's part taken in. */
  @Test
  void sparkDefaults_withoutCommentMarks_areSafeOnACluster() throws IOException {
    String text =
        Files.readString(Path.of("conf/spark-defaults.conf")).replaceAll("(?m)^# (spark\\.)", "$1");
    Properties properties = new Properties();
    try (Reader reader = new StringReader(text)) {
      properties.load(reader);
    }
    String[] settings =
        properties.stringPropertyNames().stream()
            .map(name -> name + "=" + properties.getProperty(name).strip())
            .toArray(String[]::new);

    check(settings, "spark.master=spark://host:7077")
        .values()
        .forEach(finding -> assertEquals(Verdict.OK, finding.verdict(), finding.toString()));
    for (String setting : check(settings).keySet()) {
      if (!setting.startsWith("spark.master") && !setting.equals("spark.task.maxFailures")) {
        assertTrue(properties.containsKey(setting), setting);
      }
    }
  }
}
