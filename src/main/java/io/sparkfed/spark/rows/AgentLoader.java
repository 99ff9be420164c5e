package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.ColumnSummary;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.Shard;
import io.sparkfed.federated.PhaseListener;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.federated.survey.FederatedPreprocessing;
import io.sparkfed.hint.Message;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.owner.SignedStudy;
import io.sparkfed.owner.StudyRefusedException;
import io.sparkfed.recipe.OwnersConsent;
import io.sparkfed.recipe.Studies;
import io.sparkfed.spark.agents.AgentFederation;
import io.sparkfed.spark.agents.AgentRelays;
import io.sparkfed.spark.agents.AgentReply;
import io.sparkfed.spark.agents.AgentReply.Accepted;
import io.sparkfed.spark.agents.AgentReply.ColumnsFound;
import io.sparkfed.spark.agents.AgentReply.ContractFound;
import io.sparkfed.spark.agents.AgentReply.Description;
import io.sparkfed.spark.agents.AgentReply.Fault;
import io.sparkfed.spark.agents.AgentReply.Opened;
import io.sparkfed.spark.agents.AgentReply.Refused;
import io.sparkfed.spark.agents.AgentRequest;
import io.sparkfed.spark.agents.AgentRequest.Columns;
import io.sparkfed.spark.agents.AgentRequest.Contract;
import io.sparkfed.spark.agents.AgentRequest.Describe;
import io.sparkfed.spark.agents.AgentRequest.OpenShard;
import io.sparkfed.spark.agents.AgentRequest.OpenSummary;
import io.sparkfed.spark.agents.AgentRequest.OpenTypes;
import io.sparkfed.spark.agents.AgentRequest.Opening;
import io.sparkfed.spark.agents.AgentRequest.Propose;
import io.sparkfed.spark.agents.FoundColumn;
import io.sparkfed.spark.agents.InSql;
import io.sparkfed.spark.agents.Relayed;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.cluster.WorkerPartition.Holding;
import io.sparkfed.spark.cluster.WorkerPartition.Status;
import io.sparkfed.spark.rows.KeptShards.Purpose;
import io.sparkfed.spark.rows.ShardLoader.Loaded;
import io.sparkfed.wire.ProtocolException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;

/**
 * Has agents read and pack their owners' rows: the same steps as where Spark does, asked one after
 * the other, with what must be found of all workers' rows found by secure sums in between. No row,
 * file or path reaches a task.
 */
final class AgentLoader {
  private final SparkSession spark;
  private final TrainingConfig config;
  private final AgentRelays relays;
  private List<String> workers;
  private final LoadingSums sums;
  private final byte[] signed;
  private final byte[] study;
  private final SortedMap<String, String> skipped = new TreeMap<>();

  /**
   * Prepares loading.
   *
   * @param workers whose agents the relays reach, sorted
   * @throws ConfigurationException if the study can't be made, or an agent could not make the
   *     configuration of it
   */
  AgentLoader(
      SparkSession spark,
      TrainingConfig config,
      AgentRelays relays,
      List<String> workers,
      LoadingSums sums) {
    this.spark = spark;
    this.config = config;
    this.relays = relays;
    this.workers = List.copyOf(workers);
    this.sums = sums;
    SignedStudy own = Studies.of(config);
    this.signed = own.toBytes();
    this.study = own.open().hash();
    if (!config.asked().of(workers.get(0)).model().labels().equals(config.model().labels())) {
      throw new ConfigurationException(
          "data.label-levels must be set as when the model was trained: agents know what a study"
              + " says alone");
    }
  }

  /**
   * Loads the rows; see {@link ShardLoader#load}.
   *
   * @param ofModel encoding of a model that is to be evaluated; empty to find one
   * @param wait how long owners are waited for who approve studies by hand
   * @throws io.sparkfed.owner.StudyPendingException if some have not by then
   * @throws StudyRefusedException if an owner doesn't join the study
   * @throws AggregationException if an agent can't be asked
   */
  Loaded load(Optional<FeatureEncoding> ofModel, Duration wait, PhaseListener phases) {
    requireAgents();
    AskedOwners.await(workers, wait, this::propose);
    SortedMap<String, ColumnsFound> columns =
        ofRows("looking at tables", new Columns(study), ColumnsFound.class);
    columns.forEach(
        (worker, found) -> {
          if (!found.hasRows()) {
            skipped.put(worker, "no rows");
          }
        });
    columns.values().removeIf(found -> !found.hasRows());
    if (columns.isEmpty()) {
      throw new DataException("no worker holds any row");
    }
    workers = List.copyOf(columns.keySet());
    InSql types = new InSql(cellTypes(columns), columnTypes(columns));
    SortedMap<String, ContractFound> contracts =
        ofRows("comparing columns", new Contract(study, types), ContractFound.class);
    FeatureEncoding encoding =
        ofModel.isPresent()
            ? ofContract(ofModel.get(), contracts)
            : found(types, FeatureColumns.common(drafts(contracts)), phases);
    phases.entered(RunPhase.LOAD);
    Loaded loaded =
        packed(ofModel, new OpenShard(study, types, FoundColumn.of(encoding)), encoding);
    return loaded.with(contracts.get(contracts.firstKey()).inSql());
  }

  private void requireAgents() {
    SortedMap<String, Description> agents =
        asked("looking for agents", new Describe(), List.of(), Description.class);
    agents.forEach(
        (worker, agent) -> {
          if (!agent.worker().equals(worker)) {
            throw unasked(worker, "it is the agent of another worker");
          }
          if (agent.requests() != AgentRequest.VERSION) {
            throw unasked(
                worker,
                "it is of version " + agent.software() + ", whose requests this one doesn't know");
          }
        });
  }

  /** Returns the workers whose owners have not approved the study. */
  private List<String> propose(List<String> asked) {
    List<String> waiting = new ArrayList<>();
    asked(asked, "proposing the study", new Propose(signed), List.of(), AgentReply.class)
        .forEach(
            (worker, reply) -> {
              String rule = reply instanceof Refused refused ? refused.rule() : "";
              if (rule.equals(OwnersConsent.WAITING)) {
                waiting.add(worker);
              } else if (rule.equals(OwnersConsent.NO_KEYS)) {
                throw new ConfigurationException(
                    "worker "
                        + worker
                        + ": its owner's folder can't be opened by its agent; the agent's log says"
                        + " why");
              } else if (!rule.isEmpty()) {
                throw new StudyRefusedException(worker, rule);
              } else if (!(reply instanceof Accepted)) {
                throw unasked(worker, "it replies with " + reply.getClass().getSimpleName());
              }
            });
    return waiting;
  }

  /** Finds the types that SQL sees in files of texts. */
  private SortedMap<String, CellType> cellTypes(SortedMap<String, ColumnsFound> tables) {
    SortedMap<String, CellType> types = new TreeMap<>();
    TreeSet<String> open = new TreeSet<>(tables.get(tables.firstKey()).open());
    tables.values().forEach(found -> open.retainAll(found.open()));
    config
        .data()
        .knownTypes()
        .forEach(
            (name, type) -> {
              if (open.remove(name)) {
                types.put(name, type);
              }
            });
    if (open.isEmpty()) {
      return types;
    }
    List<String> columns = List.copyOf(open);
    CsvTypes.requireUnhidden(config, columns);
    OpenTypes opening = new OpenTypes(study, columns);
    List<CsvTypes.Status> statuses = new ArrayList<>();
    statuses(opening, "types of csv columns")
        .forEach(s -> statuses.add(new CsvTypes.Status(s.worker(), s.hasShard(), s.fault())));
    CsvTypes.requireHolders(statuses, config, skipped);
    List<String> holders =
        statuses.stream().filter(CsvTypes.Status::holdsRows).map(CsvTypes.Status::worker).toList();
    try (AgentFederation<double[]> federation = federation(opening, holders, List.of())) {
      types.putAll(CsvTypes.summed(federation, config, columns));
    }
    return types;
  }

  /** Finds the types that SQL sees of the columns of other tables. */
  private SortedMap<String, String> columnTypes(SortedMap<String, ColumnsFound> tables) {
    Map<String, Map<String, DataType>> told = new LinkedHashMap<>();
    tables.forEach(
        (worker, found) -> {
          Map<String, DataType> own = new TreeMap<>();
          try {
            found.inSql().forEach((name, json) -> own.put(name, ToldTypes.of(json)));
          } catch (ProtocolException e) {
            throw unasked(worker, "its reply breaks a rule: " + e.getMessage());
          }
          told.put(worker, own);
        });
    TableSql sql = TableSql.of(config.data(), Reading.TO_FIT);
    SortedMap<String, String> types = new TreeMap<>();
    SqlTypes.ofTold(sql.columns(), told, sql.known())
        .met()
        .forEach((name, type) -> types.put(CsvHeader.key(name), type.json()));
    return types;
  }

  private Map<String, FeatureEncoding> drafts(SortedMap<String, ContractFound> contracts) {
    FeatureEncoding draft = FeatureColumns.draft(config.data());
    Map<String, FeatureEncoding> drafts = new LinkedHashMap<>();
    contracts.forEach(
        (worker, contract) -> {
          requireColumns(worker, contract, draft);
          List<InputColumn> columns = new ArrayList<>();
          for (int j = 0; j < draft.columns().size(); j++) {
            columns.add(draft.columns().get(j).withType(contract.types().get(j)));
          }
          drafts.put(worker, new FeatureEncoding(columns, draft.terms()));
        });
    return drafts;
  }

  private static FeatureEncoding ofContract(
      FeatureEncoding ofModel, SortedMap<String, ContractFound> contracts) {
    contracts.forEach(
        (worker, contract) -> {
          requireColumns(worker, contract, ofModel);
          FeatureColumns.requireContract(ofModel, "worker " + worker + ": ", contract.types());
        });
    return ofModel;
  }

  private static void requireColumns(
      String worker, ContractFound contract, FeatureEncoding encoding) {
    List<ColumnType> types = contract.types();
    boolean areOfThese = types.size() == encoding.columns().size();
    for (int j = 0; areOfThese && j < types.size(); j++) {
      areOfThese = encoding.isVectors() == (types.get(j) == ColumnType.VECTOR);
    }
    if (!areOfThese) {
      throw unasked(worker, "it tells types of other columns than the study's");
    }
  }

  private FeatureEncoding found(InSql types, FeatureEncoding draft, PhaseListener phases) {
    if (config.privacy().isPresent()) {
      return FeatureColumns.asGiven(draft, config.privacy().get());
    }
    if (!FederatedPreprocessing.isNeeded(draft)) {
      return draft;
    }
    phases.entered(RunPhase.SURVEY);
    OpenSummary opening = new OpenSummary(study, types, FoundColumn.of(draft));
    List<SummaryPartition.Status> statuses = new ArrayList<>();
    statuses(opening, "looking at rows for their encoding")
        .forEach(
            s -> statuses.add(new SummaryPartition.Status(s.worker(), s.hasShard(), s.fault())));
    List<String> holders = EncodingSurvey.workersWithRows(statuses, config, skipped);
    try (AgentFederation<ColumnSummary> federation = federation(opening, holders, List.of())) {
      return sums.with(
          federation, through -> EncodingSurvey.complete(draft, federation, through, config));
    }
  }

  private Loaded packed(
      Optional<FeatureEncoding> ofModel, OpenShard opening, FeatureEncoding encoding) {
    return new KeptShards(spark, config, sums)
        .loaded(
            ofModel.isPresent() ? Purpose.EVALUATION : Purpose.TRAINING,
            statuses(opening, "packing rows"),
            encoding,
            skipped,
            "held by their owners' agents: no row reaches Spark",
            new ArrayList<>(),
            (trainers, evaluators) -> {
              AgentFederation<Shard> federation = federation(opening, trainers, evaluators);
              return new SparkFederation(
                  federation,
                  () -> {
                    federation.close();
                    relays.close();
                  });
            });
  }

  private <S> AgentFederation<S> federation(
      Opening opening, List<String> holders, List<String> evaluators) {
    return new AgentFederation<>(relays, signed, opening, holders, evaluators);
  }

  /** Has something opened, and returns what is told of it by the agents of those with rows. */
  private List<Status> statuses(Opening opening, String what) {
    List<Status> statuses = new ArrayList<>();
    asked(what, opening, List.of(new Propose(signed).toBytes()), AgentReply.class)
        .forEach(
            (worker, reply) -> {
              if (reply instanceof Opened opened) {
                statuses.add(new Status(worker, opened.holding(), opened.features(), null));
              } else if (reply instanceof Fault fault) {
                statuses.add(new Status(worker, Holding.NOTHING, 0, fault(worker, fault)));
              } else {
                throw unasked(worker, "it replies with " + reply.getClass().getSimpleName());
              }
            });
    return statuses;
  }

  private static DataFault fault(String worker, Fault fault) {
    return new DataFault(fault.about(), worker, "", fault.column(), Message.of(fault.rule()));
  }

  /** Asks something about rows, and refuses where they can't be used. */
  private <R extends AgentReply> SortedMap<String, R> ofRows(
      String what, AgentRequest request, Class<R> expected) {
    SortedMap<String, AgentReply> replies =
        asked(what, request, List.of(new Propose(signed).toBytes()), AgentReply.class);
    List<DataFault> faults = new ArrayList<>();
    replies.forEach(
        (worker, reply) -> {
          if (reply instanceof Fault fault) {
            faults.add(fault(worker, fault));
          }
        });
    ToldFaults.refuse(faults, config);
    return ofKind(replies, expected);
  }

  /**
   * Asks all agents.
   *
   * @throws AggregationException if one of them can't be asked, or replies otherwise
   */
  private <R extends AgentReply> SortedMap<String, R> asked(
      String what, AgentRequest request, List<byte[]> opening, Class<R> expected) {
    return asked(workers, what, request, opening, expected);
  }

  private <R extends AgentReply> SortedMap<String, R> asked(
      List<String> cohort,
      String what,
      AgentRequest request,
      List<byte[]> opening,
      Class<R> expected) {
    SortedMap<String, AgentReply> replies = new TreeMap<>();
    SortedMap<String, String> problems = new TreeMap<>();
    Visit visit = new Visit(what + " (" + cohort.size() + " agents)", 0, cohort);
    for (Relayed relayed : relays.ask(visit, request.toBytes(), opening)) {
      if (!relayed.problem().isEmpty()) {
        problems.put(relayed.worker(), relayed.problem());
        continue;
      }
      try {
        replies.put(relayed.worker(), AgentReply.parse(relayed.reply()));
      } catch (ProtocolException e) {
        problems.put(relayed.worker(), "its reply breaks a rule: " + e.getMessage());
      }
    }
    for (String worker : cohort) {
      if (problems.containsKey(worker)) {
        throw unasked(worker, problems.get(worker));
      }
      if (!replies.containsKey(worker)) {
        throw unasked(worker, "no task could ask it in time");
      }
    }
    return ofKind(replies, expected);
  }

  private static <R extends AgentReply> SortedMap<String, R> ofKind(
      SortedMap<String, AgentReply> replies, Class<R> expected) {
    SortedMap<String, R> all = new TreeMap<>();
    replies.forEach(
        (worker, reply) -> {
          if (!expected.isInstance(reply)) {
            throw unasked(worker, "it replies with " + reply.getClass().getSimpleName());
          }
          all.put(worker, expected.cast(reply));
        });
    return all;
  }

  private static AggregationException unasked(String worker, String why) {
    return new AggregationException(
        "worker "
            + worker
            + ": its agent can't be asked: "
            + why
            + " (data.workers."
            + worker
            + ".agent)");
  }
}
