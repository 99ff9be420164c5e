package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
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
}
