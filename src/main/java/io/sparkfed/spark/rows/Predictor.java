package io.sparkfed.spark.rows;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.Handling;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.EncodedRow;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.Labels;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Response;
import io.sparkfed.model.Standardize;
import io.sparkfed.recipe.ShardPacking;
import io.sparkfed.spark.cluster.TaskFailures;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Adds predictions to the rows a configuration names, at the workers.
 *
 * <p>A model trained with {@code standardize = worker} needs each worker's own scaling: it is
 * computed again from the worker's training rows, so the {@code data} section must be the
 * training's, with labels.
 */
public final class Predictor {
  private static final String WORKER = "worker";

  private final SparkSession spark;
  private final TrainingConfig config;
  private final Coefficients model;
  private final boolean standardizedByWorker;
  private final FeatureEncoding encoding;

  /**
   * Creates a predictor.
   *
   * @param model coefficients in the order of the encoding's features
   * @param encoding how the model's features are made of columns
   */
  public Predictor(
      SparkSession spark,
      TrainingConfig config,
      Coefficients model,
      Standardize standardize,
      FeatureEncoding encoding) {
    this.spark = spark;
    this.config = config;
    this.model = model;
    this.standardizedByWorker = standardize == Standardize.WORKER;
    this.encoding = encoding;
  }

  /** What units a model's features are in. */
  private enum Units {
    OF_THE_COLUMNS,
    /** Standardized by each worker's own training rows. */
    OF_EACH_WORKER
  }

  /** Scoring, as it travels to the tasks. */
  private record Scoring(Response response, ModelShape shape, double[] raw, int parsedWidth)
      implements Serializable {

    boolean isFinite(ParsedRow row) {
      for (double value : response.predictions(row.encoded().scores(shape, raw))) {
        if (!Double.isFinite(value)) {
          return false;
        }
      }
      return true;
    }

    Row append(ParsedRow row, boolean addsWorker) {
      Row original = row.original();
      int width = original.length() - parsedWidth;
      boolean hasNames = response.labels() instanceof Labels.Classes;
      int added = response.predictionNames().size() + (hasNames ? 1 : 0);
      Object[] values = new Object[width + (addsWorker ? 1 : 0) + added];
      for (int k = 0; k < width; k++) {
        values[k] = original.get(parsedWidth + k);
      }
      int at = width;
      if (addsWorker) {
        values[at++] = row.worker();
      }
      if (row.aside() != null) {
        return RowFactory.create(values);
      }
      double[] predictions = response.predictions(row.encoded().scores(shape, raw));
      for (double value : predictions) {
        values[at++] = value;
      }
      Optional<String> className = response.className(predictions);
      if (className.isPresent()) {
        values[at] = className.get();
      }
      return RowFactory.create(values);
    }
  }

  /**
   * What makes a scoring at the worker.
   *
   * @param packing how a worker's rows are packed for its own scaling; null where the model is in
   *     the columns' units
   */
  private record Scorer(
      Response response, ModelShape shape, double[] values, ShardPacking packing, int parsedWidth)
      implements Serializable {

    /** Returns the scoring of rows that have a score, all of one worker. */
    Scoring of(List<ParsedRow> rows) {
      if (packing == null || rows.isEmpty()) {
        return new Scoring(response, shape, values, parsedWidth);
      }
      int width = rows.get(0).encoded().width();
      ShardBuilder builder = packing.builder(rows.get(0).worker(), width);
      rows.forEach(row -> builder.add(row.encoded()));
      double[] raw = packing.build(builder, width).scaling().toRaw(values);
      return new Scoring(response, shape, raw, parsedWidth);
    }
  }

  /**
   * Rows with predictions.
   *
   * @param rows the rows
   * @param notes how many rows have no score, and what was done with them
   */
  public record Predicted(Dataset<Row> rows, List<String> notes) {}

  /** How many rows of a column have no score. */
  private record Aside(Handling handling, String column) implements Serializable {}

  /** What a look at a partition's rows finds: a fault, or how many have no score. */
  private record Look(DataFault fault, HashMap<Aside, Long> aside) implements Serializable {}

  /**
   * Returns the rows with a {@code prediction} column: the mean response, or for a classifier the
   * class, and beside it the {@code probability} of class 1, the {@code margin} of a support vector
   * machine, or {@code probability_0} and so on for softmax; where classes have names, also that of
   * the class as {@code predictedLabel}. Rows of {@code data.workers} also get a {@code worker}
   * column, unless a worker's table has one. The columns are those of all workers, see {@link
   * UnitedColumns}.
   *
   * @param schemaCheck is told the columns before any row is read, and may refuse them
   * @throws DataException if a path, a column, a type or a row can't be used
   */
  public Predicted predict(Consumer<StructType> schemaCheck) {
    Response needsLabel = standardizedByWorker ? config.model().response() : null;
    Reading reading = standardizedByWorker ? Reading.TO_SCALE_AND_PREDICT : Reading.TO_PREDICT;
    WorkerTables tables = new WorkerTables(spark, config);
    RowColumns parsedColumns = RowColumns.encodedBy(encoding, config.data());
    List<WorkerTables.Table> opened =
        tables.open(reading).stream().filter(table -> table.rows() != null).toList();
    FeatureColumns.requireContract(encoding, config.data(), opened);
    if (opened.isEmpty()) {
      throw new DataException("no worker holds any row");
    }
    opened.forEach(this::refuseTakenNames);
    UnitedColumns united = new UnitedColumns(opened);
    boolean addsWorker = opened.get(0).worker() != null && !united.contains(WORKER);
    StructType schema = schemaWithPrediction(united, addsWorker);
    schemaCheck.accept(schema);
    List<JavaRDD<Row>> parts = new ArrayList<>();
    Units units = standardizedByWorker ? Units.OF_EACH_WORKER : Units.OF_THE_COLUMNS;
    SortedMap<String, Long> skipped = new TreeMap<>();
    SortedMap<String, Long> kept = new TreeMap<>();
    for (WorkerTables.Table table : opened) {
      RowParser parser =
          parsedColumns.parser(table, needsLabel).toPredict(Lenience.of(config.predictions()));
      JavaRDD<ParsedRow> parsed =
          parsed(tables, table, parsedColumns.of(table, needsLabel), parser, united.of(table));
      look(parsed, units, scorer(parser.parsedWidth()))
          .forEach(
              (aside, rows) ->
                  (aside.handling() == Handling.SKIP ? skipped : kept)
                      .merge(aside.column(), rows, Long::sum));
      parts.add(predicted(parsed, parser.parsedWidth(), addsWorker));
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    JavaRDD<Row> all =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .union(parts.toArray(new JavaRDD[0]));
    List<String> notes = new ArrayList<>();
    note("rows left out", skipped, notes);
    note("rows without a prediction", kept, notes);
    return new Predicted(spark.createDataFrame(all, schema), List.copyOf(notes));
  }

  private static void note(String what, SortedMap<String, Long> byColumn, List<String> notes) {
    long rows = byColumn.values().stream().mapToLong(Long::longValue).sum();
    if (rows > 0) {
      List<String> columns = new ArrayList<>();
      byColumn.forEach((column, count) -> columns.add("column " + column + " " + count));
      notes.add(what + ": " + rows + " (" + String.join(", ", columns) + ")");
    }
  }

  private JavaRDD<ParsedRow> parsed(
      WorkerTables tables,
      WorkerTables.Table table,
      List<Column> parsed,
      RowParser parser,
      List<Column> original) {
    List<Column> columns = new ArrayList<>(parsed);
    columns.addAll(original);
    JavaRDD<Row> rows = table.selectRows(columns);
    if (!standardizedByWorker) {
      return rows.mapPartitions(it -> ParsedRow.parse(parser, it));
    }
    if (table.worker() != null) {
      return rows.coalesce(1, false).mapPartitions(it -> ParsedRow.parse(parser, it));
    }
    List<String> workers = tables.workerIds(table, false);
    return rows.mapPartitions(it -> ParsedRow.parse(parser, it))
        .keyBy(ParsedRow::worker)
        .partitionBy(new WorkerPartitioner(workers))
        .values();
  }

  /** One pass over all rows before the first is written, so that no partial output is left. */
  private Map<Aside, Long> look(JavaRDD<ParsedRow> parsed, Units units, Scorer scorer) {
    List<Look> looks;
    try {
      looks = parsed.mapPartitions(rows -> List.of(look(rows, units, scorer)).iterator()).collect();
    } catch (Exception e) {
      throw new DataException(
          "the rows could not be read; see the executors' logs", TaskFailures.withoutText(e));
    }
    Map<Aside, Long> aside = new HashMap<>();
    for (Look look : looks) {
      ToldFaults.refuse(Collections.singletonList(look.fault()), config);
      look.aside().forEach((what, rows) -> aside.merge(what, rows, Long::sum));
    }
    return aside;
  }

  /** Runs at the worker. */
  private static Look look(Iterator<ParsedRow> rows, Units units, Scorer scorer) {
    HashMap<Aside, Long> aside = new HashMap<>();
    int features = scorer.shape().features();
    Scoring scoring = units == Units.OF_THE_COLUMNS ? scorer.of(List.of()) : null;
    List<ParsedRow> scored = new ArrayList<>();
    List<Long> ordinals = new ArrayList<>();
    long infinite = 0;
    long ordinal = 0;
    double trainingWeight = 0.0;
    String worker = null;
    while (rows.hasNext()) {
      ParsedRow row = rows.next();
      ordinal++;
      if (row.fault() != null) {
        return new Look(row.fault(), aside);
      }
      if (row.aside() != null) {
        aside.merge(new Aside(row.aside(), row.asideColumn()), 1L, Long::sum);
        continue;
      }
      EncodedRow encoded = row.encoded();
      if (encoded.width() != features) {
        String rule =
            "its rows must have the model's "
                + features
                + " features (for libsvm set data.options.numFeatures)";
        return new Look(new DataFault(row.worker(), "", rule), aside);
      }
      worker = row.worker();
      trainingWeight += encoded.part() == Part.TRAIN ? encoded.weight() : 0.0;
      if (scoring == null) {
        scored.add(row);
        ordinals.add(ordinal);
      } else if (infinite == 0 && !scoring.isFinite(row)) {
        infinite = ordinal;
      }
    }
    if (units == Units.OF_EACH_WORKER && worker != null && !(trainingWeight > 0.0)) {
      String rule = "model.standardize = worker needs training rows of each worker, for its units";
      return new Look(new DataFault(worker, "", rule), aside);
    }
    if (!scored.isEmpty()) {
      Scoring own = scorer.of(scored);
      for (int k = 0; k < scored.size() && infinite == 0; k++) {
        if (!own.isFinite(scored.get(k))) {
          infinite = ordinals.get(k);
        }
      }
    }
    if (infinite > 0) {
      String rule =
          "a prediction must be a finite number, and the row's features are too large for that";
      return new Look(DataFault.ofRow(worker, "", infinite, rule), aside);
    }
    return new Look(null, aside);
  }

  private Scorer scorer(int parsedWidth) {
    return new Scorer(
        config.model().response(),
        model.shape(),
        model.values(),
        standardizedByWorker ? ShardPacking.of(config) : null,
        parsedWidth);
  }

  private JavaRDD<Row> predicted(JavaRDD<ParsedRow> parsed, int parsedWidth, boolean addsWorker) {
    Scorer scorer = scorer(parsedWidth);
    JavaRDD<ParsedRow> written = parsed.filter(row -> row.aside() != Handling.SKIP);
    if (!standardizedByWorker) {
      Scoring scoring = scorer.of(List.of());
      return written.map(row -> scoring.append(row, addsWorker));
    }
    return written.mapPartitions(
        it -> {
          List<ParsedRow> rows = new ArrayList<>();
          it.forEachRemaining(rows::add);
          List<ParsedRow> scored = rows.stream().filter(row -> row.aside() == null).toList();
          Scoring scoring = scorer.of(scored);
          return rows.stream().map(row -> scoring.append(row, addsWorker)).iterator();
        });
  }

  private void refuseTakenNames(WorkerTables.Table table) {
    for (String column : table.rows().columns()) {
      if (addedColumns().stream().anyMatch(column::equalsIgnoreCase)) {
        throw new DataException(
            (table.worker() == null ? "" : "worker " + table.worker() + ": ")
                + "column "
                + column
                + " exists already, so predictions can't be written under that name");
      }
    }
  }

  private List<String> addedColumns() {
    List<String> added = new ArrayList<>(config.model().response().predictionNames());
    if (hasClassNames()) {
      added.add(Response.CLASS_NAME);
    }
    return added;
  }

  private boolean hasClassNames() {
    return config.model().labels() instanceof Labels.Classes;
  }

  private StructType schemaWithPrediction(UnitedColumns united, boolean addsWorker) {
    List<StructField> fields = new ArrayList<>(united.fields());
    if (addsWorker) {
      fields.add(DataTypes.createStructField(WORKER, DataTypes.StringType, false));
    }
    for (String name : config.model().response().predictionNames()) {
      fields.add(DataTypes.createStructField(name, DataTypes.DoubleType, true));
    }
    if (hasClassNames()) {
      fields.add(DataTypes.createStructField(Response.CLASS_NAME, DataTypes.StringType, true));
    }
    return new StructType(fields.toArray(new StructField[0]));
  }
}
