package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.recipe.Rows;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/** Rows of workers on Spark, for a {@link io.sparkfed.recipe.Training}. */
public final class SparkRows implements Rows {
  /** What a table says by being there. */
  private static final List<String> OF_FILES =
      List.of(
          "data",
          "data.path",
          "data.workers",
          "data.worker-column",
          "data.synthetic",
          "data.format",
          "data.options",
          "data.schema",
          "data.columns",
          "data.decimal");

  private final SparkSession spark;
  private final Optional<Dataset<Row>> table;
  private final String workerColumn;

  private SparkRows(SparkSession spark, Optional<Dataset<Row>> table, String workerColumn) {
    this.spark = spark;
    this.table = table;
    this.workerColumn = workerColumn;
  }

  /** Returns the rows that the section {@code data} names: files, tables, or generated ones. */
  public static SparkRows read(SparkSession spark) {
    return new SparkRows(spark, Optional.empty(), "");
  }

  /**
   * Returns the rows of a table. A shuffle brings them to their workers' partitions, unless the
   * table lies in one folder for each worker.
   *
   * @param workerColumn names each row's worker
   */
  public static SparkRows of(Dataset<Row> table, String workerColumn) {
    return new SparkRows(table.sparkSession(), Optional.of(table), workerColumn);
  }

  @Override
  public Map<String, Object> settings(Set<String> given) {
    if (table.isEmpty()) {
      return Map.of();
    }
    for (String key : given) {
      if (OF_FILES.stream()
          .anyMatch(
              file -> key.equals(file) || (!file.equals("data") && key.startsWith(file + ".")))) {
        throw new ConfigurationException(key + " is about files, and the table is there already");
      }
    }
    return Map.of("data.worker-column", workerColumn, "data.format", "parquet");
  }

  @Override
  public Loaded load(TrainingConfig config) {
    ShardLoader loader =
        table
            .map(rows -> new ShardLoader(config, rows))
            .orElseGet(() -> new ShardLoader(spark, config));
    return new OnSpark(loader.load());
  }

  private record OnSpark(ShardLoader.Loaded loaded) implements Loaded {
    @Override
    public Federation<Shard> federation() {
      return loaded.federation();
    }

    @Override
    public FeatureEncoding encoding() {
      return loaded.encoding();
    }

    @Override
    public void close() {
      loaded.federation().close();
    }
  }
}
