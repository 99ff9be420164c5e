package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.jobs.JobRunner.Outcome;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.KeyFolderMaker;
import io.sparkfed.secure.keys.RosterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Jobs with owners' keys and policies: what they leave in journals, and what a user is told. */
class OwnersKeysIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  private static final List<String> OWNERS = List.of("a", "b", "c", "d", "secure-worker");

  @TempDir Path root;

  private Path keys;

  @BeforeEach
  void write() throws IOException {
    for (String worker : List.of("a", "b", "c", "d")) {
      StringBuilder text = new StringBuilder("x1,x2,site,y\n");
      for (int i = 0; i < 20; i++) {
        text.append(i % 7).append(i == 3 ? "," : "," + (i * i) % 5);
        text.append(i % 2 == 0 ? ",left," : ",right,").append(i % 3 == 0 ? 1 : 0).append('\n');
      }
      JobRunner.write(root.resolve(worker + ".csv"), text.toString());
    }
    keys = root.resolve("keys");
    List<String> cards = new ArrayList<>();
    for (String owner : OWNERS) {
      KeyFolderMaker.init(keys, owner);
      cards.addAll(Files.readAllLines(keys.resolve(owner).resolve(KeyFolderMaker.CARD)));
    }
    RosterFile roster = RosterFile.parse(cards);
    Files.write(root.resolve("roster"), roster.lines());
    for (String owner : OWNERS) {
      KeyFolderMaker.accept(keys.resolve(owner), owner, roster);
    }
  }

  private Outcome train(String workers, String... settings) {
    StringBuilder paths = new StringBuilder();
    for (String worker : workers.split("(?<=.)(?=.)", -1)) {
      paths
          .append(worker)
          .append(" = \"")
          .append(root)
          .append("/")
          .append(worker)
          .append(".csv\"\n");
    }
    String text =
        """
        data {
          workers { %s }
          label-column = y
          feature-columns = [x1, x2, site, twice]
          categorical.site = {}
          derive.twice = "x1 * 2 + 1"
          where = "x1 >= 0"
          impute.columns = [x2]
        }
        model { family = logistic, l2 = 0.1 }
        algorithm { preset = fed-newton }
        aggregation.keys { dir = "%s", roster = "%s/roster" }
        output { dir = "%s/run", overwrite = true }
        """
            .formatted(paths, keys, root, root);
    List<String> arguments = new ArrayList<>();
    arguments.add(JobRunner.write(root.resolve("run.conf"), text).toString());
    arguments.addAll(List.of(settings));
    return jobs.train(arguments.toArray(new String[0]));
  }

  private List<String> secretsLeft() throws IOException {
    List<String> left = new ArrayList<>();
    for (String owner : OWNERS) {
      Path journal = keys.resolve(owner).resolve(KeyFolder.JOURNAL);
      try (Stream<Path> files = Files.list(journal)) {
        files
            .map(file -> file.getFileName().toString())
            .filter(name -> !name.equals("log"))
            .forEach(name -> left.add(owner + "/" + name));
      }
    }
    return left;
  }

  private long lines(String owner) throws IOException {
    Path log = keys.resolve(owner).resolve(KeyFolder.JOURNAL).resolve("log");
    return Files.exists(log) ? Files.readAllLines(log).size() : 0;
  }

  /** Types, levels, means and rounds: each part's secrets are gone with it, and after a failure. */
  @Test
  void train_orFailToTrain_leavesNoSecretOfARun() throws IOException {
    Outcome trained = train("abc");
    assertEquals(0, trained.code(), trained::toString);
    assertTrue(lines("a") > 10);
    assertEquals(List.of(), secretsLeft());

    Outcome rare = train("abc", "data.min-level-rows=1000");
    assertEquals(3, rare.code(), rare::toString);
    assertEquals(List.of(), secretsLeft());

    String policy = "aggregators = secure-worker\n";
    for (String owner : OWNERS) {
      Path file = keys.resolve(owner).resolve(KeyFolder.POLICY);
      Files.writeString(
          file, Files.readString(file).replace("cohorts = one", "cohorts = any") + policy);
    }
    Outcome sealed =
        train(
            "abc",
            "aggregation.mode=secure-worker",
            "algorithm.preset=fed-avg",
            "algorithm.rounds=2",
            "algorithm.local.step-size=0.01");
    assertEquals(0, sealed.code(), sealed::toString);
    assertTrue(lines("secure-worker") > 3);
    assertEquals(List.of(), secretsLeft());
    Outcome evaluated =
        jobs.evaluate(
            "--model", root.resolve("run").toString(), root.resolve("run.conf").toString());
    assertEquals(0, evaluated.code(), evaluated::toString);
    assertEquals(List.of(), secretsLeft());
  }

  /** What owners refuse by their policies has its rule in the message, and its exit code. */
  @Test
  void train_whatOwnersDontAllow_namesTheRule() throws IOException {
    Outcome first = train("abc");
    assertEquals(0, first.code(), first::toString);
    refused("cohorts", train("abcd"));
    assertEquals(List.of(), secretsLeft());

    for (String owner : List.of("a", "b", "c")) {
      Path file = keys.resolve(owner).resolve(KeyFolder.POLICY);
      Files.writeString(file, Files.readString(file) + "clip = 1e-9\n");
    }
    refused("clip", train("abc", "data.where=\"x1 >= 1\""));
    refused("clip", train("abc", "data.where=\"x1 >= 1\"", "algorithm.warm-start=true"));
  }

  private static void refused(String rule, Outcome outcome) {
    assertEquals(4, outcome.code(), outcome::toString);
    assertEquals(1, outcome.errorLines().size(), outcome::toString);
    String error = outcome.errorLines().get(0);
    assertTrue(error.contains("Owners' policies don't allow"), outcome::toString);
    assertTrue(error.contains("(" + rule + ")"), outcome::toString);
    assertTrue(error.contains("see policy.properties"), outcome::toString);
  }
}
