package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.rows.FileSurvey.Found;
import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.io.IOException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;

/** Looks into the files of all tables at once; each file is read once, and by one worker. */
final class TableSurvey {
  private static final String MERGED = "mergeSchema";

  private final SparkSession spark;
  private final DataConfig data;
  private final Configuration hadoop;

  TableSurvey(SparkSession spark, DataConfig data) {
    this.spark = spark;
    this.data = data;
    this.hadoop = spark.sparkContext().hadoopConfiguration();
  }

  /** What names the files of a place. */
  private interface Files {
    List<Listed> of(Place place) throws IOException;
  }

  /**
   * Returns what the files tell of tables before these are loaded: to find the columns, Spark's
   * reader starts a job for each table. Empty where it alone can say which files and columns a
   * table has, or a file's columns aren't told.
   *
   * @param paths of all
   * @param loaded tables that are there already, by worker
   */
  Optional<Found> ahead(Map<Place, Optional<String>> paths, Map<String, Dataset<Row>> loaded) {
    if (!PlacedFiles.tellSchema(data.format())
        || new TableFiles(data, hadoop).areChosen()
        || isMerged()) {
      return Optional.empty();
    }
    return Optional.of(
        found(
            paths.keySet(),
            place ->
                loaded.containsKey(place.party())
                    ? own(loaded.get(place.party()))
                    : below(paths.get(place)),
            Map.of()));
  }

  /** Returns what the files tell of tables, which are null where a worker has none. */
  Found of(Collection<Place> places, Map<String, Dataset<Row>> loaded) {
    Map<Place, StructType> schemas = new LinkedHashMap<>();
    for (Place place : places) {
      Dataset<Row> rows = loaded.get(place.party());
      schemas.put(place, rows == null ? new StructType() : rows.schema());
    }
    return found(places, place -> own(loaded.get(place.party())), schemas);
  }

  private Found found(Collection<Place> places, Files named, Map<Place, StructType> schemas) {
    OwnFiles owned = new OwnFiles();
    Map<Place, List<Listed>> files = new LinkedHashMap<>();
    for (Place place : places) {
      try {
        List<Listed> own = named.of(place);
        owned.add(place, own);
        files.put(place, own);
      } catch (IOException e) {
        throw new DataException(
            "the tables' files can't be listed: " + WorkerTables.firstLine(e), e);
      }
    }
    return new FileSurvey(spark, data).of(files, schemas);
  }

  private List<Listed> own(Dataset<Row> rows) throws IOException {
    return rows == null ? List.of() : ReadFiles.of(rows, hadoop);
  }

  /** Returns the files below a path; none where who loads it says what is wrong with it. */
  private List<Listed> below(Optional<String> path) {
    try {
      List<Listed> files = path.isPresent() ? FolderFiles.of(path.get(), hadoop) : null;
      return files == null ? List.of() : files;
    } catch (IOException | RuntimeException e) {
      return List.of();
    }
  }

  /** Whether a table has the columns of all its files together. */
  private boolean isMerged() {
    return data.options().entrySet().stream()
            .anyMatch(
                option ->
                    option.getKey().equalsIgnoreCase(MERGED)
                        && Boolean.parseBoolean(option.getValue()))
        || Boolean.parseBoolean(spark.conf().get("spark.sql.parquet." + MERGED, "false"));
  }
}
