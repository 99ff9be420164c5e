package io.sparkfed.jobs;

import static io.sparkfed.it.OwnersWithAgents.WORKERS;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.agent.AgentAddress;
import io.sparkfed.agent.AgentHandler;
import io.sparkfed.agent.AgentServer;
import io.sparkfed.agent.FrameLimits;
import io.sparkfed.agent.Relays;
import io.sparkfed.agent.TlsIdentity;
import io.sparkfed.it.OwnersWithAgents;
import io.sparkfed.jobs.JobRunner.Outcome;
import io.sparkfed.secure.keys.KeyFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Jobs whose workers' rows are held by agents that listen at sockets, asked by relaying tasks. The
 * agents share the jobs' process here, and so their Spark, which has room for both.
 */
class AgentsJobsIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path root;

  private static OwnersWithAgents owners;

  private static final Map<String, AgentServer> servers = new TreeMap<>();

  @BeforeAll
  static void serve() throws IOException {
    System.setProperty("spark.master", "local[8]");
    owners = OwnersWithAgents.make(root);
    owners.allow("secure-worker");
    for (String worker : WORKERS) {
      serve(worker);
    }
  }

  @AfterAll
  static void stop() throws IOException {
    for (AgentServer server : servers.values()) {
      server.close();
    }
  }

  private static void serve(String worker) throws IOException {
    AgentHandler agent = owners.agent(worker, () -> SparkSession.builder().getOrCreate());
    servers.put(worker, owners.serve(worker, agent));
  }

  private static byte[] coefficients(String name) throws IOException {
    return Files.readAllBytes(root.resolve("out").resolve(name).resolve("coefficients.json"));
  }

  @ParameterizedTest
  @CsvSource({"masked, fed-newton", "masked, fed-avg", "secure-worker, fed-lbfgs"})
  void train_throughAgents_writesWhatExecutorsDo(String mode, String preset) throws IOException {
    String name = mode + "-" + preset;
    String[] settings = {"aggregation.mode=" + mode, "algorithm.preset=" + preset};
    boolean hasAggregators = mode.equals("secure-worker");
    String keys = hasAggregators ? "\"" + owners.owners().dir() + "\"" : "null";

    Outcome byAgents =
        jobs.train(
            ThreeWorkers.with(
                new String[] {owners.conf(name).toString(), "aggregation.keys.dir=" + keys},
                settings));
    Outcome byExecutors =
        jobs.train(
            ThreeWorkers.with(
                new String[] {owners.confOfExecutors(name + "-x").toString()}, settings));

    assertEquals(0, byAgents.code(), byAgents.toString());
    assertEquals(0, byExecutors.code(), byExecutors.toString());
    assertArrayEquals(coefficients(name + "-x"), coefficients(name));
    assertTrue(byAgents.out().contains("held by their owners' agents"), byAgents.toString());
    // The agents share this process for the test's sake: what is said is of the configuration.
    assertFalse(byAgents.out().contains("nobody is protected"), byAgents.toString());
    assertEquals(
        hasAggregators,
        byAgents.out().contains("driver and aggregators share one process"),
        byAgents.toString());
  }

  /**
   * Noise of the agents', whose releases are told as executors' are: they may be about rows that
   * differ by few from those of the runs above, as each is paid for.
   */
  @Test
  void trainAndDoctor_rowsAreHidden_tellReleasesAndNothingOfRows() throws IOException {
    for (String worker : WORKERS) {
      owners.adds(worker, "dp.epsilon = 8\ndp.delta = 1e-4\n");
    }
    String conf = OwnersWithAgents.withoutFindings(owners.conf("hidden")).toString();
    String[] settings =
        ThreeWorkers.with(
            OwnersWithAgents.PRIVATE.toArray(new String[0]),
            "privacy.epsilon=1",
            "privacy.honest-workers=1");

    Outcome doctor = jobs.doctor(ThreeWorkers.with(new String[] {conf}, settings));
    Outcome trained = jobs.train(ThreeWorkers.with(new String[] {conf}, settings));

    assertTrue(doctor.out().contains("allowed by all"), doctor.toString());
    assertFalse(doctor.showsStackTrace(), doctor.toString());
    assertEquals(0, trained.code(), trained.toString());
    JsonNode privacy =
        new ObjectMapper().readTree(root.resolve("out/hidden/run.json").toFile()).path("privacy");
    assertEquals(1.0, privacy.path("epsilon").asDouble(), privacy.toString());
    assertTrue(privacy.path("releases").size() >= 2, privacy.toString());
    assertFalse(trained.toString().contains("canary"), trained.toString());
  }

  @Test
  void evaluateAndDoctor_throughAgents_sayWhatExecutorsDo() throws IOException {
    String conf = owners.conf("known").toString();
    Outcome trained = jobs.train(conf, "algorithm.preset=fed-newton");
    assertEquals(0, trained.code(), trained.toString());
    String model = root.resolve("out/known").toString();

    Outcome byAgents = jobs.evaluate(conf, "--model", model);
    Outcome byExecutors =
        jobs.evaluate(owners.confOfExecutors("known-x").toString(), "--model", model);

    assertEquals(0, byAgents.code(), byAgents.toString());
    assertEquals(byExecutors.out(), byAgents.out());
    Outcome doctor = jobs.doctor(conf, "output.overwrite=true");
    assertTrue(doctor.out().contains("allowed by all"), doctor.toString());
    assertTrue(doctor.out().contains("asked through the agent at"), doctor.toString());
    assertFalse(doctor.showsStackTrace(), doctor.toString());
  }

  /** An exact fit needs everybody: it ends when an agent fails, and goes on when it is back. */
  @Test
  void train_agentFailsInTheMiddle_isResumedToTheSameBits() throws IOException {
    String preset = "algorithm.preset=fed-newton";
    servers.get("c").close();
    AtomicInteger answered = new AtomicInteger();
    AgentHandler agent = owners.agent("c", () -> SparkSession.builder().getOrCreate());
    AtomicInteger most = new AtomicInteger(Integer.MAX_VALUE);
    AgentHandler failing =
        (request, peer, progress) -> {
          if (answered.incrementAndGet() > most.get()) {
            throw new IllegalStateException("the agent's machine breaks down");
          }
          return agent.answer(request, peer, progress);
        };
    servers.put("c", owners.serve("c", failing));
    assertEquals(0, jobs.train(owners.conf("whole").toString(), preset).code());
    String conf = owners.conf("broken").toString();
    // The end of a whole run is an evaluation, its statistics and the end of two parts.
    most.set(answered.getAndSet(0) - 12);

    Outcome broken = jobs.train(conf, preset);
    most.set(Integer.MAX_VALUE);
    Outcome resumed = jobs.train(conf, preset, "output.resume=true");

    assertTrue(List.of(4, 5).contains(broken.code()), broken.toString());
    assertEquals(0, resumed.code(), resumed.toString());
    assertTrue(resumed.out().contains("resumed from the checkpoint of round"), resumed.toString());
    assertArrayEquals(coefficients("whole"), coefficients("broken"));
  }

  /** An owner's refusal and an agent that isn't there have codes of their own. */
  @Test
  void train_refusedOrAbsent_hasItsExitCode() throws IOException {
    String conf = owners.conf("refused").toString();

    Outcome refused = jobs.train(conf, "data.where=x1 = 0.5");

    assertEquals(10, refused.code(), refused.toString());
    assertEquals(
        List.of(
            "error: the owner of worker a refuses the study by the rule data.cardio.filter of its"
                + " policy; jobs/study shows what is asked"),
        refused.errorLines());
    servers.get("b").close();
    Outcome absent = jobs.train(conf);
    serve("b");
    assertEquals(5, absent.code(), absent.toString());
    assertTrue(absent.err().contains("worker b: its agent can't be asked: "), absent.toString());
    assertTrue(absent.err().contains(owners.address("b").toString()), absent.toString());
    assertFalse(absent.showsStackTrace(), absent.toString());
  }

  private static TlsIdentity identity(String party) throws IOException {
    Path folder = owners.owners().dir().resolve(party);
    return TlsIdentity.of(folder.resolve(KeyFolder.STORE), folder.resolve(KeyFolder.PASSWORD));
  }

  /** Tasks show a key that agents list; agents are known by their owners' keys on the roster. */
  @Test
  void train_throughAgentsAtTlsPorts_writesWhatThoseAtSocketsDo() throws IOException {
    String relay = "aggregator-1";
    Relays relays = new Relays(Set.of(), Optional.empty(), Set.of(identity(relay).key()));
    List<AgentServer> ports = new ArrayList<>();
    List<String> settings = new ArrayList<>(List.of("algorithm.preset=fed-newton"));
    try {
      for (String worker : WORKERS) {
        AgentServer server =
            AgentServer.open(
                AgentAddress.parse("tls:localhost:0"),
                relays,
                Optional.of(identity(worker)),
                owners.agent(worker, () -> SparkSession.builder().getOrCreate()),
                FrameLimits.USUAL);
        ports.add(server);
        settings.add("data.workers." + worker + ".agent=\"" + server.address() + "\"");
      }
      String keys = "data.relay-keys=\"" + owners.owners().dir() + "/";
      List<String> stranger = new ArrayList<>(settings);
      settings.add(0, owners.conf("ports").toString());
      stranger.add(0, owners.conf("stranger").toString());
      settings.add(keys + relay + "\"");
      stranger.add(keys + "aggregator-2\"");

      Outcome byPorts = jobs.train(settings.toArray(new String[0]));
      Outcome bySockets =
          jobs.train(owners.conf("by-sockets").toString(), "algorithm.preset=fed-newton");
      Outcome refused = jobs.train(stranger.toArray(new String[0]));

      assertEquals(0, byPorts.code(), byPorts.toString());
      assertEquals(0, bySockets.code(), bySockets.toString());
      assertArrayEquals(coefficients("by-sockets"), coefficients("ports"));
      assertEquals(5, refused.code(), refused.toString());
    } finally {
      for (AgentServer server : ports) {
        server.close();
      }
    }
  }

  /** An owner who decides by hand is waited for, or the run ends with a code of its own. */
  @Test
  void train_studyToBeApproved_goesOnWhenItIs() throws IOException {
    String before = Files.readString(owners.policy("d"));
    owners.adds("d", "approve = by-hand\n");
    try {
      String conf = owners.conf("by-hand").toString();
      Outcome waits = jobs.train(conf, "algorithm.preset=fed-newton");
      assertEquals(11, waits.code(), waits.toString());
      assertTrue(waits.err().contains("the owners of worker d"), waits.toString());
      assertEquals(0, KeysJob.execute("approve", owners.owners().dir().toString(), "d"));

      Outcome trained = jobs.train(conf, "algorithm.preset=fed-newton");

      assertEquals(0, trained.code(), trained.toString());
    } finally {
      Files.writeString(owners.policy("d"), before);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.workers.b.path=/x",
        "data.workers.e.hosts=[h]",
        "data.workers.b.agent=sockets/b.sock",
        "data.workers.b.agent=\"tls:localhost:9000\"",
        "data.dataset=null",
        "aggregation.keys.roster=null",
        "aggregation.mode=committee"
      })
  void train_agentsThatCannotBeMeant_areRefused(String setting) throws IOException {
    Outcome outcome = jobs.train(owners.conf("wrong").toString(), setting);

    assertEquals(2, outcome.code(), outcome.toString());
    assertEquals(1, outcome.errorLines().size(), outcome.toString());
  }
}
