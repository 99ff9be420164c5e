package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.LeftOut;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.EncodedRow;
import io.sparkfed.data.LeastRows;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.Storage;
import io.sparkfed.data.SyntheticWorkers;
import io.sparkfed.data.WeightSums;
import io.sparkfed.federated.survey.FederatedPreprocessing;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.recipe.ShardPacking;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.SparkFederation;
import io.sparkfed.spark.cluster.TaskFailures;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Looks at the workers' rows before a training: reads each once where it lies, by the training's
 * own reader, keeps none and moves none. The driver learns what loading tells it: schemas, which
 * workers hold training rows, which rule a row breaks, and by secure sums what a training is told
 * before its first round. Hidden rows aren't looked at, so that it is the same whatever they are.
 */
public final class DataSurvey {
  /** Empty jobs that are timed, after one that warms up. */
  private static final int TIMED_JOBS = 3;

  private DataSurvey() {}

  /**
   * What was found.
   *
   * @param encoding the feature contract; levels that only secure sums tell are missing
   * @param workers who holds training rows, sorted
   * @param evaluators who holds test rows only, sorted
   * @param skipped who holds neither, with the reason; told as {@link #leftOut}
   * @param faults rows that a training would refuse, by worker, column and rule
   * @param emptyJobSeconds how long a Spark job takes that visits these workers for nothing
   */
  public record Found(
      FeatureEncoding encoding,
      List<String> workers,
      List<String> evaluators,
      Map<String, String> skipped,
      List<String> faults,
      double emptyJobSeconds) {

    /** Returns how many hold neither training rows nor test rows, for which reasons. */
    public LeftOut leftOut() {
      return LeftOut.of(skipped);
    }

    /** Whether the contract lacks nothing. */
    public boolean isComplete() {
      return encoding.categories().stream()
          .noneMatch(c -> c.levels().isEmpty() || c.reference().isEmpty());
    }
  }

  /**
   * What the driver learns of a partition.
   *
   * @param trains whether a worker holds training rows, by worker
   * @param tests who holds test rows and no training rows
   * @param widths numbers of features that its rows have
   * @param fault the first one; null when there is none
   */
  private record Seen(
      TreeMap<String, Boolean> trains,
      TreeSet<String> tests,
      TreeSet<Integer> widths,
      DataFault fault)
      implements Serializable {

    /** Runs at the worker. */
    static Seen of(ParsedRows rows, String own, Storage storage, LeastRows least) {
      TreeMap<String, Boolean> trains = new TreeMap<>();
      if (own != null) {
        trains.put(own, false);
      }
      TreeSet<String> tests = new TreeSet<>();
      TreeSet<Integer> widths = new TreeSet<>();
      long ordinal = 0;
      double total = 0.0;
      double squared = 0.0;
      while (rows.next()) {
        if (rows.fault() != null) {
          return new Seen(trains, new TreeSet<>(), widths, rows.fault());
        }
        ordinal++;
        if (rows.isIncomplete()) {
          trains.putIfAbsent(rows.worker(), false);
          continue;
        }
        EncodedRow row = rows.row();
        if (!row.fits(storage)) {
          DataFault fault =
              DataFault.ofRow(rows.worker(), "", ordinal, PartitionPacking.FEATURES_OF_FLOATS);
          return new Seen(trains, new TreeSet<>(), widths, fault);
        }
        widths.add(row.width());
        boolean isTraining = row.part() == Part.TRAIN && row.weight() > 0.0;
        total += isTraining ? row.weight() : 0.0;
        squared += isTraining ? row.weight() * row.weight() : 0.0;
        trains.merge(rows.worker(), isTraining, Boolean::logicalOr);
        if (row.part() == Part.TEST && row.weight() > 0.0) {
          tests.add(rows.worker());
        }
      }
      tests.removeIf(worker -> trains.get(worker));
      if (own != null && total > 0.0 && !least.isMetBy(new WeightSums(total, squared))) {
        trains.put(own, false);
      }
      return new Seen(trains, tests, widths, null);
    }
  }

  /**
   * Looks at the rows.
   *
   * @throws DataException if a path, a column or a type can't be used
   * @throws AggregationException if there was no executor, or none on a worker's hosts, for longer
   *     than {@code cluster.timeout}
   */
  public static Found of(SparkSession spark, TrainingConfig config) {
    JavaSparkContext context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    return BoundedJobs.ofRows(
        spark,
        config,
        "looking at the rows",
        () ->
            config.data().source() instanceof Synthetic synthetic
                ? generated(context, synthetic)
                : read(spark, context, config));
  }

  /** Agents are asked all that a training asks before its first round. */
  private static Found byAgents(
      SparkSession spark, JavaSparkContext context, TrainingConfig config, WorkerPaths paths) {
    ShardLoader.Loaded loaded =
        new ShardLoader(spark, config).byAgents(paths, Optional.empty(), Duration.ZERO);
    try (SparkFederation federation = loaded.federation()) {
      return new Found(
          loaded.encoding(),
          federation.workers(),
          federation.evaluators(),
          loaded.skipped(),
          List.of(),
          emptyJobSeconds(context, federation.workers()));
    }
  }

  private static Found generated(JavaSparkContext context, Synthetic synthetic) {
    List<String> workers = SyntheticWorkers.ids(synthetic.workers());
    List<String> names = IntStream.range(0, synthetic.features()).mapToObj(j -> "x_" + j).toList();
    return new Found(
        FeatureEncoding.ofNumbers(names),
        workers,
        List.of(),
        Map.of(),
        List.of(),
        emptyJobSeconds(context, workers));
  }

  private static Found read(SparkSession spark, JavaSparkContext context, TrainingConfig config) {
    DataConfig data = config.data();
    if (data.source() instanceof WorkerPaths paths && paths.areOfAgents()) {
      return byAgents(spark, context, config, paths);
    }
    WorkerTables tables = new WorkerTables(spark, config);
    List<WorkerTables.Table> opened = tables.open(Reading.TO_FIT, Duration.ZERO);
    FeatureEncoding draft = FeatureColumns.draft(data, opened);
    if (config.privacy().isPresent()) {
      return hidden(context, config, tables, opened, draft);
    }
    RowColumns parsed =
        FederatedPreprocessing.isNeeded(draft)
            ? RowColumns.surveyedFor(draft, data)
            : RowColumns.encodedBy(draft, data);
    Storage storage = data.storage();
    LeastRows least = data.leastRows();
    List<Seen> seen =
        collected(
            PlacedRdd.of(
                new PartitionedRows(
                        context, parsed, opened, List.of(), config.model().response(), 1)
                    .packed((rows, own) -> Seen.of(rows, own, storage, least)),
                WorkerTables.places(opened)));
    SortedMap<String, Boolean> trains = new TreeMap<>();
    SortedMap<String, String> skipped = WorkerTables.withoutRows(opened);
    List<String> faults = new ArrayList<>();
    TreeSet<String> tests = new TreeSet<>();
    TreeSet<Integer> widths = new TreeSet<>();
    for (Seen one : seen) {
      one.trains().forEach((worker, does) -> trains.merge(worker, does, Boolean::logicalOr));
      tests.addAll(one.tests());
      widths.addAll(one.widths());
      if (one.fault() != null) {
        faults.add(ToldFaults.message(one.fault(), config).in(KeyWords::of));
        trains.remove(one.fault().worker());
        tests.remove(one.fault().worker());
      }
    }
    if (widths.size() > 1) {
      faults.add("all rows must have the same number of features. Provided: " + widths);
    }
    List<String> workers = new ArrayList<>();
    trains.forEach(
        (worker, does) -> {
          if (does) {
            workers.add(worker);
          } else if (!tests.contains(worker)) {
            skipped.put(worker, ShardPacking.lacking(least));
          }
        });
    boolean areEnough = workers.size() >= config.aggregation().minWorkers();
    if (FederatedPreprocessing.isNeeded(draft) && faults.isEmpty() && areEnough) {
      checkEncoding(context, config, tables, opened, draft);
    }
    return new Found(
        draft.withVectorWidth(widths.isEmpty() ? 0 : widths.last()),
        List.copyOf(workers),
        List.copyOf(tests),
        skipped,
        faults.stream().sorted().toList(),
        workers.isEmpty() ? Double.NaN : emptyJobSeconds(context, workers));
  }

  /** Looks at tables alone: nothing of it depends on a row, but the ids in a pooled table. */
  private static Found hidden(
      JavaSparkContext context,
      TrainingConfig config,
      WorkerTables tables,
      List<WorkerTables.Table> opened,
      FeatureEncoding draft) {
    TreeSet<String> ids = new TreeSet<>();
    RowColumns columns = RowColumns.encodedBy(draft, config);
    for (WorkerTables.Table table : opened) {
      if (table.rows() != null) {
        // A plan is made, which finds columns that can't be read, and no row is.
        columns.cells(table, config.model().response());
      }
      ids.addAll(table.worker() == null ? tables.workerIds(table, true) : List.of(table.worker()));
    }
    List<String> workers = List.copyOf(ids);
    return new Found(
        FeatureColumns.asGiven(draft, config.privacy().orElseThrow()),
        workers,
        List.of(),
        Map.of(),
        List.of(),
        workers.isEmpty() ? Double.NaN : emptyJobSeconds(context, workers));
  }

  private static void checkEncoding(
      JavaSparkContext context,
      TrainingConfig config,
      WorkerTables tables,
      List<WorkerTables.Table> opened,
      FeatureEncoding draft) {
    boolean isPooled = opened.size() == 1 && opened.get(0).worker() == null;
    LeastRows least = config.data().leastRows();
    PartitionedRows rows =
        new PartitionedRows(
            context,
            RowColumns.surveyedFor(draft, config.data()),
            opened,
            isPooled ? tables.workerIds(opened.get(0), false) : List.of(),
            config.model().response(),
            config.data().workersPerTask().orElse(1));
    new EncodingSurvey(context, config, new LoadingSums(config))
        .check(
            draft,
            rows.packed((parsed, own) -> SummaryPartition.of(parsed, own, draft, least)),
            rows.occupancy(),
            WorkerTables.places(opened),
            WorkerTables.withoutRows(opened));
  }

  private static List<Seen> collected(JavaRDD<Seen> partitions) {
    try {
      return Partitionwise.collected(partitions);
    } catch (Exception e) {
      throw new DataException(
          "the workers' rows could not be inspected; see the executors' logs",
          TaskFailures.withoutText(e));
    }
  }

  /** The median of a few. */
  private static double emptyJobSeconds(JavaSparkContext context, List<String> workers) {
    double[] seconds = new double[TIMED_JOBS];
    for (int k = -1; k < TIMED_JOBS; k++) {
      long start = System.nanoTime();
      context.parallelize(workers, workers.size()).map(String::length).collect();
      if (k >= 0) {
        seconds[k] = (System.nanoTime() - start) / 1e9;
      }
    }
    Arrays.sort(seconds);
    return seconds[TIMED_JOBS / 2];
  }
}
