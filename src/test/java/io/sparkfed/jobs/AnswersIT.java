package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Configurations that ask about one row, one worker or one file: what is told of it. */
@Timeout(300)
class AnswersIT {
  private static final List<String> WORKERS = List.of("northam", "eastham", "southam", "westham");

  /** What the only matching row's worker is called. */
  private static final String ITS_WORKER = "eastham";

  private static final String PASSWORD = "jQrzlQihVx0S0pWb2mTn8w";

  @RegisterExtension static final JobRunner JOBS = new JobRunner();

  @TempDir Path folder;

  @BeforeEach
  void writeRows() {
    for (int w = 0; w < WORKERS.size(); w++) {
      StringBuilder rows = new StringBuilder("pid,age,bp,ward,y\n");
      for (int i = 0; i < 20; i++) {
        int age = 40 + (7 * i + w) % 23;
        rows.append("p%d%d,%d,%d,w%d,%d\n".formatted(w, i, age, 100 + (3 * i + w) % 41, i % 2, i));
      }
      if (WORKERS.get(w).equals(ITS_WORKER)) {
        rows.append("e1042,31,124,w0,3\n");
      }
      JobRunner.write(folder.resolve("rows" + w + ".csv"), rows.toString());
    }
  }

  private String conf(String settings) {
    StringBuilder text =
        new StringBuilder(
            """
            data { label-column = y, feature-columns = [age, bp] }
            algorithm.preset = normal-equations
            output.dir = "ROOT/run"
            """);
    for (int w = 0; w < WORKERS.size(); w++) {
      text.append("data.workers.%s = \"ROOT/rows%d.csv\"\n".formatted(WORKERS.get(w), w));
    }
    text.append(settings);
    return JobRunner.write(
            folder.resolve("run.conf"), text.toString().replace("ROOT", folder.toString()))
        .toString();
  }

  private static void assertNamesNobody(String told) {
    for (String worker : WORKERS) {
      assertFalse(told.contains(worker), told);
    }
  }

  /** Returns the error, after checking what the doctor says of it, too. */
  private static String refused(int code, String conf) {
    Outcome outcome = JOBS.train(conf);
    Outcome doctor = JOBS.doctor(conf);
    assertEquals(code, outcome.code(), outcome.toString());
    assertEquals(1, outcome.errorLines().size(), outcome.toString());
    assertNamesNobody(doctor.out().replaceAll("data\\.workers\\S*", ""));
    return outcome.errorLines().get(0);
  }

  @Test
  void train_conditionOnOnePatient_tellsHowManyWorkersHaveNone() {
    String error = refused(3, conf("data.where = \"age = 31 and bp between 123.5 and 125\""));

    assertTrue(error.contains("no worker holds any training row"), error);

    String ofAny = refused(4, conf("data { where = \"age = 31\", min-worker-rows = 1 }"));
    assertTrue(ofAny.contains("1 took part"), ofAny);
    assertTrue(ofAny.contains("left out 3 workers: no training rows;"), ofAny);
    assertNamesNobody(ofAny);
  }

  @Test
  void train_conditionThatSomeWorkersMeet_namesNeitherThemNorTheOthers() throws IOException {
    String conf = conf("data.where = \"pid not like 'p1%'\"\naggregation.min-workers = 2");

    Outcome outcome = JOBS.train(conf);
    Outcome doctor = JOBS.doctor(conf);

    assertEquals(0, outcome.code(), outcome.toString());
    assertNamesNobody(outcome.out());
    assertTrue(outcome.out().contains("left out: 1 worker: no training rows"), outcome.out());
    assertNamesNobody(doctor.out().replaceAll("data\\.workers\\S*", ""));
    JsonNode cohort =
        new ObjectMapper().readTree(folder.resolve("run/run.json").toFile()).path("cohort");
    assertEquals(3, cohort.path("count").asInt());
    assertNamesNobody(cohort.toString());
    String page = Files.readString(folder.resolve("run/report.html"));
    assertNamesNobody(page.replaceAll("data\\.workers\\.\\w+", ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "derive.age = \"case when age = 31 then 'x' else string(age) end\"",
        "derive.age = \"case when age = 31 then null else age end\"",
        "derive.age = \"if(age = 31, 1 / (age - 31), 1)\"",
        "where = \"age <> 31 or cast(pid as int) > 0\"",
        "where = \"age = 31 or y > 3\", feature-columns = [pid]",
        "formula = \"y ~ log(age - 31) + bp\", feature-columns = null, label-column = null",
        "missing-values = [\"31\"]"
      })
  void train_ruleThatOnePatientBreaks_isToldWithoutWorkerOrRow(String data) {
    String conf = conf("data { " + data + " }");
    String error = refused(3, conf);

    assertNamesNobody(error);
    assertTrue(error.contains("its own log says which row"), error);
    assertFalse(error.matches(".*\\brow \\d.*"), error);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "options.comment = \"!\"", "options.header = true"})
  void train_fileThatIsNoTable_comesBackInNoError(String data) throws IOException {
    JobRunner.write(folder.resolve("keys/password"), "!" + PASSWORD + "\n" + PASSWORD + "\n");
    JobRunner.write(
        folder.resolve("keys/names"), PASSWORD + ",age,bp,y,z" + PASSWORD + "\n1,2,3,4,5\n");
    String here = InetAddress.getLoopbackAddress().getHostAddress();
    for (String path : List.of("password", "names")) {
      for (String column : List.of("agee", "age")) {
        String conf =
            conf(
                "data { feature-columns = [%s, bp]\n%s }\n".formatted(column, data)
                    + "data.workers.eastham { path = \"ROOT/keys/%s\", hosts = [\"%s\", \"%s\"] }\n"
                        .formatted(path, here, InetAddress.getLocalHost().getHostName())
                    + "data.where = \"zz > 1\"\n");
        Outcome outcome = JOBS.train(conf);
        assertEquals(3, outcome.code(), outcome.toString());
        String error = outcome + JOBS.doctor(conf).toString();
        assertFalse(error.contains(PASSWORD), error);
        assertFalse(error.contains(PASSWORD.toLowerCase(Locale.ROOT)), error);
      }
    }
  }

  @Test
  void train_weightsThatSingleARowOut_areTooFewRows() {
    String weights =
        "derive.w = \"case when pid = 'e1042' then 1 else 1e-30 end\", weight-column = w";
    for (String more : List.of("", ", impute.columns = [age, bp]")) {
      // Elsewhere all weights are alike, so the others take part.
      String error =
          refused(4, conf("data { " + weights + more + " }\naggregation.min-workers = 4"));
      assertTrue(error.contains("3 took part"), error);
      assertNamesNobody(error);
    }
  }

  @Test
  void train_workerOfOneRow_takesNoPartUnlessItMay() {
    JobRunner.write(folder.resolve("rows3.csv"), "pid,age,bp,ward,y\nz,50,120,w0,1\n");

    Outcome outcome = JOBS.train(conf(""));
    Outcome allowed = JOBS.train(conf("data.min-worker-rows = 1"), "output.overwrite=true");

    assertEquals(0, outcome.code(), outcome.toString());
    assertTrue(outcome.out().contains("left out: 1 worker: no training rows, or fewer than 2"));
    assertNamesNobody(outcome.out());
    assertEquals(0, allowed.code(), allowed.toString());
    assertTrue(allowed.out().contains("4 workers: eastham, northam"), allowed.out());
  }

  @Test
  void train_levelOfOneWorker_isRefusedWithoutItsText() {
    StringBuilder rows = new StringBuilder("pid,age,bp,ward,y\n");
    for (int i = 0; i < 30; i++) {
      rows.append(
          "q%d,%d,%d,%s,%d\n".formatted(i, 40 + i, 100 + i % 7, i % 3 == 0 ? "burns" : "w1", i));
    }
    JobRunner.write(folder.resolve("rows3.csv"), rows.toString());
    String ward = "data { feature-columns = [age, ward], categorical.ward {} }\n";

    Outcome outcome = JOBS.train(conf(ward));
    Outcome allowed = JOBS.train(conf(ward + "data.min-level-workers = 1"));

    assertEquals(3, outcome.code(), outcome.toString());
    assertTrue(
        outcome.errorLines().get(0).contains("at least 2 workers must have rows at each level"),
        outcome.toString());
    assertFalse(outcome.toString().contains("burns"), outcome.toString());
    assertEquals(0, allowed.code(), allowed.toString());
    assertTrue(JobRunner.read(folder.resolve("run/coefficients.json")).contains("burns"));
  }

  @Test
  void train_patientsAsLevels_areRefusedWithoutARow() {
    for (String column :
        List.of(
            "record = \"concat_ws('/', pid, age, bp)\"",
            "record = \"explode(array_repeat(pid, 5))\"")) {
      Outcome outcome =
          JOBS.train(
              conf(
                  "data { derive."
                      + column
                      + ", feature-columns = [record], categorical.record {} }"));
      assertEquals(3, outcome.code(), outcome.toString());
      assertFalse(outcome.toString().contains("e1042"), outcome.toString());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"binaryFile", "text"})
  void train_keysAsRows_areRefused(String format) {
    JobRunner.write(folder.resolve("rows1.csv"), PASSWORD);

    String error =
        refused(
            3,
            conf(
                "data { format = %s, derive { h = \"substr(hex(content), 1, 9)\", y = 1 }, feature-columns = [h], categorical.h {} }"
                    .formatted(format)));

    assertTrue(error.contains("data.format must be one of avro, csv"), error);
    assertTrue(error.endsWith(format), error);
  }
}
