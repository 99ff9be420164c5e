package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.LeftOut;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.csv.CellType;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DroppedRows;
import io.sparkfed.data.LeastRows;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.federated.PhaseListener;
import io.sparkfed.federated.RunPhase;
import io.sparkfed.federated.survey.FederatedPreprocessing;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.recipe.Presets;
import io.sparkfed.recipe.ShardPacking;
import io.sparkfed.spark.agents.AgentEndpoint;
import io.sparkfed.spark.agents.SparkRelays;
import io.sparkfed.spark.cluster.Occupancy;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.cluster.WorkerPartition;
import io.sparkfed.spark.rows.KeptShards.Purpose;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Brings each worker's rows into one Spark partition and packs them there, once.
 *
 * <p>With one path for each worker no row is moved: a worker's input splits are read by one task. A
 * pooled table is partitioned by its worker column with a shuffle, unless it lies in one folder for
 * each worker.
 */
public final class ShardLoader {
  /** A job of so many tasks costs Spark some 50 ms. */
  private static final int LEAST_TASKS_TO_SHARE = 128;

  private static final int TASKS_A_CORE = 4;

  private static final String PLACED_BY_SHUFFLE =
      "simulated workers: rows moved by a shuffle of the pooled table";

  private static final String MOVED =
      "simulated workers: rows moved. The table is pooled, and a shuffle brought each row to its"
          + " worker's partition";

  private final SparkSession spark;
  private final JavaSparkContext context;
  private final TrainingConfig config;
  private final Optional<Dataset<Row>> table;
  private final PhaseListener phases;
  private final LoadingSums sums;

  /** Creates a loader for the {@code data} section of a configuration. */
  public ShardLoader(SparkSession spark, TrainingConfig config) {
    this(spark, config, PhaseListener.NONE);
  }

  /**
   * Creates a loader for the {@code data} section of a configuration.
   *
   * @param phases hears what the loading is about: {@link RunPhase#PLAN}, {@link RunPhase#SURVEY},
   *     {@link RunPhase#LOAD}
   */
  public ShardLoader(SparkSession spark, TrainingConfig config, PhaseListener phases) {
    this(spark, config, Optional.empty(), phases);
  }

  /**
   * Creates a loader for a table that is there already.
   *
   * @param table stands for what {@code data.path} would name
   */
  public ShardLoader(TrainingConfig config, Dataset<Row> table) {
    this(table.sparkSession(), config, Optional.of(table), PhaseListener.NONE);
  }

  private ShardLoader(
      SparkSession spark,
      TrainingConfig config,
      Optional<Dataset<Row>> table,
      PhaseListener phases) {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.config = config;
    this.table = table;
    this.phases = phases;
    this.sums = new LoadingSums(config);
  }

  /**
   * The loaded workers.
   *
   * @param federation the workers that hold training rows, and those that evaluate alone
   * @param encoding how the workers' columns became features
   * @param skipped the workers left out, with the reason; told as {@link #leftOut}
   * @param placement how the rows came to their workers
   * @param dropped what is told of rows left out for a missing value; empty where none may be
   * @param notes what the user should know
   * @param sqlTypes types of columns that SQL saw, by the lower case of their names
   */
  public record Loaded(
      SparkFederation federation,
      FeatureEncoding encoding,
      Map<String, String> skipped,
      String placement,
      Optional<DroppedRows> dropped,
      List<String> notes,
      Map<String, CellType> sqlTypes) {

    Loaded with(Map<String, CellType> types) {
      return new Loaded(federation, encoding, skipped, placement, dropped, notes, types);
    }

    /** Returns how many workers are left out, for which reasons. */
    public LeftOut leftOut() {
      return LeftOut.of(skipped);
    }

    /**
     * Returns the ids of the workers that hold training rows, sorted; none where some worker holds
     * none, as that one could then be told from the others.
     */
    public List<String> namedWorkers() {
      return skipped.isEmpty() && federation.evaluators().isEmpty()
          ? federation.workers()
          : List.of();
    }

    /** Returns the names of the features, in the order of the coefficients. */
    public List<String> features() {
      return encoding.features();
    }
  }

  /**
   * Reads and packs the rows. What their encoding needs to know of all workers' rows is found
   * first, in a pass of its own.
   *
   * @throws DataException if a path, a column, a type or a row can't be used
   * @throws CohortException if fewer workers hold training rows than the minimum
   */
  public Loaded load() {
    return load(Optional.empty());
  }

  /**
   * Reads the rows and packs them as a trained model needs them, to be evaluated.
   *
   * @param ofModel the model's encoding
   * @throws DataException if the rows don't satisfy its contract, or can't be used otherwise
   * @throws CohortException if fewer workers hold rows than the minimum
   */
  public Loaded load(FeatureEncoding ofModel) {
    return load(Optional.of(ofModel));
  }

  private Loaded load(Optional<FeatureEncoding> ofModel) {
    return BoundedJobs.ofRows(
        spark,
        config,
        "loading",
        () -> {
          phases.entered(RunPhase.PLAN);
          if (table.isEmpty()
              && config.data().source() instanceof WorkerPaths paths
              && paths.areOfAgents()) {
            return byAgents(paths, ofModel, config.study().approvalWait());
          }
          return config.data().source() instanceof Synthetic synthetic
              ? generated(synthetic)
              : read(ofModel);
        });
  }

  /**
   * Has agents read and pack the rows; see {@link #load}.
   *
   * @param wait how long owners are waited for who approve studies by hand
   */
  Loaded byAgents(WorkerPaths paths, Optional<FeatureEncoding> ofModel, Duration wait) {
    List<Place> places = ConfiguredCluster.places(paths);
    SparkRelays relays =
        new SparkRelays(context, endpoints(paths), places, ConfiguredCluster.bounds(config));
    try {
      return new AgentLoader(
              spark, config, relays, places.stream().map(Place::party).toList(), sums)
          .load(ofModel, wait, phases);
    } catch (RuntimeException e) {
      relays.close();
      throw e;
    }
  }

  private Map<String, AgentEndpoint> endpoints(WorkerPaths paths) {
    Map<String, AgentEndpoint> endpoints = new TreeMap<>();
    paths
        .agents()
        .forEach(
            (worker, address) ->
                endpoints.put(
                    worker,
                    AgentEndpoint.of(
                        address,
                        () -> Presets.publicKey(config.aggregation(), worker),
                        paths.relayKeys())));
    return endpoints;
  }

  private Loaded generated(Synthetic synthetic) {
    int features = synthetic.features();
    SyntheticWorkers generator =
        new SyntheticWorkers(
            features,
            synthetic.rowsPerWorker(),
            synthetic.modelSkew(),
            synthetic.featureSkew(),
            config.model().family(),
            config.model().loss().outputs(),
            config.seed());
    ShardPacking packing = ShardPacking.of(config);
    List<String> ids = SyntheticWorkers.ids(synthetic.workers());
    int tasks = tasksOfGenerated(ids.size());
    JavaRDD<WorkerPartition> partitions =
        Partitionwise.each(
            context.parallelize(ids, tasks),
            worker -> {
              ShardBuilder rows = packing.builder(worker, features, ShardRoom.ofThisExecutor());
              generator.generate(worker, rows);
              return PartitionPacking.of(packing, worker, rows, features).ofSimulation();
            });
    List<String> notes = new ArrayList<>(List.of("simulated workers: the rows are generated"));
    noteSharing(ids.size(), tasks, notes);
    phases.entered(RunPhase.LOAD);
    return new KeptShards(spark, config, sums)
        .of(
            Purpose.TRAINING,
            partitions,
            Occupancy.SIMULATED_WORKERS,
            List.of(),
            FeatureEncoding.ofNumbers(synthetic.names(config.data().columns().features())),
            new TreeMap<>(),
            "generated at the workers from the seed: no row moved",
            notes);
  }

  private int tasksOfGenerated(int workers) {
    OptionalInt perTask = config.data().workersPerTask();
    return perTask.isPresent()
        ? 1 + (workers - 1) / perTask.getAsInt()
        : Math.min(
            workers, Math.max(LEAST_TASKS_TO_SHARE, TASKS_A_CORE * context.defaultParallelism()));
  }

  private static void noteSharing(int workers, int tasks, List<String> notes) {
    if (tasks < workers) {
      notes.add(
          "simulated workers: "
              + workers
              + " share "
              + tasks
              + " tasks (data.simulation.workers-per-task); nobody is protected from anybody");
    }
  }

  private Loaded read(Optional<FeatureEncoding> ofModel) {
    WorkerTables tables = new WorkerTables(spark, config, table);
    List<WorkerTables.Table> opened = tables.open(Reading.TO_FIT);
    boolean isPooled = opened.size() == 1 && opened.get(0).worker() == null;
    Map<String, String> skipped =
        config.privacy().isPresent() ? new TreeMap<>() : WorkerTables.withoutRows(opened);
    List<String> pooled = isPooled ? pooledWorkers(tables, opened.get(0)) : List.of();
    FeatureEncoding encoding;
    if (ofModel.isPresent()) {
      encoding = ofModel.get();
      FeatureColumns.requireContract(encoding, config.data(), opened);
    } else {
      encoding = found(opened, pooled, skipped);
    }
    ShardPacking packing = ShardPacking.of(config, encoding);
    PartitionedRows partitioned = rows(RowColumns.encodedBy(encoding, config), opened, pooled);
    Occupancy occupancy = partitioned.occupancy();
    JavaRDD<WorkerPartition> partitions =
        occupancy == Occupancy.SIMULATED_WORKERS
            ? partitioned.packed(
                (rows, own) -> PartitionPacking.of(packing, rows, own).ofSimulation())
            : partitioned.packed((rows, own) -> PartitionPacking.of(packing, rows, own));
    List<String> notes = new ArrayList<>();
    if (isPooled) {
      notes.add(MOVED);
    }
    if (occupancy == Occupancy.SIMULATED_WORKERS) {
      noteSharing(pooled.size(), partitions.getNumPartitions(), notes);
    }
    phases.entered(RunPhase.LOAD);
    Loaded loaded =
        new KeptShards(spark, config, sums)
            .of(
                ofModel.isPresent() ? Purpose.EVALUATION : Purpose.TRAINING,
                partitions,
                occupancy,
                partitioned.places(),
                encoding,
                skipped,
                isPooled ? PLACED_BY_SHUFFLE : "read in place: no row moved",
                notes);
    return loaded.with(opened.isEmpty() ? Map.of() : opened.get(0).sqlTypes());
  }

  /** Returns the configured encoding, completed. */
  private FeatureEncoding found(
      List<WorkerTables.Table> opened, List<String> pooled, Map<String, String> skipped) {
    FeatureEncoding draft = FeatureColumns.draft(config.data(), opened);
    if (config.privacy().isPresent()) {
      return FeatureColumns.asGiven(draft, config.privacy().get());
    }
    if (!FederatedPreprocessing.isNeeded(draft)) {
      return draft;
    }
    phases.entered(RunPhase.SURVEY);
    LeastRows least = config.data().leastRows();
    PartitionedRows surveyed = rows(RowColumns.surveyedFor(draft, config.data()), opened, pooled);
    return new EncodingSurvey(context, config, sums)
        .complete(
            draft,
            surveyed.packed((rows, own) -> SummaryPartition.of(rows, own, draft, least)),
            surveyed.occupancy(),
            WorkerTables.places(opened),
            skipped);
  }

  private PartitionedRows rows(
      RowColumns columns, List<WorkerTables.Table> opened, List<String> pooledWorkers) {
    return new PartitionedRows(
        context,
        columns,
        opened,
        pooledWorkers,
        config.model().response(),
        config.data().workersPerTask().orElse(1));
  }

  private List<String> pooledWorkers(WorkerTables tables, WorkerTables.Table table) {
    List<String> workers = tables.workerIds(table, config.privacy().isPresent());
    if (workers.isEmpty()) {
      throw new DataException("no worker holds any row");
    }
    return workers;
  }
}
