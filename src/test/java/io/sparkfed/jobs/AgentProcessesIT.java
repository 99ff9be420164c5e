package io.sparkfed.jobs;

import static io.sparkfed.it.OwnersWithAgents.WORKERS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.agent.AgentAddress;
import io.sparkfed.agent.AgentConnection;
import io.sparkfed.agent.AgentServer;
import io.sparkfed.agent.Expected;
import io.sparkfed.agent.FrameLimits;
import io.sparkfed.agent.Relays;
import io.sparkfed.it.ByteScan;
import io.sparkfed.it.OwnerUsers;
import io.sparkfed.it.OwnersWithAgents;
import io.sparkfed.it.RunOutput;
import io.sparkfed.it.StandaloneCluster;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Agents that are processes of their own, as {@code jobs/agent serve} starts them, each under its
 * owner's UNIX user where the test may choose users. Worker b is asked through a relay of the
 * test's, which keeps what the agent replies, and at which something can happen in the middle of a
 * sum.
 */
class AgentProcessesIT {
  private static final Duration PATIENCE = Duration.ofMinutes(2);
  private static final String NEWTON = "algorithm.preset=fed-newton";
  private static final List<String> AVERAGING =
      List.of("algorithm.preset=fed-avg", "algorithm.rounds=12");

  /** Begins levels that a row each has, of those that are filtered away. */
  private static final String RARE = "level-of-one-patient-";

  /** As many as owners' policies let two runs' rows differ by. */
  private static final int RARE_ROWS = 6;

  private static final String TAPPED = "b";
  private static final String KILLED = "c";

  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path root;

  private static OwnersWithAgents owners;
  private static OwnerUsers users;
  private static AgentServer tap;
  private static Path replies;
  private static final Map<String, Process> agents = new TreeMap<>();

  /** What is to happen once, when a run that is going on has written enough rounds. */
  private static Happening happening = Happening.NOTHING;

  private record Happening(String run, int rounds, Running.Event event) {
    static final Happening NOTHING = new Happening("", Integer.MAX_VALUE, () -> {});
  }

  @BeforeAll
  static void start() throws Exception {
    System.setProperty("spark.master", "local[4]");
    users = OwnerUsers.of(root);
    owners = OwnersWithAgents.make(root);
    for (String worker : WORKERS) {
      Files.writeString(owners.rows(worker), rare(worker), StandardOpenOption.APPEND);
      Path socket = Path.of(((AgentAddress.UnixSocket) owners.address(worker)).path());
      Files.createDirectories(socket.getParent());
      Files.write(
          own(worker).resolve("agent.properties"),
          List.of("listen = " + socket, "relays = " + String.join(", ", users.relays())));
    }
    trainByExecutors("averaging", AVERAGING);
    trainByExecutors("newton", List.of(NEWTON));
    for (String worker : WORKERS) {
      users.give(worker, own(worker), "rwx------");
      users.give(worker, owners.rows(worker), "rw-------");
      users.give(worker, root.resolve("sockets").resolve(worker), "rwxr-x--x");
    }
    users.giveRelay(Files.createDirectories(root.resolve("out")));
    for (String worker : WORKERS) {
      begin(worker);
    }
    for (String worker : WORKERS) {
      awaitReady(worker);
    }
    replies = Files.createFile(root.resolve("replies"));
    tap =
        AgentServer.open(
            AgentAddress.parse(root.resolve("tap/agent.sock").toString()),
            new Relays(users.relays(), users.group(), Set.of()),
            Optional.empty(),
            (request, peer, progress) -> passedOn(request),
            FrameLimits.USUAL);
  }

  @AfterAll
  static void stop() throws Exception {
    if (tap != null) {
      tap.close();
    }
    for (Process agent : agents.values()) {
      agent.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
  }

  private static void trainByExecutors(String name, List<String> settings) throws IOException {
    String[] conf = {owners.confOfExecutors(name).toString()};
    Outcome outcome = jobs.train(ThreeWorkers.with(conf, settings.toArray(String[]::new)));
    assertEquals(0, outcome.code(), outcome.toString());
  }

  private static String rare(String worker) {
    StringBuilder rows = new StringBuilder();
    for (int k = 0; k < RARE_ROWS; k++) {
      String id = worker + k;
      rows.append("-9.73184625017%d,6.25,%s%s,1,train,canary-%s%n".formatted(k, RARE, id, id));
    }
    return rows.toString();
  }

  private static Path log(String name) {
    return root.resolve(name + ".log");
  }

  private static Process launched(String user, String log, List<String> words) throws IOException {
    List<String> command = new ArrayList<>(users.prefix(user));
    command.add("bash");
    command.add(Path.of("jobs").resolve(words.get(0)).toAbsolutePath().toString());
    command.addAll(words.subList(1, words.size()));
    command.addAll(List.of("--driver-memory", "512m"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(root.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log(log).toFile());
    builder.environment().keySet().removeIf(name -> name.matches("SPARK_(HOME|CONF_DIR)"));
    builder.environment().remove("LOG4J_CONFIGURATION_FILE");
    return builder.start();
  }

  private static void begin(String worker) throws IOException {
    List<String> words = List.of("agent", "serve", own(worker).toString(), "--");
    agents.put(worker, launched(users.owner(worker), worker, words));
  }

  private static void awaitReady(String worker) throws Exception {
    StandaloneCluster.await(
        PATIENCE,
        () -> JobRunner.read(log(worker)).contains("ready\n") || !agents.get(worker).isAlive(),
        "the agent did not start");
    assertTrue(agents.get(worker).isAlive(), () -> JobRunner.read(log(worker)));
  }

  private static void kill(String worker) throws Exception {
    assertTrue(agents.get(worker).destroyForcibly().waitFor(10, TimeUnit.SECONDS));
  }

  /** As a service manager does after a crash. */
  private static void startAgain(String worker) throws Exception {
    begin(worker);
    awaitReady(worker);
  }

  private static byte[] passedOn(byte[] request) {
    happen();
    try (AgentConnection connection =
        AgentConnection.open(
            owners.address(TAPPED), Expected.ANY_USER, Optional.empty(), FrameLimits.USUAL)) {
      byte[] reply = connection.ask(request, PATIENCE);
      synchronized (root) {
        Files.write(replies, reply, StandardOpenOption.APPEND);
      }
      return reply;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static synchronized void happen() {
    if (Running.rounds(root.resolve("out"), happening.run()) >= happening.rounds()) {
      Running.Event event = happening.event();
      happening = Happening.NOTHING;
      try {
        event.happen();
      } catch (Exception e) {
        throw new IllegalStateException("what was to happen can't", e);
      }
    }
  }

  private static synchronized void when(String run, int rounds, Running.Event event) {
    happening = new Happening(run, rounds, event);
  }

  private static synchronized void assertHappened(Object outcome) {
    assertEquals(Happening.NOTHING, happening, outcome::toString);
  }

  private static String[] throughAgents(String name, List<String> settings) throws IOException {
    List<String> words = new ArrayList<>();
    words.add(owners.conf(name).toString());
    words.add("data.workers.%s.agent=\"%s\"".formatted(TAPPED, root.resolve("tap/agent.sock")));
    words.addAll(settings);
    return words.toArray(String[]::new);
  }

  private static String coefficients(String name) throws IOException {
    return new RunOutput(root.resolve("out").resolve(name)).coefficients();
  }

  /** Has a process write its heap, garbage too, as its own user. */
  private static Path heap(String user, Process process, Path folder) throws Exception {
    Path dump = folder.resolve("heap.hprof");
    assertEquals(
        0,
        run(user, jcmd(), String.valueOf(process.pid()), "GC.heap_dump", "-all", dump.toString()));
    return dump;
  }

  private static String jcmd() {
    return Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
  }

  private static int run(String user, String... words) throws Exception {
    List<String> command = new ArrayList<>(users.prefix(user));
    command.addAll(List.of(words));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    return process.exitValue();
  }

  private static Path own(String worker) {
    return owners.owners().dir().resolve(worker);
  }

  @Test
  void train_bySparkOfAnotherUser_writesWhatExecutorsDoAndHoldsNoRow() throws Exception {
    Path dumps = Files.createDirectories(root.resolve("dumps"));
    users.giveRelay(dumps);
    List<String> words = new ArrayList<>(List.of("train"));
    words.addAll(List.of(throughAgents("apart", AVERAGING)));
    words.addAll(List.of("--", "--master", "local[4]"));
    List<Process> spark = new ArrayList<>();
    when(
        "apart",
        3,
        () -> {
          heap(users.relay(), spark.get(0), dumps);
          heap(users.owner("a"), agents.get("a"), own("a"));
        });
    spark.add(launched(users.relay(), "spark", words));
    try {
      assertTrue(spark.get(0).waitFor(2, TimeUnit.MINUTES));
    } finally {
      spark.get(0).destroyForcibly();
    }

    String said = JobRunner.read(log("spark"));
    assertEquals(0, spark.get(0).exitValue(), said);
    assertHappened(said);
    assertEquals(coefficients("averaging"), coefficients("apart"));
    ByteScan canaries = owners.canaries();
    assertEquals(Set.of(), canaries.found(dumps));
    assertFalse(canaries.found(own("a").resolve("heap.hprof")).isEmpty(), "rows are at the agent");
    assertTrue(Files.size(replies) > 1_000);
    assertEquals(Set.of(), canaries.found(replies));
    assertEquals(Set.of(), canaries.found(root.resolve("out/apart")));
    Files.delete(own("a").resolve("heap.hprof"));
    String asked = JobRunner.read(log("a"));
    assertTrue(asked.contains(users.relay() + ": a part in a sum"), asked);
  }

  /** An exact fit needs everybody: it ends when an agent is gone, and goes on when it is back. */
  @Test
  void train_agentKilledInTheMiddle_isResumedToTheSameBits() throws Exception {
    when("exact", 2, () -> kill(KILLED));

    Outcome broken = jobs.train(throughAgents("exact", List.of(NEWTON)));
    startAgain(KILLED);
    Outcome resumed = jobs.train(throughAgents("exact", List.of(NEWTON, "output.resume=true")));

    assertHappened(broken);
    assertEquals(4, broken.code(), broken.toString());
    assertEquals(1, broken.errorLines().size(), broken.toString());
    assertFalse(broken.showsStackTrace(), broken.toString());
    assertEquals(0, resumed.code(), resumed.toString());
    assertTrue(resumed.out().contains("resumed from the checkpoint of round"), resumed.toString());
    assertEquals(coefficients("newton"), coefficients("exact"));
  }

  /** Averaging goes on without an agent that is gone, and with it when it is back. */
  @Test
  void train_averagingAgentKilledInTheMiddle_goesOn() throws Exception {
    when(
        "goes-on",
        3,
        () -> {
          kill(KILLED);
          when("goes-on", 6, () -> startAgain(KILLED));
        });

    Outcome outcome = jobs.train(throughAgents("goes-on", AVERAGING));

    assertHappened(outcome);
    assertEquals(0, outcome.code(), outcome.toString());
    List<Integer> workers = new ArrayList<>();
    for (String line : Files.readAllLines(root.resolve("out/goes-on/rounds.jsonl"))) {
      workers.add(new ObjectMapper().readTree(line).get("workers").asInt());
    }
    assertEquals(List.of(3, 4), workers.stream().distinct().sorted().toList(), workers::toString);
    assertEquals(4, workers.get(0));
    assertEquals(4, workers.get(workers.size() - 1), workers::toString);
  }

  /** The rows with the rare level are not filtered away. */
  @Test
  void train_levelBelowTheMinimum_isRefusedWithoutItsText() throws Exception {
    Outcome outcome = jobs.train(throughAgents("rare", List.of("data.where=null")));

    assertEquals(3, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains("each level must have at least"), outcome.toString());
    assertFalse(outcome.toString().contains(RARE), outcome.toString());
    assertEquals(Set.of(), owners.canaries().found(replies));
  }

  @Test
  void folders_ofOwners_areUnreadableForOtherUsers() throws Exception {
    assumeTrue(users.areMany(), "no other user's process can be started");
    for (String worker : WORKERS) {
      String owner = users.owner(worker);
      Path agent = Path.of("/proc", String.valueOf(agents.get(worker).pid()));
      assertEquals(owner, Files.getOwner(agent).getName());
      assertEquals(owner, Files.getOwner(own(worker)).getName());
      assertEquals(
          "rwx------", PosixFilePermissions.toString(Files.getPosixFilePermissions(own(worker))));
      String rows = owners.rows(worker).toString();
      String key = own(worker).resolve("keys.p12").toString();
      assertEquals(0, run(owner, "cat", rows, key));
      for (String other : List.of(users.relay(), users.owner(worker.equals("a") ? "b" : "a"))) {
        assertNotEquals(0, run(other, "cat", rows));
        assertNotEquals(0, run(other, "cat", key));
      }
    }
    String pid = String.valueOf(agents.get("a").pid());
    assertEquals(0, run(users.owner("a"), jcmd(), pid, "VM.version"));
    assertNotEquals(0, run(users.relay(), jcmd(), pid, "VM.version"));
  }
}
