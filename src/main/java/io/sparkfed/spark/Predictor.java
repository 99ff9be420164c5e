package io.sparkfed.spark;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.Labels;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Response;
import io.sparkfed.model.Scaling;
import io.sparkfed.model.Standardize;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
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
    /** Standardised by each worker's own training rows. */
    OF_EACH_WORKER
  }

  /** Scoring, as it travels to the tasks. */
  private record Scoring(Response response, ModelShape shape, double[] raw, int parsedWidth)
      implements Serializable {

    static Scoring of(Response response, Coefficients model, int parsedWidth) {
      return new Scoring(response, model.shape(), model.values(), parsedWidth);
    }

    Row append(ParsedRow row, String workerColumn) {
      Row original = row.original();
      int width = original.length() - parsedWidth;
      double[] predictions = response.predictions(row.scores(shape, raw));
      Optional<String> className = response.className(predictions);
      int added = predictions.length + (className.isPresent() ? 1 : 0);
      Object[] values = new Object[width + (workerColumn == null ? 0 : 1) + added];
      for (int k = 0; k < width; k++) {
        values[k] = original.get(parsedWidth + k);
      }
      int at = width;
      if (workerColumn != null) {
        values[at++] = row.worker();
      }
      for (double value : predictions) {
        values[at++] = value;
      }
      if (className.isPresent()) {
        values[at] = className.get();
      }
      return RowFactory.create(values);
    }
  }

  /**
   * Returns the rows with a {@code prediction} column: the mean response, or for a classifier the
   * class, and beside it the {@code probability} of class 1, the {@code margin} of a support vector
   * machine, or {@code probability_0} and so on for softmax; where classes have names, also that of
   * the class as {@code predictedLabel}. Rows of {@code data.workers} also get a {@code worker}
   * column.
   *
   * @throws DataException if a path, a column, a type or a row can't be used
   */
  public Dataset<Row> predict() {
    Response needsLabel = standardizedByWorker ? config.model().response() : null;
    WorkerTables tables = new WorkerTables(spark, config).encodedBy(encoding);
    List<WorkerTables.Table> opened = tables.open(needsLabel);
    FeatureColumns.requireContract(encoding, config.data(), opened);
    List<JavaRDD<Row>> parts = new ArrayList<>();
    StructType schema = null;
    for (WorkerTables.Table table : opened) {
      if (table.rows() == null) {
        continue;
      }
      refuseTakenNames(table);
      RowParser parser = tables.parser(table, needsLabel, true);
      JavaRDD<ParsedRow> parsed = parsed(tables, table, needsLabel, parser);
      refuseFaults(
          parsed,
          model.shape().features(),
          standardizedByWorker ? Units.OF_EACH_WORKER : Units.OF_THE_COLUMNS);
      parts.add(predicted(parsed, table, parser.parsedWidth()));
      StructType own = schemaWithPrediction(table);
      if (schema != null && !schema.equals(own)) {
        throw new DataException(
            "worker " + table.worker() + ": its columns differ from the other workers'");
      }
      schema = own;
    }
    if (schema == null) {
      throw new DataException("no worker holds any row");
    }
    @SuppressWarnings({"unchecked", "rawtypes"})
    JavaRDD<Row> all =
        JavaSparkContext.fromSparkContext(spark.sparkContext())
            .union(parts.toArray(new JavaRDD[0]));
    return spark.createDataFrame(all, schema);
  }

  private JavaRDD<ParsedRow> parsed(
      WorkerTables tables, WorkerTables.Table table, Response needsLabel, RowParser parser) {
    List<Column> columns = new ArrayList<>(tables.parsedColumns(table, needsLabel));
    columns.add(functions.col("*"));
    JavaRDD<Row> rows = table.select(columns);
    if (!standardizedByWorker) {
      return rows.mapPartitionsWithIndex((split, it) -> parser.parse(it, split), false);
    }
    if (table.worker() != null) {
      return rows.coalesce(1, false).mapPartitions(it -> parser.parse(it, 0));
    }
    List<String> workers = tables.workerIds(table);
    return rows.mapPartitionsWithIndex((split, it) -> parser.parse(it, split), false)
        .keyBy(ParsedRow::worker)
        .partitionBy(new WorkerPartitioner(workers))
        .values();
  }

  /** One pass over all rows before the first is written, so that no partial output is left. */
  private static void refuseFaults(JavaRDD<ParsedRow> parsed, int features, Units units) {
    List<DataFault> faults;
    try {
      faults = parsed.mapPartitions(rows -> firstFault(rows, features, units)).collect();
    } catch (Exception e) {
      throw new DataException(
          "the rows could not be read; see the executors' logs", TaskFailures.withoutText(e));
    }
    if (!faults.isEmpty()) {
      throw new DataException(faults.get(0).message());
    }
  }

  private static Iterator<DataFault> firstFault(
      Iterator<ParsedRow> rows, int features, Units units) {
    double trainingWeight = 0.0;
    String worker = null;
    while (rows.hasNext()) {
      ParsedRow row = rows.next();
      if (row.fault() != null) {
        return Collections.singleton(row.fault()).iterator();
      }
      if (row.width() != features) {
        String rule = "its rows must have the model's " + features + " features";
        return Collections.singleton(new DataFault(row.worker(), "", 0, rule)).iterator();
      }
      worker = row.worker();
      trainingWeight += row.part() == Part.TRAIN ? row.weight() : 0.0;
    }
    if (units == Units.OF_EACH_WORKER && worker != null && !(trainingWeight > 0.0)) {
      String rule = "model.standardize = worker needs training rows of each worker, for its units";
      return Collections.singleton(new DataFault(worker, "", 0, rule)).iterator();
    }
    return Collections.emptyIterator();
  }

  private JavaRDD<Row> predicted(
      JavaRDD<ParsedRow> parsed, WorkerTables.Table table, int parsedWidth) {
    Response response = config.model().response();
    String workerColumn = addsWorker(table) ? WORKER : null;
    if (!standardizedByWorker) {
      Scoring scoring = Scoring.of(response, model, parsedWidth);
      return parsed.map(row -> scoring.append(row, workerColumn));
    }
    ShardPacking packing = ShardPacking.of(config);
    ModelShape shape = model.shape();
    double[] standardized = model.values();
    return parsed.mapPartitions(
        it -> {
          List<ParsedRow> rows = new ArrayList<>();
          it.forEachRemaining(rows::add);
          if (rows.isEmpty()) {
            return Collections.emptyIterator();
          }
          Coefficients raw = new Coefficients(shape, ownScaling(rows, packing).toRaw(standardized));
          Scoring scoring = Scoring.of(response, raw, parsedWidth);
          return rows.stream().map(row -> scoring.append(row, workerColumn)).iterator();
        });
  }

  /** Runs at the worker. */
  private static Scaling ownScaling(List<ParsedRow> rows, ShardPacking packing) {
    ShardBuilder builder = packing.builder(rows.get(0).worker(), rows.get(0).width());
    rows.forEach(row -> row.addTo(builder));
    return packing.build(builder, rows.get(0).width()).scaling();
  }

  private void refuseTakenNames(WorkerTables.Table table) {
    for (String column : table.rows().columns()) {
      if (addedColumns().stream().anyMatch(column::equalsIgnoreCase)) {
        throw new DataException(
            (table.worker() == null ? "" : "worker " + table.worker() + ": ")
                + "column "
                + column
                + " exists already, and predictions would be a second one of that name");
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

  private static boolean addsWorker(WorkerTables.Table table) {
    return table.worker() != null
        && Arrays.stream(table.rows().columns()).noneMatch(WORKER::equalsIgnoreCase);
  }

  private StructType schemaWithPrediction(WorkerTables.Table table) {
    List<StructField> fields = new ArrayList<>(Arrays.asList(table.rows().schema().fields()));
    if (addsWorker(table)) {
      fields.add(DataTypes.createStructField(WORKER, DataTypes.StringType, false));
    }
    for (String name : config.model().response().predictionNames()) {
      fields.add(DataTypes.createStructField(name, DataTypes.DoubleType, false));
    }
    if (hasClassNames()) {
      fields.add(DataTypes.createStructField(Response.CLASS_NAME, DataTypes.StringType, false));
    }
    return new StructType(fields.toArray(new StructField[0]));
  }
}
