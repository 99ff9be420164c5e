package io.sparkfed.spark.service;

import io.sparkfed.agent.AgentHandler;
import io.sparkfed.agent.Peer;
import io.sparkfed.agent.Progress;
import io.sparkfed.aggregate.Question;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.federated.StatementForm;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.recipe.StudysStatements;
import io.sparkfed.report.LibraryVersion;
import io.sparkfed.secure.AskedForms;
import io.sparkfed.secure.AskedForms.Noise;
import io.sparkfed.secure.SumsOfStudy.Seen;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.spark.agents.AgentReply;
import io.sparkfed.spark.agents.AgentReply.Accepted;
import io.sparkfed.spark.agents.AgentReply.ColumnsFound;
import io.sparkfed.spark.agents.AgentReply.ContractFound;
import io.sparkfed.spark.agents.AgentReply.Description;
import io.sparkfed.spark.agents.AgentReply.Done;
import io.sparkfed.spark.agents.AgentReply.Fault;
import io.sparkfed.spark.agents.AgentReply.NotOpen;
import io.sparkfed.spark.agents.AgentReply.Opened;
import io.sparkfed.spark.agents.AgentReply.Part;
import io.sparkfed.spark.agents.AgentReply.Refused;
import io.sparkfed.spark.agents.AgentReply.Rejected;
import io.sparkfed.spark.agents.AgentRequest;
import io.sparkfed.spark.agents.AgentRequest.Ask;
import io.sparkfed.spark.agents.AgentRequest.Columns;
import io.sparkfed.spark.agents.AgentRequest.Contract;
import io.sparkfed.spark.agents.AgentRequest.Describe;
import io.sparkfed.spark.agents.AgentRequest.OfStudy;
import io.sparkfed.spark.agents.AgentRequest.OpenShard;
import io.sparkfed.spark.agents.AgentRequest.OpenSummary;
import io.sparkfed.spark.agents.AgentRequest.OpenTypes;
import io.sparkfed.spark.agents.AgentRequest.Opening;
import io.sparkfed.spark.agents.AgentRequest.Propose;
import io.sparkfed.spark.agents.AgentRequest.Release;
import io.sparkfed.spark.agents.FoundColumn;
import io.sparkfed.spark.cluster.WorkerPartition;
import io.sparkfed.spark.cluster.WorkerPartition.Holding;
import io.sparkfed.spark.rows.OwnTable;
import io.sparkfed.spark.rows.OwnTable.Made;
import io.sparkfed.spark.service.JoinedStudies.Joined;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.apache.spark.sql.SparkSession;

/**
 * What an agent does with requests: it answers for one owner's worker, for studies that the owner's
 * policy accepted and for nothing else.
 *
 * <p>Everything it does follows from the study, the owner's folder and rows, and what was found of
 * all workers' columns; a study's answers leave in the study's own mode alone. Of a failure the
 * peer learns a rule, or that there is one; what it was is in this process's log.
 */
public final class AgentService implements AgentHandler, AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AgentService.class.getName());

  private static final String UNREADABLE =
      "its rows can't be read as the study asks; its agent's log says why";

  private final String worker;
  private final KeyRing keys;
  private final JoinedStudies studies;
  private final KeptOpen kept;
  private final Supplier<SparkSession> spark;
  private final ScheduledThreadPoolExecutor sweeper;
  private final ScheduledFuture<?> sweeping;

  /**
   * Creates the service of an owner.
   *
   * @param worker the owner's worker
   * @param keys finds the owner's folder
   * @param spark the session on a local master that reads rows; asked for when the first are read
   * @param limits on what is kept
   */
  public AgentService(
      String worker, KeyRing keys, Supplier<SparkSession> spark, ServiceLimits limits) {
    this.worker = worker;
    this.keys = new OwnFolder(keys, worker);
    this.studies = new JoinedStudies(worker, this.keys);
    this.kept = new KeptOpen(limits.most(), limits.mostBytes(), limits.idle(), System::nanoTime);
    this.spark = spark;
    this.sweeper =
        new ScheduledThreadPoolExecutor(
            1,
            work -> {
              Thread thread = new Thread(work, "spark-federated agent: sweeping");
              thread.setDaemon(true);
              return thread;
            });
    long often = Math.max(1, limits.idle().toMillis() / 4);
    this.sweeping =
        sweeper.scheduleWithFixedDelay(kept::sweep, often, often, TimeUnit.MILLISECONDS);
  }

  @Override
  public byte[] answer(byte[] request, Peer peer, Progress progress) {
    return reply(request, progress).toBytes();
  }

  private AgentReply reply(byte[] request, Progress progress) {
    try {
      return reply(AgentRequest.parse(request), progress);
    } catch (ProtocolException e) {
      LOG.log(System.Logger.Level.WARNING, "a request is rejected: {0}", e.getMessage());
      return new Rejected("a request must keep the rules of the protocol");
    } catch (DataException e) {
      LOG.log(
          System.Logger.Level.ERROR, "rows can''t be read: {0}", e.in(KeyWords::of).getMessage());
      return new Fault(DataFault.About.THE_TABLE, "", UNREADABLE);
    }
  }

  private AgentReply reply(AgentRequest request, Progress progress) {
    if (request instanceof Describe) {
      return new Description(AgentRequest.VERSION, LibraryVersion.current(), worker);
    }
    if (request instanceof Propose proposal) {
      return studies
          .refusal(proposal.signed())
          .<AgentReply>map(Refused::new)
          .orElseGet(Accepted::new);
    }
    OfStudy asked = (OfStudy) request;
    Optional<Joined> joined = studies.joined(asked.study());
    if (joined.isEmpty()) {
      return new NotOpen();
    }
    if (asked instanceof Ask ask) {
      return part(joined.get(), ask);
    }
    if (asked instanceof Release released) {
      kept.release(name(released.study(), released.opened()));
      return new Done();
    }
    return ofRows(joined.get(), asked, progress);
  }

  private AgentReply ofRows(Joined study, OfStudy asked, Progress progress) {
    if (asked instanceof Opening opening) {
      if (study.hidesRows() && !(opening instanceof OpenShard)) {
        throw new ProtocolException("nothing of the rows is found for a study with noise");
      }
      if (study.hidesRows() && !((OpenShard) opening).types().cells().isEmpty()) {
        throw new ProtocolException("a study with noise says itself how SQL sees texts");
      }
      return kept.opened(
              name(study.hash(), Kdf.sha256(opening.toBytes())),
              () -> {
                progress.says("reading rows");
                return opened(table(study), opening);
              })
          .reply();
    }
    progress.says("looking at the table");
    OwnTable table = table(study);
    if (asked instanceof Columns) {
      OwnTable.Columns found = table.columns();
      return new ColumnsFound(found.hasRows(), found.open(), found.inSql());
    }
    Optional<OwnTable.Contract> contract = table.contract(((Contract) asked).types());
    return contract
        .map(
            own ->
                new ContractFound(
                    own.encoding().columns().stream().map(column -> column.type()).toList(),
                    new TreeMap<>(own.inSql())))
        .orElseGet(() -> new ContractFound(List.of(), new TreeMap<>()));
  }

  private OwnTable table(Joined study) {
    return new OwnTable(spark.get(), study.own(worker), worker);
  }

  private KeptOpen.Made opened(OwnTable table, Opening opening) {
    if (opening instanceof OpenTypes types) {
      return found(table.types(types.columns()));
    }
    FeatureEncoding draft = table.draft();
    if (opening instanceof OpenSummary summary) {
      return found(table.summary(summary.types(), FoundColumn.completed(draft, summary.columns())));
    }
    OpenShard shard = (OpenShard) opening;
    WorkerPartition packed =
        table.packed(shard.types(), FoundColumn.completed(draft, shard.columns()));
    return packed.fault() == null
        ? new KeptOpen.Made(new Opened(packed.holding(), packed.features()), packed.shard())
        : new KeptOpen.Made(fault(packed.fault()), null);
  }

  private static KeptOpen.Made found(Made<?> made) {
    return made.fault().isPresent()
        ? new KeptOpen.Made(fault(made.fault().get()), null)
        : new KeptOpen.Made(
            new Opened(made.held().isPresent() ? Holding.TRAINING_ROWS : Holding.NOTHING, 0),
            made.held().orElse(null));
  }

  /** Where a file is stays here, and what breaks no rule about a column may say it. */
  private static Fault fault(DataFault fault) {
    if (fault.about() == DataFault.About.THE_TABLE && fault.column().isEmpty()) {
      LOG.log(
          System.Logger.Level.ERROR, "rows can''t be used: {0}", fault.message().in(KeyWords::of));
      return new Fault(fault.about(), "", UNREADABLE);
    }
    return new Fault(fault.about(), fault.column(), fault.rule().in(KeyWords::of));
  }

  private AgentReply part(Joined study, Ask ask) {
    Optional<KeptOpen.Made> made = kept.get(name(ask.study(), ask.opened()));
    if (made.isEmpty()) {
      return new NotOpen();
    }
    Object held = made.get().held();
    if (held == null) {
      throw new ProtocolException("who holds nothing has no part in a sum");
    }
    TrainingConfig config = study.config();
    AskedForms<Object> forms =
        AskedForms.ofStudy(
            study.hash(),
            new Seen(HexFormat.of().formatHex(ask.opened()), made.get().reading()),
            config.aggregation().mode().way(),
            study.hidesRows() ? Noise.OF_OWNERS : Noise.NONE,
            questions(study));
    return new Part(forms.run(ask.form(), ask.task(), keys, worker, held));
  }

  /** A question that a study with noise doesn't lead to is turned away before it meets a row. */
  private Form<Question<Object>> questions(Joined study) {
    if (!study.hidesRows()) {
      return StatementForm.INSTANCE;
    }
    StudysStatements statements = StudysStatements.of(study.config(), table(study).draft());
    return (bytes, site) -> statements.checked(StatementForm.INSTANCE.read(bytes, site));
  }

  private static String name(byte[] study, byte[] opening) {
    return HexFormat.of().formatHex(study) + HexFormat.of().formatHex(opening);
  }

  /** Forgets all that is kept. */
  @Override
  public void close() {
    sweeping.cancel(/* mayInterruptIfRunning= */ false);
    sweeper.shutdown();
    kept.clear();
  }
}
