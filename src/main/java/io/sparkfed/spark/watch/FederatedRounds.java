package io.sparkfed.spark.watch;

import io.sparkfed.evaluation.Measurement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The rounds of this application's trainings as they finish, for notebooks: while one paragraph
 * trains, another one shows the curve. Spark tells of a round a moment after it finished.
 *
 * <p>Thread-safe.
 */
public final class FederatedRounds implements AutoCloseable {
  private static final DataType NUMBERS =
      DataTypes.createMapType(DataTypes.StringType, DataTypes.DoubleType);

  private static final StructType SCHEMA = schema();

  private static StructType schema() {
    StructType schema =
        new StructType()
            .add("run", DataTypes.StringType)
            .add("name", DataTypes.StringType)
            .add("round", DataTypes.IntegerType)
            .add("workers", DataTypes.IntegerType)
            .add("dropouts", DataTypes.IntegerType)
            .add("loss", DataTypes.DoubleType)
            .add("train", NUMBERS)
            .add("test", NUMBERS)
            .add("seconds", DataTypes.DoubleType)
            .add("phases", NUMBERS);
    for (Measurement each : Measurement.values()) {
      schema = schema.add(each.key(), DataTypes.LongType);
    }
    return schema;
  }

  /** Who keeps a view, by session and name: the last who said so. Guards the views too. */
  private static final Map<SparkSession, Map<String, Object>> KEEPERS = new WeakHashMap<>();

  private final Object self = new Object();
  private final SparkSession spark;
  private final List<Row> rows = new ArrayList<>();
  private final List<String> views = new ArrayList<>();
  private final Listener listener = new Listener();

  private FederatedRounds(SparkSession spark) {
    this.spark = spark;
  }

  /** Starts to listen. */
  public static FederatedRounds watch(SparkSession spark) {
    FederatedRounds rounds = new FederatedRounds(spark);
    spark.sparkContext().addSparkListener(rounds.listener);
    return rounds;
  }

  /**
   * Returns the rounds so far, one row each: {@code run, name, round, workers, dropouts, loss,
   * train, test, seconds, phases}, then each {@link Measurement}. {@code train} and {@code test}
   * are metrics by name, {@code phases} seconds by phase.
   */
  public synchronized Dataset<Row> rounds() {
    return spark.createDataFrame(List.copyOf(rows), SCHEMA);
  }

  /**
   * Keeps a temporary view of the rounds, which fills as they finish. Who kept a view of this name
   * before, as a paragraph that is run again did, no longer does.
   */
  public synchronized FederatedRounds createView(String name) {
    synchronized (KEEPERS) {
      KEEPERS.computeIfAbsent(spark, session -> new HashMap<>()).put(name, self);
      views.add(name);
      rounds().createOrReplaceTempView(name);
    }
    return this;
  }

  /** Stops to listen; what was heard remains. */
  @Override
  public void close() {
    spark.sparkContext().removeSparkListener(listener);
  }

  private synchronized void add(RoundFinished round) {
    List<Object> cells =
        new ArrayList<>(
            List.of(
                round.run(),
                round.name(),
                round.round(),
                round.workers(),
                round.dropouts(),
                round.loss(),
                round.trainMetrics(),
                round.testMetrics(),
                round.seconds(),
                round.phaseSeconds()));
    for (Measurement each : Measurement.values()) {
      cells.add(round.measured().getOrDefault(each.key(), 0L));
    }
    rows.add(RowFactory.create(cells.toArray()));
    synchronized (KEEPERS) {
      views.removeIf(view -> KEEPERS.get(spark).get(view) != self);
      views.forEach(view -> rounds().createOrReplaceTempView(view));
    }
  }

  private final class Listener extends SparkListener {
    @Override
    public void onOtherEvent(SparkListenerEvent event) {
      if (event instanceof RoundFinished round) {
        add(round);
      }
    }
  }
}
