package io.sparkfed.spark.rows;

import static io.sparkfed.it.OwnersWithAgents.WORKERS;
import static io.sparkfed.spark.rows.HandledAgents.RELAY;
import static io.sparkfed.spark.rows.LocalTraining.bits;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.sparkfed.agent.AgentHandler;
import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.config.PresetNames;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.PhaseListener;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.survey.FederatedCounts;
import io.sparkfed.it.ByteScan;
import io.sparkfed.it.OwnersWithAgents;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.owner.SignedStudy;
import io.sparkfed.owner.StudyRefusedException;
import io.sparkfed.recipe.Studies;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.spark.agents.AgentReply;
import io.sparkfed.spark.agents.AgentReply.Accepted;
import io.sparkfed.spark.agents.AgentReply.Description;
import io.sparkfed.spark.agents.AgentReply.NotOpen;
import io.sparkfed.spark.agents.AgentReply.Opened;
import io.sparkfed.spark.agents.AgentReply.Refused;
import io.sparkfed.spark.agents.AgentReply.Rejected;
import io.sparkfed.spark.agents.AgentRequest;
import io.sparkfed.spark.agents.AgentRequest.Ask;
import io.sparkfed.spark.agents.AgentRequest.Columns;
import io.sparkfed.spark.agents.AgentRequest.OpenShard;
import io.sparkfed.spark.agents.AgentRequest.OpenTypes;
import io.sparkfed.spark.agents.AgentRequest.Propose;
import io.sparkfed.spark.agents.InSql;
import io.sparkfed.spark.cluster.Held;
import io.sparkfed.spark.cluster.LocalResults;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader.Loaded;
import io.sparkfed.spark.service.AgentService;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents that hold their owners' rows, asked without a relay. */
class AgentsIT {
  private static final String SHORT = "algorithm.local.step-size=0.02";

  private static final Map<String, Map<String, Shard>> SHARDS = new HashMap<>();

  @TempDir static Path root;

  private static OwnersWithAgents owners;
  private static SparkSession spark;

  private HandledAgents agents;

  @BeforeAll
  static void make() throws IOException {
    owners = OwnersWithAgents.make(root);
    spark = LocalTraining.session(2);
  }

  @BeforeEach
  void start() throws IOException {
    agents = HandledAgents.of(owners, () -> spark);
  }

  private Loaded load(TrainingConfig config) {
    return new AgentLoader(spark, config, agents, WORKERS, new LoadingSums(config))
        .load(Optional.empty(), Duration.ZERO, PhaseListener.NONE);
  }

  private static Stream<String> runs() {
    Stream<String> presets =
        PresetNames.all().stream()
            .filter(preset -> !PresetNames.isNoised(preset))
            .map(
                preset ->
                    "masked "
                        + preset
                        + (preset.equals("normal-equations") ? " linear" : " logistic 2"));
    return Stream.concat(
        presets,
        Stream.of("committee", "secure-worker", "insecure-plain")
            .map(m -> m + " fed-newton logistic 4"));
  }

  /** The rows are read by other hands, and what is asked travels as bytes: nothing else differs. */
  @ParameterizedTest
  @MethodSource("runs")
  void train_byAgents_sameBitsAsByExecutorsAndInProcess(String run) throws IOException {
    String[] words = run.split(" ", -1);
    List<String> settings = new ArrayList<>();
    settings.add("aggregation.mode=" + words[0]);
    settings.add("algorithm.preset=" + words[1]);
    settings.add("model.family=" + words[2]);
    if (words.length > 3) {
      settings.add("algorithm.rounds=" + words[3]);
    }
    owners.allow(words[0].equals("committee") ? "aggregator-1, aggregator-2" : "secure-worker");
    TrainingConfig config = owners.config(settings.toArray(new String[0]));
    Loaded byAgents = load(config);
    FeatureEncoding encoding = byAgents.encoding();

    TrainingResult result = LocalTraining.train(config, byAgents);

    assertEquals(bits(LocalTraining.inProcess(config, shards(words[2]))), bits(result));
    if (words[1].equals("fed-newton")) {
      Loaded byExecutors = new ShardLoader(spark, config).load();
      assertEquals(byExecutors.encoding(), encoding);
      assertEquals(byExecutors.sqlTypes(), byAgents.sqlTypes());
      assertEquals(byExecutors.notes(), byAgents.notes());
      assertEquals(bits(LocalTraining.train(config, byExecutors)), bits(result));
    }
  }

  /** The rows as executors pack them. */
  private static Map<String, Shard> shards(String family) throws IOException {
    if (!SHARDS.containsKey(family)) {
      TrainingConfig config = owners.config("algorithm.preset=fed-lbfgs", "model.family=" + family);
      try (SparkFederation federation = new ShardLoader(spark, config).load().federation()) {
        Map<String, Shard> shards = new TreeMap<>();
        for (Held<Shard> held : LocalResults.of(federation.partitions())) {
          shards.put(held.worker(), held.held().orElseThrow());
        }
        SHARDS.put(family, shards);
      }
    }
    return SHARDS.get(family);
  }

  /** Three owners' agents are started again in the middle: nothing that they kept is missed. */
  @Test
  void train_agentsStartedAgain_sameBits() throws IOException {
    TrainingConfig config = owners.config("algorithm.preset=fed-newton");
    TrainingResult undisturbed = LocalTraining.train(config, load(config));
    int[] visits = {0};
    agents.onVisit =
        visit -> {
          visits[0]++;
          if (visits[0] % 5 == 0) {
            String worker = WORKERS.get(visits[0] / 5 % WORKERS.size());
            agents.agents.put(worker, newAgent(worker));
          }
        };

    TrainingResult restarted = LocalTraining.train(config, load(config));

    assertTrue(visits[0] > 20);
    assertEquals(bits(undisturbed), bits(restarted));
  }

  private static AgentService newAgent(String worker) {
    try {
      return owners.agent(worker, () -> spark);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One that is gone drops out, and takes part again when it is back. */
  @Test
  void train_agentGoneForARound_dropsOutOfIt() throws IOException {
    TrainingConfig config = owners.config("algorithm.preset=fed-avg", "algorithm.rounds=4", SHORT);
    Loaded loaded = load(config);
    AgentHandler gone = agents.agents.get("d");
    agents.onVisit =
        visit -> {
          if (visit.round() == 2) {
            agents.agents.remove("d");
          } else {
            agents.agents.put("d", gone);
          }
        };

    TrainingResult result = LocalTraining.train(config, loaded);

    assertEquals(
        List.of(0, 1, 0, 0),
        result.rounds().stream()
            .filter(round -> round.round() > 0)
            .map(round -> round.dropouts())
            .toList());
  }

  /** Nobody is left out of what is asked before the rounds. */
  @Test
  void load_agentGone_isSaid() throws IOException {
    agents.agents.remove("c");

    TrainingConfig config = owners.config();
    String message = assertThrows(AggregationException.class, () -> load(config)).getMessage();

    assertEquals(
        "worker c: its agent can't be asked: nobody listens (data.workers.c.agent)", message);
  }

  @Test
  void load_agentOfAnotherWorker_isSaid() throws IOException {
    agents.agents.put("c", agents.agents.get("b"));

    TrainingConfig config = owners.config();
    String message = assertThrows(AggregationException.class, () -> load(config)).getMessage();

    assertTrue(
        message.startsWith("worker c: its agent can't be asked: it is the agent of another"));
  }

  /** The rule by its name is all that is told, and no file was opened. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.where=x1 = 0.5 | data.cardio.filter",
        "data.derive.z=patient | data.cardio.derive",
        "data.feature-columns=[x1, x2, site, nobody] | data.cardio.columns",
        "data.dataset=keys | data",
        "data.categorical.x1={} | data.cardio.categories"
      })
  void load_whatTheOwnerDoesNotAllow_isRefusedByItsRule(String refused) throws IOException {
    String[] parts = refused.split(" \\| ", -1);
    TrainingConfig config = owners.config(parts[0]);
    agents = HandledAgents.of(owners, () -> fail("nothing may be read"));

    StudyRefusedException e = assertThrows(StudyRefusedException.class, () -> load(config));

    assertEquals("a", e.worker());
    assertEquals(parts[1], e.rule());
    assertTrue(
        agents.replies.stream()
            .map(AgentReply::parse)
            .allMatch(reply -> reply instanceof Description || reply instanceof Refused));
  }

  /** Rows that can't be used: what is told holds neither a value nor where the file is. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x1,x2,site,y,part,patient\nseven,1,left,0,train,p\n | a row can't be read",
        "x1,x2,site,y,part,patient\n\"7,1,left,0,train,p\n | can't be read",
        "x1,x2,site,y,part\n7,1,left,0,validate\n | column part",
        "x1,x2,y,part\n7,1,0,train\n | can't be read",
        " | no rows"
      })
  void load_rowsThatCannotBeUsed_tellsARule(String rows) throws IOException {
    String[] parts = rows.split(" \\| ", -1);
    Path file = owners.rows("b");
    String before = Files.readString(file);
    try {
      Files.writeString(file, parts[0]);
      TrainingConfig config = owners.config("aggregation.min-workers=4");
      String message = assertThrows(RuntimeException.class, () -> load(config)).getMessage();
      assertTrue(message.contains(parts[1]), message);
      assertFalse(message.contains("seven"), message);
      assertFalse(message.contains("validate"), message);
      assertFalse(message.contains(root.toString()), message);
    } finally {
      Files.writeString(file, before);
    }
  }

  /** What is no request of the list, or asked too early, or for another study, gets no answer. */
  @Test
  void answer_hostileRequests_tellNothing() throws IOException {
    TrainingConfig config = owners.config("algorithm.preset=fed-newton");
    SignedStudy study = Studies.of(config);
    byte[] hash = study.open().hash();
    byte[] other = Studies.of(owners.config("algorithm.preset=fed-lbfgs")).open().hash();
    OpenTypes opening = new OpenTypes(hash, List.of("x1"));
    byte[] opened = Kdf.sha256(opening.toBytes());
    AgentHandler agent = agents.agents.get("a");

    assertInstanceOf(NotOpen.class, reply(agent, new Columns(hash)));
    assertInstanceOf(NotOpen.class, reply(agent, opening));
    assertInstanceOf(NotOpen.class, reply(agent, new Ask(hash, opened, "masked", new byte[9])));
    byte[] forged = study.toBytes();
    forged[forged.length / 2] ^= 1;
    assertInstanceOf(Refused.class, reply(agent, new Propose(forged)));
    assertInstanceOf(Accepted.class, reply(agent, new Propose(study.toBytes())));
    assertInstanceOf(NotOpen.class, reply(agent, new Ask(hash, opened, "masked", new byte[9])));
    assertInstanceOf(Opened.class, reply(agent, opening));
    assertInstanceOf(NotOpen.class, reply(agent, new Ask(other, opened, "masked", new byte[9])));
    for (String form : List.of("masked", "masked phase", "plain", "sealed", "", "java")) {
      assertInstanceOf(Rejected.class, reply(agent, new Ask(hash, opened, form, new byte[9])));
    }
    assertInstanceOf(
        Rejected.class, reply(agent, new OpenShard(hash, InSql.NOTHING, List.of())), "columns");
    ByteArrayOutputStream java = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(java)) {
      out.writeObject(new ArrayList<>(List.of("a")));
    }
    for (byte[] bytes : List.of(java.toByteArray(), new byte[0], new byte[1 << 16], forged)) {
      assertInstanceOf(Rejected.class, AgentReply.parse(agent.answer(bytes, RELAY, text -> {})));
    }
    byte[] request = new Ask(hash, opened, "masked", new byte[9]).toBytes();
    Random random = new Random(3);
    for (int k = 0; k < 2000; k++) {
      byte[] mutated = Arrays.copyOf(request, 1 + random.nextInt(request.length + 8));
      mutated[random.nextInt(mutated.length)] ^= (byte) (1 << random.nextInt(8));
      AgentReply reply = AgentReply.parse(agent.answer(mutated, RELAY, text -> {}));
      assertTrue(reply instanceof Rejected || reply instanceof NotOpen, reply.toString());
    }
  }

  /** Spark would make an object of it. */
  @Test
  void contract_typeOfAClass_isRejected() throws IOException {
    SignedStudy study = Studies.of(owners.config());
    AgentHandler agent = agents.agents.get("a");
    assertInstanceOf(Accepted.class, reply(agent, new Propose(study.toBytes())));
    String json = "{\"type\":\"udt\",\"class\":\"java.util.ArrayList\",\"sqlType\":\"double\"}";
    InSql told = new InSql(new TreeMap<>(), new TreeMap<>(Map.of("x1", json)));

    byte[] hash = study.open().hash();
    assertInstanceOf(Rejected.class, reply(agent, new AgentRequest.Contract(hash, told)));
    assertInstanceOf(Rejected.class, reply(agent, new OpenShard(hash, told, List.of())));
  }

  private static AgentReply reply(AgentHandler agent, AgentRequest request) {
    return AgentReply.parse(agent.answer(request.toBytes(), RELAY, text -> {}));
  }

  /** A study in a mode that protects is answered in no other. */
  @Test
  void ask_inTheClearForAMaskedStudy_isRejected() throws IOException {
    TrainingConfig plain =
        owners.config("aggregation.mode=insecure-plain", "algorithm.preset=fed-newton");
    TrainingConfig masked = owners.config("algorithm.preset=fed-newton");
    byte[] study = Studies.of(masked).open().hash();
    Loaded loaded = load(masked);
    SumFactory inTheClear = plain.aggregation().sums(owners.owners().keys(), Kdf.fresh(), study);

    assertThrows(
        CohortException.class, () -> FederatedCounts.dropped(loaded.federation(), inTheClear, 2));
    assertTrue(agents.replies.stream().map(AgentReply::parse).anyMatch(Rejected.class::isInstance));
  }

  /** What agents reply holds no number or text of a row's, in any part of a run. */
  @Test
  void train_replies_holdNothingOfARow() throws IOException {
    TrainingConfig config = owners.config("algorithm.preset=fed-newton");
    LocalTraining.train(config, load(config));
    ByteScan scan = owners.canaries();
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] reply : agents.replies) {
      all.write(reply);
    }
    Path replies = Files.write(root.resolve("replies"), all.toByteArray());

    assertTrue(Files.size(replies) > 10_000);
    assertEquals(Set.of(), scan.found(replies));
    assertFalse(scan.found(owners.rows("a")).isEmpty());
  }
}
