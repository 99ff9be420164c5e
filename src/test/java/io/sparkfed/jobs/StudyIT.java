package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.jobs.JobRunner.Outcome;
import io.sparkfed.recipe.OwnerApprovals;
import io.sparkfed.recipe.OwnerPolicy;
import io.sparkfed.secure.keys.KeyFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Owners whose policies say what may be asked of their rows, from the driver's point of view. */
class StudyIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  private static final List<String> WORKERS = List.of("a", "b", "c");

  @TempDir static Path root;

  private static OwnerFolders owners;

  @BeforeAll
  static void makeOwners() throws IOException {
    ThreeWorkers.write(root.resolve("rows"));
    owners = OwnerFolders.make(root, WORKERS);
    for (String worker : WORKERS) {
      assertEquals(
          0,
          KeysJob.execute(
              "policy", owners.dir().toString(), worker, "cardio", rows(worker).toString()));
      Files.writeString(
          policy(worker),
          """
          data.cardio.categories = part
          data.cardio.filter.positive = x2 > 0
          data.cardio.split.part = train,test
          families = logistic
          cohorts = any
          """
              .replace("data.cardio.categories = part\n", ""),
          StandardOpenOption.APPEND);
    }
  }

  private static Path rows(String worker) {
    return root.resolve("rows").resolve(worker + ".csv");
  }

  private static Path policy(String worker) {
    return owners.dir().resolve(worker).resolve(KeyFolder.POLICY);
  }

  private static String conf(String name, String... more) {
    String workers =
        String.join(
            "\n", WORKERS.stream().map(w -> "  workers." + w + ".hosts = [localhost]").toList());
    return JobRunner.write(
            root.resolve(name + ".conf"),
            """
            name = checked
            seed = 7
            data {
              dataset = cardio
            %s
              label-column = class
              feature-columns = [x1, x2]
              split.column = part
            }
            model.family = logistic
            algorithm { rounds = 3, local { steps = 3, step-size = 0.02 } }
            aggregation.keys { dir = "%s", roster = "%s" }
            output.dir = "%s"
            %s
            """
                .formatted(
                    workers,
                    owners.dir(),
                    owners.roster(),
                    root.resolve("out-" + name),
                    String.join("\n", more)))
        .toString();
  }

  /** The driver names the data set, and each owner says where its own is. */
  @Test
  void train_dataSetByName_givesTheModelOfTheSameFiles() throws IOException {
    Outcome named = jobs.train(conf("named"));
    assertEquals(0, named.code(), named.toString());
    String plain = ThreeWorkers.conf(root, root.resolve("rows"));
    Outcome byPath = jobs.train(plain, "output.dir=" + root.resolve("out-plain"));
    assertEquals(0, byPath.code(), byPath.toString());

    assertArrayEquals(
        Files.readAllBytes(root.resolve("out-plain/coefficients.json")),
        Files.readAllBytes(root.resolve("out-named/coefficients.json")));
    List<String> journal = OwnerPolicy.journal(owners.dir(), "a").lines();
    for (String said :
        List.of(
            "heard of study ",
            "\"checked\": within the policy",
            "accepted a study until further notice",
            "heard of LocalTraining of study ",
            "sent, protected, its answer to LocalTraining of study ",
            "helped to open the sum over a, b, c of LocalTraining of study ")) {
      assertTrue(journal.stream().anyMatch(line -> line.contains(said)), said + " in " + journal);
    }
    JsonNode told =
        new ObjectMapper()
            .readTree(root.resolve("out-named/run.json").toFile())
            .path("cohort")
            .path("journals");
    assertEquals(3, told.size(), told.toString());
    assertTrue(
        journal.stream()
            .anyMatch(line -> line.endsWith("hash of this line: " + told.path("a").asText())),
        told + " in " + journal);
    assertTrue(
        Files.readString(root.resolve("out-named/report.html")).contains(told.path("b").asText()));
    assertTrue(
        new ObjectMapper()
            .readTree(root.resolve("out-plain/run.json").toFile())
            .path("cohort")
            .path("journals")
            .isMissingNode());
    Outcome evaluated =
        jobs.evaluate(conf("evaluated"), "--model", root.resolve("out-named").toString());
    assertEquals(0, evaluated.code(), evaluated.toString());
  }

  /** What an owner didn't list is refused by all jobs, with the rule's name and nothing else. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data.feature-columns=[x1, quantity]; data.label-column=class | ",
        "data.where=x2 > 0; data.split.column=null | ",
        "data.where=x2 > 0 and x1 = 0.5 | data.cardio.filter",
        "data.derive.z=x1 | data.cardio.derive",
        "data.derive.x1=explode(array(x1)) | data.cardio.derive",
        "data.categorical.x1={} | data.cardio.categories",
        "data.split.column=null; data.missing-values=[1] | data.cardio.missing-values",
        "data.options.comment=5 | data.cardio.options.comment",
        "data.workers.b.options.comment=5 | data.cardio.options.comment",
        "data.format=text; data.schema=x1 STRING | data.cardio.format",
        "data.dataset=keys | data",
        "data.split.train=0 | data.cardio.split",
        "model.family=squared-hinge | families"
      })
  void train_question_isAllowedOrRefusedByItsRule(String settings, String rule) throws IOException {
    String[] overrides = Stream.of(settings.split(";")).map(String::strip).toArray(String[]::new);
    String conf = conf("asked");
    String out = "output.overwrite=true";

    Outcome outcome = jobs.train(ThreeWorkers.with(new String[] {conf, out}, overrides));

    if (rule == null) {
      assertEquals(0, outcome.code(), outcome.toString());
      return;
    }
    assertEquals(10, outcome.code(), outcome.toString());
    assertEquals(
        List.of(
            "error: the owner of worker "
                + (settings.contains("workers.b") ? "b" : "a")
                + " refuses the study by the rule "
                + rule
                + " of its policy; jobs/study shows what is asked"),
        outcome.errorLines());
    assertFalse(outcome.showsStackTrace());
    Outcome doctor = jobs.doctor(ThreeWorkers.with(new String[] {conf, out}, overrides));
    assertEquals(10, doctor.code(), doctor.toString());
    assertTrue(doctor.out().contains(rule), doctor.toString());
  }

  /** Weights that single out a row, a clinic of few rows, a model as large as the rows. */
  @ParameterizedTest
  @CsvSource({
    "'data.cardio.derive.w = if(x1 < -0.8, 1, 1e-30)', data.derive.w, least-effective-rows",
    "'least-rows = 31', , least-rows",
    "'most-parameters-per-row = 0.05', , most-parameters-per-row",
    "'least-each-side = 16', , least-each-side"
  })
  void train_tooFewRowsBehindAnAnswer_isRefusedWithTheRule(String line, String derived, String rule)
      throws IOException {
    Path policy = policy("b");
    String before = Files.readString(policy);
    for (String worker : WORKERS) {
      if (worker.equals("b") || derived != null) {
        Files.writeString(policy(worker), line + "\n", StandardOpenOption.APPEND);
      }
    }
    try {
      String conf = conf("few");
      Outcome outcome =
          derived == null
              ? jobs.train(conf)
              : jobs.train(conf, "data.derive.w=if(x1 < -0.8, 1, 1e-30)", "data.weight-column=w");
      assertEquals(4, outcome.code(), outcome.toString());
      assertTrue(outcome.err().contains("(" + rule + ")"), outcome.toString());
    } finally {
      for (String worker : WORKERS) {
        Files.writeString(
            policy(worker), before.replace(rows("b").toString(), rows(worker).toString()));
      }
    }
  }

  /** A filter that leaves out a row or two, a file that lost one, other columns at that. */
  @Test
  void train_rowsDifferByFewFromThoseOfAnEarlierRun_isRefusedUntilTheOwnerLetsThem()
      throws IOException {
    assertEquals(0, jobs.train(conf("before")).code());
    String again = conf("again");
    String over = "output.overwrite=true";
    for (String[] honest : new String[][] {{"model.l2=0.5"}, {"seed=8"}, {"algorithm.rounds=2"}}) {
      Outcome repeated = jobs.train(again, over, honest[0]);
      assertEquals(0, repeated.code(), repeated.toString());
    }
    leastDifference(jobs.train(again, over, "data.where=x2 > 0"));
    leastDifference(jobs.train(again, over, "data.where=x2 > 0", "data.feature-columns=[x2]"));
    String before = Files.readString(rows("b"));
    List<String> lines = before.lines().toList();
    Files.write(rows("b"), lines.subList(0, lines.size() - 1));
    try {
      Outcome grown = jobs.train(again, over);
      leastDifference(grown);
      assertFalse(grown.showsStackTrace());
      String policy = Files.readString(policy("b"));
      Files.writeString(policy("b"), policy + "least-difference = 1\n");
      Outcome let = jobs.train(again, over);
      assertEquals(0, let.code(), let.toString());
      Files.writeString(policy("b"), policy);
      assertEquals(0, jobs.train(again, over, "model.l2=0.7").code());
    } finally {
      Files.writeString(rows("b"), before);
    }
    assertEquals(0, jobs.train(again, over).code());
  }

  private static void leastDifference(Outcome outcome) {
    assertEquals(4, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains("(least-difference)"), outcome.toString());
  }

  /** Who approves by hand is asked first, and what was approved is what may be asked, so often. */
  @Test
  void train_ownerApprovesByHand_waitsEndsOrGoesOnAsTheOwnerSays() throws IOException {
    String dir = owners.dir().toString();
    String before = Files.readString(policy("b"));
    Files.writeString(policy("b"), before + "approve = by-hand\n");
    try {
      String conf = conf("by-hand");
      String over = "output.overwrite=true";
      assertEquals(0, KeysJob.execute("pending", dir, "b"));
      assertEquals(2, KeysJob.execute("approve", dir, "b"));
      for (int times = 0; times < 2; times++) {
        Outcome waits = jobs.train(conf, over);
        assertEquals(11, waits.code(), waits.toString());
        assertEquals(1, waits.errorLines().size(), waits.toString());
        assertTrue(
            waits.err().contains("the study waits for the owners of worker b: "), waits.toString());
        assertFalse(waits.showsStackTrace());
      }
      assertEquals(10, jobs.doctor(conf, over).code());
      assertEquals(1, OwnerApprovals.pending(owners.dir(), "b").size());
      assertEquals(Optional.empty(), OwnerApprovals.pending(owners.dir(), "b").get(0).refusal());
      // What the rules refuse is not brought before the owner.
      assertEquals(10, jobs.train(conf, over, "model.family=svm").code());
      assertEquals(1, OwnerApprovals.pending(owners.dir(), "b").size());

      assertEquals(0, KeysJob.execute("approve", dir, "b", "--runs", "2"));
      assertEquals(0, jobs.train(conf, over).code());
      // Another question is another study, and so is an evaluation.
      assertEquals(11, jobs.train(conf, over, "model.l2=0.25").code());
      String model = root.resolve("out-by-hand").toString();
      assertEquals(11, jobs.evaluate(conf, "--model", model).code());
      String evaluation = hashOf(OwnerApprovals.pending(owners.dir(), "b").get(1));
      assertEquals(0, KeysJob.execute("approve", dir, "b", evaluation, "--runs", "1"));
      Outcome evaluated = jobs.evaluate(conf, "--model", model);
      assertEquals(0, evaluated.code(), evaluated.toString());
      assertEquals(0, jobs.train(conf, over).code());
      Outcome third = jobs.train(conf, over);
      assertEquals(11, third.code(), third.toString());
      assertEquals(2, KeysJob.execute("approve", dir, "b"));

      String hash = hashOf(OwnerApprovals.pending(owners.dir(), "b").get(0));
      assertEquals(0, KeysJob.execute("deny", dir, "b", hash.substring(0, 12)));
      Outcome denied = jobs.train(conf, over);
      assertEquals(10, denied.code(), denied.toString());
      assertTrue(denied.err().contains("by the rule deny of its policy"), denied.toString());
      // The day before yesterday is over.
      assertEquals(0, KeysJob.execute("approve", dir, "b", hash, "--until", "2020-01-01"));
      assertEquals(11, jobs.train(conf, over).code());

      assertTrue(approvedMeanwhile(conf, dir, hash).out().contains("checked"));
    } finally {
      Files.writeString(policy("b"), before);
    }
  }

  private static String hashOf(OwnerPolicy.Verdict verdict) {
    return verdict.study().stream()
        .filter(line -> line.startsWith("SHA-256"))
        .map(line -> line.replaceAll(".* ", ""))
        .findFirst()
        .orElseThrow();
  }

  /** A run that waits is let in. */
  private static Outcome approvedMeanwhile(String conf, String dir, String hash) {
    CompletableFuture<Integer> approved =
        CompletableFuture.supplyAsync(
            () -> KeysJob.execute("approve", dir, "b", hash),
            CompletableFuture.delayedExecutor(3, TimeUnit.SECONDS));
    Outcome waited = jobs.train(conf, "output.overwrite=true", "study.approval-wait=5 minutes");
    assertEquals(0, waited.code(), waited.toString());
    assertEquals(0, approved.join());
    return waited;
  }

  /** A path is none of the driver's business where the owner named the rows. */
  @Test
  void train_pathInsteadOfTheName_isRefused() {
    Outcome outcome =
        jobs.train(
            ThreeWorkers.conf(root.resolve("by-path"), root.resolve("rows")),
            "output.dir=" + root.resolve("out-refused"),
            "aggregation.keys.dir=" + owners.dir(),
            "aggregation.keys.roster=" + owners.roster());

    assertEquals(10, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains("by the rule data of its policy"), outcome.toString());
  }

  @Test
  void predict_dataSet_isTheOwnersOwnToDo() {
    String conf = conf("predicted");
    assertEquals(0, jobs.train(conf).code());

    Outcome outcome = jobs.predict(conf, "--model", root.resolve("out-predicted").toString());

    assertEquals(2, outcome.code(), outcome.toString());
  }

  @Test
  void keysCheck_study_saysWhatTheDriverWillHear() throws IOException {
    Path allowed = root.resolve("allowed.study");
    Path refused = root.resolve("refused.study");
    assertEquals(0, StudyJob.execute(conf("checked"), "--output", allowed.toString()));
    assertEquals(
        0,
        StudyJob.execute(conf("checked"), "data.where=x1 = 0.5", "--output", refused.toString()));
    assertEquals(7, StudyJob.execute(conf("checked"), "--output", allowed.toString()));

    String dir = owners.dir().toString();
    assertEquals(0, KeysJob.execute("check", dir, "a", allowed.toString()));
    assertEquals(10, KeysJob.execute("check", dir, "a", refused.toString()));
    assertEquals(2, KeysJob.execute("check", dir, "a", root.resolve("none").toString()));
    assertEquals(2, KeysJob.execute("check", dir, "a", rows("a").toString()));
  }
}
