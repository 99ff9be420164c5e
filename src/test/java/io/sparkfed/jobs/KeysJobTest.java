package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.keys.Charge;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.Owner;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The owners' steps from nothing to a folder that opens, at the command line. */
class KeysJobTest {
  @TempDir Path dir;
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private ByteArrayOutputStream said;

  @BeforeEach
  void listen() {
    said = new ByteArrayOutputStream();
    PrintStream heard = new PrintStream(said, true, StandardCharsets.UTF_8);
    System.setOut(heard);
    System.setErr(heard);
  }

  @AfterEach
  void restore() {
    System.setOut(out);
    System.setErr(err);
  }

  @Test
  void execute_initRosterAcceptVerify_makesFoldersThatOpen() throws Exception {
    Path keys = dir.resolve("keys");
    Path roster = dir.resolve("roster");
    Path cardA = keys.resolve("a/card");
    Path cardB = keys.resolve("b/card");

    assertEquals(0, KeysJob.execute("init", keys.toString(), "a"));
    assertEquals(0, KeysJob.execute("init", keys.toString(), "b"));
    assertNotEquals(0, KeysJob.execute("verify", keys.toString(), "a"));
    assertEquals(
        0,
        KeysJob.execute(
            "roster", "--output", roster.toString(), cardB.toString(), cardA.toString()));
    assertEquals(0, KeysJob.execute("accept", keys.toString(), "a", roster.toString()));
    said.reset();
    assertEquals(0, KeysJob.execute("verify", keys.toString(), "a"));

    String text = said.toString(StandardCharsets.UTF_8);
    assertTrue(text.startsWith("worker a is ready: sums over at least 3 workers, roster "), text);
    assertEquals(2, Files.readAllLines(roster).size());
    showsTheBudget(keys);

    // What is refused, with a message and without a trace.
    said.reset();
    assertNotEquals(0, KeysJob.execute("init", keys.toString(), "a"));
    assertNotEquals(
        0,
        KeysJob.execute(
            "roster", "--output", roster.toString(), cardA.toString(), cardA.toString()));
    assertNotEquals(0, KeysJob.execute("roster", "--output", cardB.toString(), cardA.toString()));
    assertEquals(1, Files.readAllLines(cardB).size());
    assertNotEquals(0, KeysJob.execute("init", keys.toString(), "../elsewhere"));
    assertNotEquals(
        0, KeysJob.execute("init", keys.toString(), dir.resolve("absolute").toString()));
    assertNotEquals(0, KeysJob.execute("accept", keys.toString(), "b", dir + "/none"));
    Files.write(roster, List.of(Files.readAllLines(cardA).get(0).replaceFirst("a", "b")));
    assertNotEquals(0, KeysJob.execute("accept", keys.toString(), "b", roster.toString()));
    assertNotEquals(0, KeysJob.execute("verify", keys.toString(), "b"));
    assertFalse(Files.exists(dir.resolve("absolute")) || Files.exists(dir.resolve("elsewhere")));
    String refusals = said.toString(StandardCharsets.UTF_8);
    assertEquals(8, refusals.lines().filter(line -> line.startsWith("error: ")).count(), refusals);
    assertFalse(refusals.contains("\tat "), refusals);
    assertFalse(refusals.contains(Files.readString(keys.resolve("a/password")).strip()), refusals);
  }

  private void showsTheBudget(Path keys) throws IOException {
    assertEquals(2, KeysJob.execute("budget", keys.toString(), "a"));
    assertEquals(2, KeysJob.execute("budget", keys.toString(), "nobody"));
    String policy = "dp.epsilon = 4\ndp.delta = 1e-6\ndp.data = cardio\n";
    Files.writeString(keys.resolve("a/policy.properties"), policy, StandardOpenOption.APPEND);
    Owner owner = new KeyFolder(keys.resolve("a")).open("a");
    Zcdp run = Zcdp.within(1.0, 1e-6);
    owner
        .journal()
        .charge(
            new Charge(new byte[32], new byte[32], run, run, "a gradient"),
            owner.budget().orElseThrow());
    said.reset();

    assertEquals(0, KeysJob.execute("budget", keys.toString(), "a"));

    List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
    assertEquals(4, lines.size(), lines::toString);
    assertTrue(
        lines
            .get(0)
            .endsWith(
                "  spent a rho of "
                    + run.rho().toPlainString()
                    + " of the privacy budget for cardio on a gradient of run 0000000000000000"),
        lines::toString);
    assertTrue(
        lines.get(1).startsWith("budget for cardio: epsilon 4.00, delta 1.00e-06 (rho 0.3110"));
    assertEquals(
        "spent, in 1 run: rho " + run.rho().toPlainString() + ", alone epsilon 1.00", lines.get(2));
    assertTrue(lines.get(3).startsWith("left: rho 0.2867"), lines::toString);
    assertEquals(
        "left, in runs of epsilon 1.00: 11",
        lastLine("budget", keys.toString(), "a", "--epsilon=1"));
    assertEquals(
        "left, in runs of epsilon 4.00: 0", lastLine("budget", keys.toString(), "a", "--epsilon"));
    assertEquals(
        "left, in runs of epsilon 5.00: 0, but one run may have at most 4.00",
        lastLine("budget", keys.toString(), "a", "--epsilon", "5"));
    assertEquals(2, KeysJob.execute("budget", keys.toString(), "a", "--epsilon=-1"));
    assertEquals(2, KeysJob.execute("budget", keys.toString(), "a", "--epsilon=NaN"));
    String shown = said.toString(StandardCharsets.UTF_8);
    KeysJob.execute("log", keys.toString(), "a");
    assertTrue(said.toString(StandardCharsets.UTF_8).contains(lines.get(0)), shown);
  }

  private String lastLine(String... arguments) {
    said.reset();
    assertEquals(0, KeysJob.execute(arguments));
    List<String> lines = said.toString(StandardCharsets.UTF_8).lines().toList();
    return lines.get(lines.size() - 1);
  }
}
