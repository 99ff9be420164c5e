package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sparkfed.agent.AgentConnection;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.recipe.OwnerAgent;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.spark.agents.AgentReply;
import io.sparkfed.spark.agents.AgentRequest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** The owner's command: what refuses to start, and what an agent that runs says. */
class AgentJobIT {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final List<String> WORKERS = List.of("a", "b", "c");

  @TempDir static Path root;

  private static OwnerFolders owners;

  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();

  @BeforeAll
  static void makeOwners() throws IOException {
    System.setProperty("spark.master", "local[2]");
    ThreeWorkers.write(root.resolve("rows"));
    owners = OwnerFolders.make(root, WORKERS);
  }

  @AfterAll
  static void clear() {
    System.clearProperty("spark.master");
  }

  @BeforeEach
  void capture() {
    PrintStream all = new PrintStream(printed, true, StandardCharsets.UTF_8);
    System.setOut(all);
    System.setErr(all);
  }

  @AfterEach
  void release() {
    System.setOut(out);
    System.setErr(err);
  }

  private String said() {
    return printed.toString(StandardCharsets.UTF_8);
  }

  /** Returns a fresh copy of an owner's folder, of the same name. */
  private static Path copied(String worker, String place) throws IOException {
    Path target = Files.createDirectories(root.resolve(place)).resolve(worker);
    Path source = owners.dir().resolve(worker);
    try (Stream<Path> files = Files.walk(source)) {
      for (Path file : files.toList()) {
        Path copy = target.resolve(source.relativize(file).toString());
        Files.copy(file, copy);
        Files.setPosixFilePermissions(copy, Files.getPosixFilePermissions(file));
      }
    }
    listens(target, "listen = " + root.resolve(place) + ".run/a.sock", "relays = spark");
    return target;
  }

  private static void listens(Path folder, String... lines) throws IOException {
    Files.write(folder.resolve("agent.properties"), List.of(lines));
  }

  private void requireRefused(int code, String words, String... command) {
    printed.reset();
    assertEquals(code, AgentJob.execute(command), this::said);
    assertTrue(said().contains(words), this::said);
    assertEquals(1, said().lines().filter(line -> line.startsWith("error: ")).count(), this::said);
  }

  @Test
  void serve_folderThatIsNotAsItMustBe_saysWhatIsWrong() throws IOException {
    requireRefused(2, "must be an owner's folder", "serve", root.resolve("none").toString());
    Path folder = copied("a", "wrong");
    String serve = folder.toString();
    listens(folder, "listen = run/a.sock", "relays = spark");
    requireRefused(2, "must be an absolute path", "serve", serve);
    listens(folder, "listen = /" + "x".repeat(107), "relays = spark");
    requireRefused(2, "at most 106 bytes", "serve", serve);
    listens(folder, "listen = /run/a.sock");
    requireRefused(2, "relays must name who may bring requests", "serve", serve);
    listens(folder, "listen = /run/a.sock", "relays = spark", "relay = spark");
    requireRefused(2, "unknown key relay", "serve", serve);
    listens(folder, "relays = spark");
    requireRefused(2, "listen must be set", "serve", serve);
    listens(folder, "listen = tls:localhost:0", "relays = spark");
    requireRefused(2, "must be Ed25519 public keys", "serve", serve);
    Files.delete(folder.resolve("agent.properties"));
    requireRefused(2, "agent.properties must exist", "serve", serve);
    listens(folder, "listen = " + root.resolve("nowhere/else/a.sock"), "relays = spark");
    requireRefused(7, "the folder above must exist", "serve", serve);

    listens(folder, "listen = " + root.resolve("run/a.sock"), "relays = spark");
    System.setProperty("spark.master", "spark://elsewhere:7077");
    requireRefused(2, "spark.master must be local", "serve", serve);
    System.setProperty("spark.master", "local[2]");
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-x---"));
    requireRefused(2, "chmod go-rwx", "serve", serve);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    Files.writeString(
        folder.resolve(KeyFolder.POLICY), "famlies = logistic\n", StandardOpenOption.APPEND);
    requireRefused(2, "unknown key famlies", "serve", serve);
    Path other = copied("a", "other").resolveSibling("b");
    Files.move(other.resolveSibling("a"), other);
    requireRefused(2, "must hold this owner's key for worker b", "serve", other.toString());
    assertFalse(Files.exists(root.resolve("run/a.sock")));
  }

  @Test
  void serve_journalThatWasChanged_answersNothingAndSaysHowToGoOn() throws IOException {
    Path folder = copied("a", "journal");
    for (int k = 0; k < 3; k++) {
      byte[] study = new byte[32];
      study[0] = (byte) k;
      new KeyFolder(folder).open("a").accept(study, LocalDate.of(2030, 1, 1));
    }
    OwnerAgent agent = OwnerAgent.in(folder);
    agent.note(agent.wholeJournal());
    Path log = folder.resolve(KeyFolder.JOURNAL).resolve("log");
    List<String> lines = Files.readAllLines(log);

    Files.write(log, lines.subList(0, 2));
    for (String command : List.of("serve", "budget", "status")) {
      requireRefused(7, "lines were taken away", command, folder.toString());
      assertTrue(said().contains("To go on, put a copy back"), this::said);
    }
    Files.write(log, List.of(lines.get(0).replace("2030", "2031"), lines.get(1), lines.get(2)));
    requireRefused(7, "line 1 was changed", "serve", folder.toString());
    assertTrue(said().contains("To go on, put a copy back"), this::said);

    Files.write(log, lines);
    assertEquals(0, AgentJob.execute("budget", folder.toString()), this::said);
    // Somebody who knows why lines are gone goes on, as the message says.
    Files.write(log, lines.subList(0, 2));
    Files.delete(folder.resolve("journal-hash"));
    assertEquals(0, AgentJob.execute("log", folder.toString()), this::said);
    assertEquals(0, AgentJob.execute("budget", folder.toString()), this::said);
  }

  private static byte[] study(String name, String family) throws IOException {
    Path conf =
        JobRunner.write(
            root.resolve(name + ".conf"),
            """
            name = %s
            data {
              dataset = cardio
              workers { a.hosts = [localhost], b.hosts = [localhost], c.hosts = [localhost] }
              label-column = class
              feature-columns = [x1, x2]
            }
            model.family = %s
            aggregation.keys { dir = "%s", roster = "%s" }
            output.dir = "%s"
            """
                .formatted(name, family, owners.dir(), owners.roster(), root.resolve("out")));
    Path file = root.resolve(name + ".study");
    assertEquals(0, StudyJob.execute(conf.toString(), "--output", file.toString()));
    return Files.readAllBytes(file);
  }

  private static AgentReply asked(OwnerAgent agent, AgentRequest request) throws IOException {
    try (AgentConnection connection = agent.connect(agent.settings())) {
      return AgentReply.parse(connection.ask(request.toBytes(), PATIENCE));
    }
  }

  @Test
  void serve_ownersFolder_answersAndSaysWhatItDoesUntilItIsStopped() throws IOException {
    Path folder = copied("a", "served");
    String policy =
        """

        data.cardio.path = %s
        data.cardio.columns = x1, x2, class
        families = logistic
        max-sums = 100
        """
            .formatted(root.resolve("rows/a.csv"));
    Files.writeString(folder.resolve(KeyFolder.POLICY), policy, StandardOpenOption.APPEND);
    OwnerAgent agent = OwnerAgent.in(folder);
    Path socket = root.resolve("served.run/a.sock");
    try (AgentProcess process = AgentProcess.start(agent)) {
      assertTrue(Files.exists(socket));
      assertEquals(0, AgentJob.execute("status", folder.toString()), this::said);
      assertEquals(
          new AgentReply.Accepted(),
          asked(agent, new AgentRequest.Propose(study("allowed", "logistic"))));
      assertEquals(
          new AgentReply.Refused("families"),
          asked(agent, new AgentRequest.Propose(study("another", "linear"))));
      assertEquals(0, AgentJob.execute("budget", folder.toString()), this::said);
      String whole = said();
      for (String words :
          List.of(
              "agent of worker a, Spark Federated",
              "listening at unix:" + socket,
              "ready",
              "the agent answers at unix:" + socket,
              ": who is there: done",
              ": to join a study: joined",
              ": to join a study: refused by the rule families",
              "sums: 0 of 100 (max-sums), 100 are left",
              "runs today: 0; max-runs-per-day isn't set")) {
        assertTrue(whole.contains(words), () -> words + " is not in\n" + whole);
      }

      requireRefused(7, "another agent runs for", "serve", folder.toString());
      Path other = copied("b", "beside");
      listens(other, "listen = " + socket, "relays = spark");
      requireRefused(7, "another agent listens there", "serve", other.toString());
      requireRefused(2, "is the agent of another worker", "status", other.toString());
    }
    assertTrue(said().endsWith("stopping\nstopped\n"), this::said);
    assertFalse(Files.exists(socket));
    requireRefused(7, "no agent listens there", "status", folder.toString());
    assertThrows(IOException.class, () -> asked(agent, new AgentRequest.Describe()));
  }

  private static boolean run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @Test
  void serve_diskFullAtTheJournal_joinsNothingUntilThereIsRoom() throws Exception {
    Path folder = copied("a", "full");
    Files.writeString(
        folder.resolve(KeyFolder.POLICY),
        "\ndata.cardio.path = %s\ndata.cardio.columns = x1, x2, class\n"
            .formatted(root.resolve("rows/a.csv")),
        StandardOpenOption.APPEND);
    Path journal = folder.resolve(KeyFolder.JOURNAL);
    assumeTrue(
        System.getProperty("user.name").equals("root")
            && run("mount", "-t", "tmpfs", "-o", "size=8k,mode=700", "none", journal.toString()),
        "a disk of its own needs root, and mount of Linux");
    OwnerAgent agent = OwnerAgent.in(folder);
    AgentRequest proposal = new AgentRequest.Propose(study("full", "logistic"));
    try (AgentProcess process = AgentProcess.start(agent)) {
      Path filler = journal.resolve("filler");
      assertThrows(IOException.class, () -> Files.write(filler, new byte[1 << 14]));
      AgentReply full = asked(agent, proposal);
      assertFalse(full instanceof AgentReply.Accepted, full::toString);
      assertTrue(said().contains("the owner's journal can't be written"), this::said);
      Files.delete(filler);
      assertEquals(new AgentReply.Accepted(), asked(agent, proposal), this::said);
    } finally {
      run("umount", journal.toString());
    }
  }

  /** What an owner copies from {@code conf/} is understood, as it stands there. */
  @Test
  void examples_ofConf_areUnderstood() throws IOException {
    Path folder = copied("a", "examples");
    Files.copy(
        Path.of("conf/agent.properties"),
        folder.resolve("agent.properties"),
        StandardCopyOption.REPLACE_EXISTING);
    OwnerAgent.Settings settings = OwnerAgent.in(folder).settings();
    assertEquals("unix:/run/spark-federated/basel/agent.sock", settings.listen().toString());
    assertEquals(Set.of("spark"), settings.relays().users());
    assertEquals(Optional.of("spark"), settings.relays().group());

    String unit = Files.readString(Path.of("conf/agent.service"));
    String pod = Files.readString(Path.of("conf/agent-kubernetes.yaml"));
    for (String words :
        List.of(
            unit.lines().filter(line -> line.startsWith("ExecStart=")).findFirst().orElseThrow(),
            pod.lines()
                .filter(line -> line.contains("command: ["))
                .findFirst()
                .orElseThrow()
                .replaceAll("[\\[\\],]", " "))) {
      List<String> command = List.of(words.strip().split("[\\s=]+"));
      int start = command.indexOf("/opt/spark-federated/jobs/agent") + 1;
      String[] own = command.subList(start, command.indexOf("--")).toArray(String[]::new);
      assertDoesNotThrow(() -> new CommandLine(AgentJob.class).parseArgs(own));
    }
    // The last folder of the socket's path is what systemd makes.
    assertTrue(unit.contains("RuntimeDirectory=spark-federated/basel\n"));
  }
}
