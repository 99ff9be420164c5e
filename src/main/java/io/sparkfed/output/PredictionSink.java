package io.sparkfed.output;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.TrainingConfig.Predictions;
import io.sparkfed.spark.cluster.TaskFailures;
import io.sparkfed.spark.rows.FileFormats;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.AnalysisException;
import org.apache.spark.sql.DataFrameWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Where predictions go. A folder of files is replaced only if it was written here: then it holds
 * {@code _PREDICTIONS}, which readers of data pass over as they do {@code _SUCCESS}.
 */
public final class PredictionSink {
  static final String MARKER = "_PREDICTIONS";

  private static final String KEY = "predictions.path";
  private static final String UNFINISHED = "_temporary";

  private static final Set<String> FILE_FORMATS =
      Set.of("avro", "csv", "json", "orc", "parquet", "text", "xml");

  /** RFC 4180 with a header: quotes are doubled, and blanks belong to texts. */
  private static final Map<String, String> CSV_DEFAULTS =
      Map.of(
          "header", "true",
          "escape", "\"",
          "ignoreLeadingWhiteSpace", "false",
          "ignoreTrailingWhiteSpace", "false");

  private final Predictions sink;
  private final Configuration hadoop;
  private Optional<FileFormat> files = Optional.empty();

  /**
   * Takes the settings; opens nothing.
   *
   * @throws ConfigurationException if they can't be meant
   */
  public PredictionSink(Configuration hadoop, Predictions sink) {
    this.hadoop = hadoop;
    this.sink = sink;
    if (sink.format().equalsIgnoreCase("text")) {
      throw new ConfigurationException(
          "predictions.format = text holds a single column of text, but predictions come with"
              + " the rows: choose parquet, json or csv");
    }
    if (isOfFiles()) {
      requirePath();
    }
  }

  private void requirePath() {
    if (path().isEmpty()) {
      throw new ConfigurationException(
          "predictions.path is not set, but predictions.format = " + sink.format() + " needs it");
    }
  }

  /**
   * Looks the format up.
   *
   * @throws ConfigurationException if Spark has no such format, or it needs a path
   * @throws IOException if a folder that holds no predictions would be replaced
   */
  public void open(SparkSession spark) throws IOException {
    files =
        FileFormats.of(spark, sink.format())
            .orElseThrow(
                () ->
                    new ConfigurationException(
                        "predictions.format = "
                            + sink.format()
                            + " is not a data source of this Spark (if it is of a package, add --"
                            + " --packages)"))
            .format();
    if (files.isPresent()) {
      requirePath();
    }
    Path path = isOfFiles() ? existing() : null;
    if (path != null && sink.mode().equals("overwrite") && !isReplaceable(path)) {
      throw new IOException(
          KEY
              + " "
              + path().get()
              + " exists and isn't a folder of predictions (which has a file "
              + MARKER
              + "), so it is not replaced; choose another one");
    }
  }

  private boolean isOfFiles() {
    return files.isPresent() || FILE_FORMATS.contains(sink.format().toLowerCase(Locale.ROOT));
  }

  private Optional<String> path() {
    return sink.path().or(() -> Places.pathOption(sink.options()));
  }

  private boolean isNamed(String name) {
    return files.isPresent() && FileFormats.isNamed(files.get(), name);
  }

  /** Says where predictions are written, in messages. */
  public String described() {
    return path().orElse("the " + sink.format() + " sink");
  }

  /**
   * Checks that nothing that is read is written over.
   *
   * @param read what the job reads
   * @return whether there is something to do; there isn't where {@code mode = ignore} and the path
   *     exists
   * @throws IOException if something is, or if the path exists and mustn't
   */
  public boolean requireApart(Places read, DataConfig data) throws IOException {
    requireOtherTable(data);
    if (path().isEmpty()) {
      return true;
    }
    boolean exists = isOfFiles() && existing() != null;
    if (exists && sink.mode().equals("error")) {
      throw new IOException(existsAlready());
    }
    read.writes(KEY, path().get()).requireApart();
    return !exists || !sink.mode().equals("ignore");
  }

  private String existsAlready() {
    return path().orElse("the path")
        + " exists already; choose another predictions.path or set predictions.mode = overwrite";
  }

  /** Returns the qualified path if there is something; null otherwise. */
  private Path existing() throws IOException {
    FileSystem fs = fileSystem();
    Path path = fs.makeQualified(new Path(path().orElseThrow()));
    return fs.exists(path) ? path : null;
  }

  private FileSystem fileSystem() throws IOException {
    return OutputFolder.fileSystem(hadoop, KEY, path().orElseThrow());
  }

  private boolean isReplaceable(Path path) throws IOException {
    FileSystem fs = fileSystem();
    if (!fs.getFileStatus(path).isDirectory()) {
      return false;
    }
    FileStatus[] held = fs.listStatus(path);
    return Arrays.stream(held).allMatch(entry -> entry.getPath().getName().equals(UNFINISHED))
        || fs.exists(new Path(path, MARKER));
  }

  /** Tables of a database have no path: those of one name at one address may be the same. */
  private void requireOtherTable(DataConfig data) throws IOException {
    Optional<String> url = option(sink.options(), "url");
    Optional<String> table = option(sink.options(), "dbtable");
    if (url.isEmpty() || table.isEmpty() || !url.equals(option(data.options(), "url"))) {
      return;
    }
    String name = table.get().replaceAll("[\"`\\[\\]]", "").replaceFirst("^.*\\.", "").strip();
    Pattern mentioned =
        Pattern.compile(
            "(?<![\\w$])" + Pattern.quote(name) + "(?![\\w$])", Pattern.CASE_INSENSITIVE);
    for (String option : new String[] {"dbtable", "query"}) {
      if (option(data.options(), option)
          .filter(text -> mentioned.matcher(text).find())
          .isPresent()) {
        throw new IOException(
            "predictions.options.dbtable names a table that data.options."
                + option
                + " reads: nothing is written into what is read");
      }
    }
  }

  private static Optional<String> option(Map<String, String> options, String name) {
    return options.entrySet().stream()
        .filter(option -> option.getKey().equalsIgnoreCase(name))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /**
   * Checks that files of the format can hold every column.
   *
   * @throws ConfigurationException naming a column that they can't
   */
  public void requireHolds(StructType schema) {
    if (files.isEmpty()) {
      return;
    }
    for (StructField field : schema.fields()) {
      if (!files.get().supportDataType(field.dataType())) {
        throw new ConfigurationException(
            "predictions.format = "
                + sink.format()
                + " can't hold column "
                + field.name()
                + " of type "
                + field.dataType().simpleString().toLowerCase(Locale.ROOT)
                + "; parquet and json can");
      }
    }
  }

  /** Writes the rows. */
  public void write(Dataset<Row> rows) throws IOException {
    Map<String, String> options = new LinkedHashMap<>(sink.options());
    if (isNamed("csv")) {
      CSV_DEFAULTS.forEach(
          (name, value) -> {
            if (option(options, name).isEmpty()) {
              options.put(name, value);
            }
          });
    }
    DataFrameWriter<Row> writer =
        rows.write().format(sink.format()).options(options).mode(sink.mode());
    boolean isOwn = isOfFiles() && isNewOrReplaced();
    if (isOfFiles()) {
      requireFolder();
    }
    try {
      if (sink.path().isPresent()) {
        writer.save(sink.path().get());
      } else {
        writer.save();
      }
    } catch (Exception e) {
      throw new IOException(
          "predictions can't be written: " + whyNot(e),
          e instanceof AnalysisException ? e : TaskFailures.withoutText(e));
    }
    if (isOwn) {
      mark();
    }
  }

  private boolean isNewOrReplaced() throws IOException {
    Path path = existing();
    return path == null || isReplaceable(path);
  }

  /** In a task of Spark's it would fail without a reason that may be told. */
  private void requireFolder() throws IOException {
    Path folder = new Path(path().orElseThrow()).getParent();
    try {
      if (folder != null && !fileSystem().mkdirs(folder)) {
        throw new IOException("the file system refuses it");
      }
    } catch (IOException | UnsupportedOperationException e) {
      throw new IOException(KEY + ": can't create " + folder + ": " + e.getMessage(), e);
    }
  }

  private void mark() throws IOException {
    Path marker = new Path(path().orElseThrow(), MARKER);
    try (OutputStream out = fileSystem().create(marker, true)) {
      out.write("written by jobs/predict\n".getBytes(StandardCharsets.UTF_8));
    }
  }

  private String whyNot(Exception e) {
    if (e instanceof AnalysisException) {
      return TaskFailures.condition(e).filter("PATH_ALREADY_EXISTS"::equals).isPresent()
          ? existsAlready()
          : String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }
    // An I/O failure of the driver's own; in a task it would be Spark's exception.
    return e instanceof IOException ? e.getMessage() : TaskFailures.tag(e);
  }
}
