package io.sparkfed.spark.rows;

import static io.sparkfed.it.OwnersWithAgents.WORKERS;
import static io.sparkfed.spark.rows.HandledAgents.RELAY;
import static java.nio.file.StandardOpenOption.APPEND;
import static java.nio.file.StandardOpenOption.CREATE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.agent.AgentHandler;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.ReleasedSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.csv.CellType;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.federated.CountWithin;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.LocalUpdate;
import io.sparkfed.federated.PhaseListener;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.UpdateWithin;
import io.sparkfed.federated.survey.FederatedCounts;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.it.ByteScan;
import io.sparkfed.it.OwnersWithAgents;
import io.sparkfed.loss.HingeLoss;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.recipe.OwnerPolicy;
import io.sparkfed.recipe.Presets;
import io.sparkfed.recipe.Studies;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.spark.agents.AgentReply;
import io.sparkfed.spark.agents.AgentReply.Accepted;
import io.sparkfed.spark.agents.AgentReply.Opened;
import io.sparkfed.spark.agents.AgentReply.Rejected;
import io.sparkfed.spark.agents.AgentRequest;
import io.sparkfed.spark.agents.AgentRequest.Ask;
import io.sparkfed.spark.agents.AgentRequest.OpenShard;
import io.sparkfed.spark.agents.AgentRequest.OpenSummary;
import io.sparkfed.spark.agents.AgentRequest.OpenTypes;
import io.sparkfed.spark.agents.AgentRequest.Propose;
import io.sparkfed.spark.agents.FoundColumn;
import io.sparkfed.spark.agents.InSql;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.rows.ShardLoader.Loaded;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Agents whose owners add noise to what they answer, and keep a budget. */
class PrivateAgentsIT {
  @TempDir Path root;

  private OwnersWithAgents owners;
  private SparkSession spark;
  private HandledAgents agents;

  @BeforeEach
  void start() throws IOException {
    owners = OwnersWithAgents.make(root);
    spark = LocalTraining.session(2);
    agents = HandledAgents.of(owners, () -> spark);
  }

  private Loaded load(TrainingConfig config) {
    return new AgentLoader(spark, config, agents, WORKERS, new LoadingSums(config))
        .load(Optional.empty(), Duration.ZERO, PhaseListener.NONE);
  }

  private static TrainingResult train(TrainingConfig config, Loaded loaded) {
    try (SparkFederation federation = loaded.federation()) {
      return new FederatedTrainer(federation, Presets.plan(config, loaded.encoding()), round -> {})
          .train();
    }
  }

  private void policies(String lines) throws IOException {
    for (String worker : WORKERS) {
      owners.adds(worker, lines);
    }
  }

  /** With next to no noise the model is that of executors that read the same rows. */
  @ParameterizedTest
  @ValueSource(strings = {"masked", "committee", "secure-worker", "insecure-plain"})
  void train_byAgents_asByExecutorsUpToTheNoise(String mode) throws IOException {
    owners.allow(mode.equals("committee") ? "aggregator-1, aggregator-2" : "secure-worker");
    TrainingConfig config = owners.privateConfig("privacy.epsilon=1e7", "aggregation.mode=" + mode);

    TrainingResult byAgents = train(config, load(config));

    TrainingResult byExecutors = train(config, new ShardLoader(spark, config).load());
    assertArrayEquals(byExecutors.model().values(), byAgents.model().values(), 1e-2);
    assertTrue(Math.abs(byAgents.model().values()[0]) > 0.1);
    assertEquals(costs(byExecutors), costs(byAgents));
  }

  /** How far a row reaches in products follows from what was released before, with its noise. */
  private static List<String> costs(TrainingResult result) {
    return result.privacy().orElseThrow().releases().stream()
        .map(released -> String.format("%s %.3e", released.purpose(), released.rho()))
        .toList();
  }

  /** Whose a row is stays with the agent, also as the hash that stands for it there. */
  @Test
  void train_ofPersons_asByExecutorsAndTellsNoId() throws Exception {
    TrainingConfig config =
        owners.privateConfig(
            "privacy.epsilon=1e7",
            "privacy.person-column=patient",
            "privacy.rows-per-person=2",
            "aggregation.mode=insecure-plain");

    TrainingResult byAgents = train(config, load(config));

    TrainingResult byExecutors = train(config, new ShardLoader(spark, config).load());
    assertArrayEquals(byExecutors.model().values(), byAgents.model().values(), 1e-2);
    PrivacyAccount account = byAgents.privacy().orElseThrow();
    assertEquals(HiddenUnit.PERSON, account.unit());
    assertEquals(costs(byExecutors), costs(byAgents));
    ByteScan ids = owners.canaries();
    for (String worker : WORKERS) {
      List<String> lines = Files.readAllLines(owners.rows(worker));
      for (String line : lines.subList(1, lines.size())) {
        String id = line.split(",", -1)[5];
        byte[] hash =
            MessageDigest.getInstance("SHA-256").digest(id.getBytes(StandardCharsets.UTF_16BE));
        ids.add(id + " hashed", Set.of(new String(hash, 0, 8, StandardCharsets.ISO_8859_1)));
      }
    }
    Path replies = Files.createDirectory(root.resolve("replies"));
    for (byte[] reply : agents.replies) {
      Files.write(replies.resolve("all"), reply, CREATE, APPEND);
    }
    assertEquals(Set.of(), ids.found(replies));
    assertEquals(Set.of(), ids.found(owners.owners().dir()));
    assertFalse(ids.found(owners.rows("a")).isEmpty());
  }

  @Test
  void train_ofWholeWorkers_asByExecutors() throws IOException {
    policies("dp.required = true\ndp.epsilon = 1e9\ndp.delta = 1e-4\ndp.honest-workers = 3\n");
    TrainingConfig config =
        owners.privateConfig(
            "privacy.unit=worker",
            "privacy.rows=null",
            "privacy.honest-workers=3",
            "privacy.epsilon=1e7",
            "privacy.update-norm=5",
            "privacy.evaluation-share=0.5",
            "algorithm.preset=fed-avg",
            "algorithm.local.solver=lbfgs",
            "algorithm.rounds=3");

    TrainingResult byAgents = train(config, load(config));

    TrainingResult byExecutors = train(config, new ShardLoader(spark, config).load());
    assertArrayEquals(byExecutors.model().values(), byAgents.model().values(), 1e-2);
    PrivacyAccount account = byAgents.privacy().orElseThrow();
    assertEquals(HiddenUnit.WORKER, account.unit());
    assertEquals(byExecutors.privacy().orElseThrow().releases(), account.releases());
  }

  /** Each run is charged in each owner's ledger, and the one too many is refused by its rule. */
  @Test
  void train_beyondAnOwnersBudget_isRefusedByItsRule() throws IOException {
    policies("dp.required = true\ndp.honest-workers = 3\n");
    owners.adds("b", "dp.epsilon = 2\ndp.delta = 1e-4\n");
    for (String worker : List.of("a", "c", "d")) {
      owners.adds(worker, "dp.epsilon = 8\ndp.delta = 1e-4\n");
    }
    TrainingConfig config = owners.privateConfig("privacy.epsilon=1", "privacy.honest-workers=3");
    for (int run = 0; run < 3; run++) {
      train(config, load(config));
    }

    Loaded fourth = load(config);
    CohortException refused = assertThrows(CohortException.class, () -> train(config, fourth));

    assertTrue(refused.isRefused(), refused.toString());
    assertTrue(refused.getMessage().contains("dp.epsilon"), refused.getMessage());
    String spent =
        OwnerPolicy.budget(owners.owners().dir(), "b", OptionalDouble.empty()).toString();
    assertTrue(spent.contains("GradientWithin"), spent);
  }

  /** What is asked without noise gets no answer, whoever joined the study. */
  @Test
  void ask_withoutNoise_isRejected() throws IOException {
    TrainingConfig config = owners.privateConfig("privacy.epsilon=1");
    byte[] study = Studies.of(config).open().hash();
    Loaded loaded = load(config);
    SumFactory exact = config.aggregation().sums(owners.owners().keys(), Kdf.fresh(), study);

    assertThrows(
        CohortException.class, () -> FederatedCounts.dropped(loaded.federation(), exact, 2));

    assertTrue(agents.replies.stream().map(AgentReply::parse).anyMatch(Rejected.class::isInstance));
  }

  /** What would be found in rows isn't looked for. */
  @Test
  void open_somethingOfTheRows_isRejected() throws IOException {
    TrainingConfig config = owners.privateConfig("privacy.epsilon=1");
    byte[] study = Studies.of(config).open().hash();
    AgentHandler agent = agents.agents.get("a");
    assertInstanceOf(Accepted.class, reply(agent, new Propose(Studies.of(config).toBytes())));

    assertInstanceOf(Rejected.class, reply(agent, new OpenTypes(study, List.of("x1"))));
    assertInstanceOf(
        Rejected.class, reply(agent, new OpenSummary(study, InSql.NOTHING, List.of())));
  }

  private static AgentReply reply(AgentHandler agent, AgentRequest request) {
    return AgentReply.parse(agent.answer(request.toBytes(), RELAY, text -> {}));
  }

  /**
   * What replaces missing values is the study's to say: two answers about two of them would tell
   * whether one is missing.
   */
  @Test
  void open_withAnotherFill_isRejected() throws IOException {
    TrainingConfig config =
        owners.privateConfig(
            "privacy.epsilon=1",
            "data.impute.columns=[x2]",
            "data.impute.strategy=constant",
            "aggregation.mode=insecure-plain");
    load(config).federation().close();
    OpenShard asked = agents.asked(OpenShard.class);
    FoundColumn x2 = asked.columns().get(1);
    assertEquals(5.0, x2.fill());
    AgentHandler agent = agents.agents.get("a");
    assertInstanceOf(Opened.class, reply(agent, asked));

    for (double fill : new double[] {5.5, Double.NaN}) {
      List<FoundColumn> columns = new ArrayList<>(asked.columns());
      columns.set(1, new FoundColumn(x2.type(), "", List.of(), fill, 0));
      OpenShard other = new OpenShard(asked.study(), asked.types(), columns);
      assertInstanceOf(Rejected.class, reply(agent, other));
    }
    InSql numbers = new InSql(new TreeMap<>(Map.of("x2", CellType.LONG)), new TreeMap<>());
    assertInstanceOf(
        Rejected.class, reply(agent, new OpenShard(asked.study(), numbers, asked.columns())));
  }

  /** How long vectors are is the study's to say: a row would tell its own length. */
  @Test
  void open_vectorsOfAnotherLength_isRejected() throws IOException {
    for (String worker : WORKERS) {
      Path rows = root.resolve(worker + ".libsvm");
      Files.writeString(rows, "1 1:0.5 2:1\n0 2:3\n1 3:1\n0 1:1\n");
      owners.adds(
          worker,
          """
          data.vectors.path = %s
          data.vectors.columns = label, features
          data.vectors.labels = label
          data.vectors.format = libsvm
          data.vectors.options.numFeatures = 3
          """
              .formatted(rows));
    }
    TrainingConfig config =
        owners.vectorsConfig("privacy.epsilon=1", "aggregation.mode=insecure-plain");
    load(config).federation().close();
    OpenShard asked = agents.asked(OpenShard.class);
    assertEquals(3, asked.columns().get(0).width());
    AgentHandler agent = agents.agents.get("a");
    assertInstanceOf(Opened.class, reply(agent, asked));

    for (int width : new int[] {0, 2, 4}) {
      FoundColumn column = new FoundColumn(ColumnType.VECTOR, "", List.of(), Double.NaN, width);
      OpenShard other = new OpenShard(asked.study(), asked.types(), List.of(column));
      assertInstanceOf(Rejected.class, reply(agent, other));
    }
  }

  /**
   * A session is answered about one reading of the rows. About another one it isn't, whether or not
   * the rows have changed: otherwise a refusal would tell that.
   */
  @ParameterizedTest
  @CsvSource({"masked, true", "masked, false", "secure-worker, true", "secure-worker, false"})
  void ask_inOneSessionAboutRowsReadAgain_hasNoPart(String mode, boolean isChanged)
      throws IOException {
    policies("dp.epsilon = 8\ndp.delta = 1e-4\n");
    owners.allow("secure-worker");
    TrainingConfig config = owners.privateConfig("privacy.epsilon=1", "aggregation.mode=" + mode);
    Loaded loaded = load(config);
    OpenShard opened = agents.asked(OpenShard.class);
    AgentHandler agent = agents.agents.get("a");
    List<byte[]> parts = new ArrayList<>();
    agents.agents.put(
        "a",
        (request, peer, progress) -> {
          byte[] answer = agent.answer(request, peer, progress);
          if (AgentRequest.parse(request) instanceof Ask ask && ask.form().endsWith(" release")) {
            byte[] repeated = agent.answer(request, peer, progress);
            reply(agent, new AgentRequest.Release(ask.study(), ask.opened()));
            if (isChanged) {
              withoutLastRow("a");
            }
            assertInstanceOf(Opened.class, reply(agent, opened));
            byte[] ofOther = agent.answer(request, peer, progress);
            parts.addAll(Stream.of(answer, repeated, ofOther).map(this::part).toList());
          }
          return answer;
        });

    Zcdp cost = new Zcdp(new BigDecimal("0.001"));
    Presets.sums(config)
        .released(cost, cost, 1)
        .sum(loaded.federation(), new Visit("counting", 1, WORKERS).ofAll(), new CountWithin(1));

    assertTrue(parts.get(0).length > 1);
    assertArrayEquals(parts.get(0), parts.get(1));
    assertEquals(0, parts.get(2).length);
  }

  private byte[] part(byte[] reply) {
    return ((AgentReply.Part) AgentReply.parse(reply)).message();
  }

  private void withoutLastRow(String worker) {
    try {
      List<String> lines = Files.readAllLines(owners.rows(worker));
      Files.write(owners.rows(worker), lines.subList(0, lines.size() - 1));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The study says what is asked, so a driver can't say it otherwise. */
  @Test
  void ask_whatDoesNotFollowFromTheStudy_isRejected() throws IOException {
    policies("dp.epsilon = 8\ndp.delta = 1e-4\n");
    TrainingConfig config = owners.privateConfig("privacy.epsilon=1");
    Loaded loaded = load(config);
    TrainingPlan plan = Presets.plan(config, loaded.encoding());
    ModelShape shape = plan.shape();
    RowCut cut = plan.privacy().orElseThrow().cut();
    ModelShape without = new ModelShape(shape.features(), false, 1);
    RowCut identity =
        new RowCut(Scaling.identity(shape), cut.norm(), cut.mostWeight(), cut.rowsOfPerson());
    double[] model = new double[shape.size()];
    double[] none = new double[0];

    isAnswered(loaded, config, new GradientWithin(model, plan.loss(), shape, cut, none, 1.0), true);
    for (Statement<Shard> asked :
        List.of(
            new GradientWithin(model, plan.loss(), shape, identity, none, 1.0),
            new GradientWithin(model, plan.loss(), shape, cut.within(1e-3), none, 1.0),
            new GradientWithin(model, HingeLoss.INSTANCE, shape, cut, none, 1.0),
            new GradientWithin(new double[without.size()], plan.loss(), without, cut, none, 1.0),
            new CountWithin(2),
            new UpdateWithin(LocalUpdate.of(plan, cut.scaling(), 1, model), 1.0))) {
      isAnswered(loaded, config, asked, false);
    }
  }

  /** Whatever a training leads to follows from its study. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "algorithm.preset=private-statistics; model.family=linear; privacy.label-bounds=[-1, 2]",
        "model.family=huber; privacy.label-bounds=[-1, 2]; privacy.intervals-share=0.3; model.l2=0",
        "model.family=poisson; privacy.label-bounds=[0, 2]; privacy.rows=null",
        "model.family=svm; model.intercept=false; privacy.max-row-norm=1.5",
        "model.family=softmax; privacy.gram-share=0; data.label-levels=[0, 1, 2]",
        "privacy.intervals-share=0.3; model.l2=0; privacy.evaluation-share=0.2"
      })
  void train_ofAnyKind_isNeverRejected(String settings) throws IOException {
    policies("dp.epsilon = 1e6\ndp.delta = 1e-4\n");
    List<String> all = new ArrayList<>(List.of(settings.split("; ", -1)));
    all.add("privacy.epsilon=1e5");
    all.add("privacy.honest-workers=1");
    all.add("aggregation.mode=insecure-plain");
    TrainingConfig config = owners.privateConfig(all.toArray(new String[0]));

    train(config, load(config));

    assertTrue(told().stream().noneMatch(Rejected.class::isInstance));
  }

  private void isAnswered(
      Loaded loaded, TrainingConfig config, Statement<Shard> asked, boolean isAnswered) {
    agents.replies.clear();
    Zcdp cost = new Zcdp(new BigDecimal("0.001"));
    ReleasedSum sum = Presets.sums(config).released(cost, cost, 1);
    Visit visit = new Visit("asking", 1, WORKERS).ofAll();
    if (isAnswered) {
      sum.sum(loaded.federation(), visit, asked);
    } else {
      assertThrows(
          CohortException.class, () -> sum.sum(loaded.federation(), visit, asked), asked::name);
    }
    assertEquals(!isAnswered, told().stream().anyMatch(Rejected.class::isInstance), asked::name);
  }

  /** Types of texts that SQL sees would be. */
  @Test
  void load_sqlOverTexts_isRefusedByName() throws IOException {
    TrainingConfig config = owners.privateConfig("privacy.epsilon=1", "data.where=\"x1 > -9\"");

    ConfigurationException refused = assertThrows(ConfigurationException.class, () -> load(config));

    assertTrue(refused.getMessage().contains("types of the csv columns"), refused.getMessage());
  }

  /**
   * Neither a file without a record, nor one that has a header alone, is told from one with rows.
   */
  @Test
  void load_csvWithoutRows_isNotTold() throws IOException {
    policies("dp.epsilon = 8\ndp.delta = 1e-4\n");
    TrainingConfig config =
        owners.privateConfig(
            "privacy.epsilon=1", "privacy.honest-workers=1", "aggregation.mode=insecure-plain");
    Loaded full = load(config);
    List<AgentReply> told = told();
    assertTrue(told.stream().anyMatch(Opened.class::isInstance), told.toString());
    full.federation().close();
    String rows = Files.readString(owners.rows("b"));

    for (String text : List.of("", rows.substring(0, rows.indexOf('\n') + 1))) {
      Files.writeString(owners.rows("b"), text);
      agents = HandledAgents.of(owners, () -> spark);
      Loaded loaded = load(config);

      assertEquals(told, told());
      assertEquals(WORKERS, loaded.federation().workers());
      assertEquals(Map.of(), loaded.skipped());
      assertEquals(full.notes(), loaded.notes());
      TrainingResult byAgents = train(config, loaded);
      assertEquals(WORKERS.size(), byAgents.rounds().get(0).workers());
    }
  }

  /** Returns what agents said that isn't sealed. */
  private List<AgentReply> told() {
    return agents.replies.stream().map(AgentReply::parse).toList();
  }
}
