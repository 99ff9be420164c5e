package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.data.DataException;
import io.sparkfed.recipe.OwnersConsent;
import io.sparkfed.spark.cluster.Kept;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.TaskFailures;
import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.parquet.hadoop.Footer;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Tables in other formats than csv of workers whose paths only their hosts can reach: a task there
 * lists the files and tells the columns, and Spark's own readers of files read them, in tasks there
 * too. The driver learns names, sizes and times of files and the schema, as it does of other paths.
 */
final class PlacedFiles {
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final DataConfig data;
  private final OwnersConsent consent;

  PlacedFiles(SparkSession spark, DataConfig data, OwnersConsent consent) {
    this.consent = consent;
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.data = data;
  }

  /** What a host tells of a path. */
  private record Listing(
      String worker, ArrayList<Listed> files, String columns, String problem, String host)
      implements Serializable {}

  /** What a host looks for, as it travels to the task. */
  private record Search(String path, String format, boolean tellsColumns) implements Serializable {}

  /**
   * Returns the table of each worker that has hosts; null for one without any file.
   *
   * @throws DataException if a path doesn't exist at its worker, or its files can't be read
   * @throws AggregationException if there is no executor on a worker's hosts
   */
  Map<String, Dataset<Row>> tables(WorkerPaths paths) {
    Map<String, Dataset<Row>> tables = new LinkedHashMap<>();
    if (paths.hosts().isEmpty()) {
      return tables;
    }
    requireFormat();
    requireRowsStay(spark);
    for (Listing listing : listings(paths)) {
      String key = "data.workers." + listing.worker();
      if (listing.problem() != null) {
        throw new DataException(key + ": " + listing.problem() + " on " + listing.host());
      }
      tables.put(listing.worker(), listing.files().isEmpty() ? null : table(key, listing));
    }
    return tables;
  }

  private void requireFormat() {
    if (data.schema().isEmpty() && !tellSchema(data.format())) {
      throw new DataException(
          "data.schema is not set: with data.workers.NAME.hosts the driver can't look into"
              + " files, and only csv and parquet have their columns in them");
    }
    for (String option : data.options().keySet()) {
      if (TableFiles.isOfListing(option)) {
        throw new DataException(
            "data.options."
                + option
                + " does not go with data.workers.NAME.hosts, where all files below a path are read");
      }
    }
  }

  /** Refuses settings under which Spark would copy rows to other hosts. */
  static void requireRowsStay(SparkSession spark) {
    String copies = "spark.storage.decommission.rddBlocks.enabled";
    if (spark.sparkContext().getConf().getBoolean(copies, false)) {
      throw new ConfigurationException(
          copies
              + " must be false with data.workers.NAME.hosts: it copies rows to other executors."
              + " Provided value: true");
    }
  }

  private List<Listing> listings(WorkerPaths paths) {
    List<Place> places = new ArrayList<>();
    List<Search> searches = new ArrayList<>();
    new TreeMap<>(paths.hosts())
        .forEach(
            (worker, hosts) -> {
              places.add(Place.ofWorker(worker, hosts));
              searches.add(
                  new Search(paths.paths().get(worker), data.format(), data.schema().isEmpty()));
            });
    Broadcast<SerializableConfiguration> hadoop = HadoopSettings.broadcast(spark, data);
    OwnersConsent owners = consent;
    try {
      return FileTasks.ask(
          context,
          hadoop,
          places,
          searches,
          (place, search, configuration) -> list(place.party(), search, owners, configuration),
          "the workers' files could not be listed");
    } finally {
      Kept.forget(context.sc(), hadoop);
    }
  }

  private Dataset<Row> table(String key, Listing listing) {
    try {
      StructType schema = data.schema().isPresent() ? ddl() : schema(listing.columns());
      if (schema.isEmpty()) {
        return null;
      }
      return new ListedFiles(listing.files()).table(spark, data, schema);
    } catch (DataException e) {
      throw e;
    } catch (Exception e) {
      throw new DataException(
          key + " can't be read as " + data.format() + ": " + TaskFailures.tag(e),
          TaskFailures.withoutText(e));
    }
  }

  private StructType ddl() {
    try {
      return StructType.fromDDL(data.schema().orElseThrow());
    } catch (Exception e) {
      throw new DataException(
          "data.schema is not a schema in DDL: " + WorkerTables.firstLine(e), e);
    }
  }

  private StructType schema(String columns) {
    return columns == null ? new StructType() : (StructType) DataType.fromJson(columns);
  }

  /** Runs in a task on the worker's host. */
  private static Listing list(
      String worker, Search search, OwnersConsent owners, Configuration hadoop) {
    ArrayList<Listed> files = new ArrayList<>();
    String columns = null;
    String problem = null;
    try {
      List<Listed> listed = FolderFiles.of(owners.path(worker, search.path()), hadoop);
      if (listed == null) {
        problem = "path " + search.path() + " does not exist";
      } else if (listed.stream().anyMatch(file -> !file.partition().isEmpty())) {
        problem = "with hosts, only the path of csv may be partitioned by columns, and this is";
      } else {
        files.addAll(listed);
        if (search.tellsColumns()) {
          columns = columns(files, hadoop);
        }
      }
    } catch (DataException | UnreachableException e) {
      problem = e.getMessage();
    } catch (IOException | RuntimeException e) {
      problem = search.path() + " can't be read as " + search.format() + ": " + TaskFailures.tag(e);
    }
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    return new Listing(worker, files, columns, problem, host);
  }

  /** Returns a schema as JSON; null where all files are empty. */
  private static String columns(List<Listed> files, Configuration hadoop) throws IOException {
    for (Listed file : files) {
      if (file.length() > 0) {
        return parquetSchema(new Path(file.path()), hadoop).json();
      }
    }
    return null;
  }

  /** Whether files of a format have their table's schema, as Spark takes it from them. */
  static boolean tellSchema(String format) {
    return format.equalsIgnoreCase("parquet");
  }

  /** Returns the schema of a parquet file, in a task where it is. */
  static StructType parquetSchema(Path path, Configuration hadoop) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop))) {
      return ParquetFileFormat.readSchemaFromFooter(
          new Footer(path, reader.getFooter()),
          new ParquetToSparkSchemaConverter(parquetSettings(hadoop)));
    }
  }

  /** Returns the session's settings for parquet, which travel among Hadoop's. */
  private static SQLConf parquetSettings(Configuration hadoop) {
    SQLConf settings = new SQLConf();
    for (Map.Entry<String, String> setting : hadoop) {
      if (setting.getKey().startsWith("spark.sql.parquet.")) {
        settings.setConfString(setting.getKey(), setting.getValue());
      }
    }
    return settings;
  }
}
