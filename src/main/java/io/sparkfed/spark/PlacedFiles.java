package io.sparkfed.spark;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.data.DataException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Serializable;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.parquet.hadoop.Footer;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.hadoop.util.HadoopInputFile;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.util.CaseInsensitiveMap$;
import org.apache.spark.sql.execution.datasources.DataSource;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.parquet.ParquetFileFormat;
import org.apache.spark.sql.execution.datasources.parquet.ParquetToSparkSchemaConverter;
import org.apache.spark.sql.execution.datasources.v2.FileDataSourceV2;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Option;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tables of workers whose paths only their hosts can reach: a task there lists the files and tells
 * the columns, and Spark's own readers of files read them, in tasks there too. The driver learns
 * names, sizes and times of files and the schema, as it does of other paths.
 */
final class PlacedFiles {
  private final SparkSession spark;
  private final JavaSparkContext context;
  private final DataConfig data;

  PlacedFiles(SparkSession spark, DataConfig data) {
    this.spark = spark;
    this.context = JavaSparkContext.fromSparkContext(spark.sparkContext());
    this.data = data;
  }

  /** A file as its host sees it. */
  record Listed(String path, long length, long modified) implements Serializable {}

  /** What a host tells of a path. */
  private record Listing(
      String worker, ArrayList<Listed> files, String columns, String problem, String host)
      implements Serializable {}

  /** What a host looks for, as it travels to the task. */
  private record Search(String path, String format, boolean tellsColumns, CsvText csv)
      implements Serializable {}

  /** How the first line of a csv file is read. */
  private record CsvText(String charset, String comment) implements Serializable {}

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
    requireRowsStay();
    for (Listing listing : listings(paths)) {
      String key = "data.workers." + listing.worker();
      if (listing.problem() != null) {
        throw new DataException(key + ": " + listing.problem() + " on " + listing.host());
      }
      tables.put(listing.worker(), listing.files().isEmpty() ? null : table(key, listing));
    }
    return tables;
  }

  private boolean isFormat(String name) {
    return data.format().equalsIgnoreCase(name);
  }

  private String option(String name, String byDefault) {
    return data.options().entrySet().stream()
        .filter(option -> option.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElse(byDefault);
  }

  private void requireFormat() {
    boolean tellsColumns =
        isFormat("parquet")
            || (isFormat("csv")
                && !option("multiLine", "false").equalsIgnoreCase("true")
                && option("lineSep", "\n").equals("\n"));
    if (data.schema().isEmpty() && !tellsColumns) {
      throw new DataException(
          "data.schema is not set: where data.workers.NAME.hosts is, the driver can't look into files,"
              + " and only csv and parquet tell their columns themselves (csv without"
              + " data.options.multiLine and lineSep)");
    }
  }

  private void requireRowsStay() {
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
    String charset = option("encoding", option("charset", "UTF-8"));
    CsvText csv = new CsvText(charset, option("comment", ""));
    new TreeMap<>(paths.hosts())
        .forEach(
            (worker, hosts) -> {
              places.add(new Place(worker, new ArrayList<>(hosts)));
              searches.add(
                  new Search(
                      paths.paths().get(worker), data.format(), data.schema().isEmpty(), csv));
            });
    Broadcast<SerializableConfiguration> hadoop =
        context.broadcast(
            new SerializableConfiguration(
                spark.sessionState().newHadoopConfWithOptions(scalaOptions())));
    JavaRDD<Integer> indices =
        context.parallelize(IntStream.range(0, places.size()).boxed().toList(), places.size());
    try {
      return PlacedRdd.of(indices, places)
          .map(k -> list(places.get(k).worker(), searches.get(k), hadoop.value().value()))
          .collect();
    } catch (Exception e) {
      throw new DataException(
          "the workers' files could not be listed; see the executors' logs",
          TaskFailures.withoutText(e));
    } finally {
      hadoop.destroy();
    }
  }

  private scala.collection.immutable.Map<String, String> scalaOptions() {
    List<Tuple2<String, String>> options = new ArrayList<>();
    data.options().forEach((name, value) -> options.add(new Tuple2<>(name, value)));
    return scala.collection.immutable.Map.from(CollectionConverters.asScala(options));
  }

  private Dataset<Row> table(String key, Listing listing) {
    try {
      StructType schema = data.schema().isPresent() ? ddl() : schema(listing.columns());
      if (schema.isEmpty()) {
        return null;
      }
      return spark.baseRelationToDataFrame(
          new HadoopFsRelation(
              new ListedFiles(listing.files()),
              new StructType(),
              schema.asNullable(),
              Option.empty(),
              fileFormat(),
              CaseInsensitiveMap$.MODULE$.apply(scalaOptions()),
              spark));
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
    if (columns == null) {
      return new StructType();
    }
    // A header is read like any other, of a file of one line.
    return isFormat("csv")
        ? spark
            .read()
            .options(data.options())
            .csv(spark.createDataset(List.of(columns), Encoders.STRING()))
            .schema()
        : (StructType) DataType.fromJson(columns);
  }

  private FileFormat fileFormat() throws ReflectiveOperationException {
    Class<?> source = DataSource.lookupDataSource(data.format(), spark.sessionState().conf());
    Object made = source.getDeclaredConstructor().newInstance();
    if (made instanceof FileDataSourceV2 v2) {
      made = v2.fallbackFileFormat().getDeclaredConstructor().newInstance();
    }
    if (made instanceof FileFormat format) {
      return format;
    }
    throw new DataException(
        "data.format = "
            + data.format()
            + " is not one of files, and data.workers.NAME.hosts needs one");
  }

  /** Runs in a task on the worker's host. */
  private static Listing list(String worker, Search search, Configuration hadoop) {
    ArrayList<Listed> files = new ArrayList<>();
    String columns = null;
    String problem = null;
    try {
      Path pattern = new Path(search.path());
      FileSystem fs = pattern.getFileSystem(hadoop);
      FileStatus[] matches = fs.globStatus(pattern);
      if (matches == null || matches.length == 0) {
        problem = "path " + search.path() + " does not exist";
      } else {
        for (FileStatus match : matches) {
          problem = problem == null ? addFiles(fs, match, files) : problem;
        }
        files.sort(Comparator.comparing(Listed::path));
        if (problem == null && search.tellsColumns()) {
          columns = columns(files, search, hadoop);
        }
      }
    } catch (IOException | RuntimeException e) {
      problem = search.path() + " can't be read as " + search.format() + ": " + TaskFailures.tag(e);
    }
    String host = SparkEnv.get().blockManager().blockManagerId().host();
    return new Listing(worker, files, columns, problem, host);
  }

  /** Adds a file, or those below a folder, and returns why they can't be used. */
  private static String addFiles(FileSystem fs, FileStatus status, List<Listed> files)
      throws IOException {
    String name = status.getPath().getName();
    if (status.isFile()) {
      files.add(
          new Listed(status.getPath().toString(), status.getLen(), status.getModificationTime()));
      return null;
    }
    if (name.contains("=")) {
      return "folder " + name + ": with hosts, a path must not be partitioned by columns, and is";
    }
    String problem = null;
    for (FileStatus child : fs.listStatus(status.getPath())) {
      String childName = child.getPath().getName();
      // Hidden files and those that are being written, as Spark has it.
      if (problem == null && !childName.startsWith(".") && !childName.startsWith("_")) {
        problem = addFiles(fs, child, files);
      }
    }
    return problem;
  }

  /** Returns a csv header or a schema as JSON; null where all files are empty. */
  private static String columns(List<Listed> files, Search search, Configuration hadoop)
      throws IOException {
    for (Listed file : files) {
      Path path = new Path(file.path());
      if (file.length() > 0) {
        String columns =
            search.format().equalsIgnoreCase("csv")
                ? header(path, search.csv(), hadoop)
                : parquetSchema(path, hadoop);
        if (columns != null) {
          return columns;
        }
      }
    }
    return null;
  }

  private static String header(Path path, CsvText csv, Configuration hadoop) throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(path);
    try (InputStream raw = path.getFileSystem(hadoop).open(path);
        BufferedReader text =
            new BufferedReader(
                new InputStreamReader(
                    codec == null ? raw : codec.createInputStream(raw),
                    Charset.forName(csv.charset())))) {
      return text.lines()
          .map(line -> line.startsWith("\uFEFF") ? line.substring(1) : line)
          .filter(line -> !line.isBlank())
          .filter(line -> csv.comment().isEmpty() || !line.startsWith(csv.comment()))
          .findFirst()
          .orElse(null);
    }
  }

  private static String parquetSchema(Path path, Configuration hadoop) throws IOException {
    try (ParquetFileReader reader =
        ParquetFileReader.open(HadoopInputFile.fromPath(path, hadoop))) {
      return ParquetFileFormat.readSchemaFromFooter(
              new Footer(path, reader.getFooter()),
              new ParquetToSparkSchemaConverter(parquetSettings(hadoop)))
          .json();
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
