package io.sparkfed.benchmark;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.classification.LogisticRegression;
import org.apache.spark.ml.classification.LogisticRegressionModel;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * What {@link WholeBenchmark} compares with, as a script of MLlib's user would do it: read all
 * workers' files as one table, fit, save the model. MLlib's estimator reads the rows twice, and
 * keeps them in blocks the second time. Or a plain scan of the same columns, into nothing.
 *
 * <p>The last line that it prints is an object with the seconds of each part, and the coefficients.
 */
public final class WholePeer {
  private WholePeer() {}

  /**
   * Runs the peer.
   *
   * @param args {@code fit} or {@code scan}, the folder of the rows, their format, the name of the
   *     case in {@link MllibCase}, the folder of the model
   */
  public static void main(String[] args) throws IOException {
    long launched = ManagementFactory.getRuntimeMXBean().getStartTime();
    MllibCase rows = MllibCase.named(args[3]);
    SparkSession spark =
        SparkSession.builder().appName("peer of jobs/benchmark whole").getOrCreate();
    ObjectNode line = new ObjectMapper().createObjectNode();
    try {
      line.put("start", (System.currentTimeMillis() - launched) / 1e3);
      long start = System.nanoTime();
      Dataset<Row> table = table(spark, args[1], args[2], rows);
      if (args[0].equals("scan")) {
        table.write().format("noop").mode("overwrite").save();
        line.put("scan", seconds(start));
      } else {
        fit(table, rows, args[4], line, start);
      }
    } finally {
      spark.stop();
    }
    System.out.println(line);
  }

  private static void fit(
      Dataset<Row> table, MllibCase rows, String folder, ObjectNode line, long start)
      throws IOException {
    Dataset<Row> vectors =
        rows.nonZeros() > 0
            ? table
            : new VectorAssembler()
                .setInputCols(WholeRows.features(rows.features()).toArray(String[]::new))
                .setOutputCol("features")
                .transform(table);
    LogisticRegressionModel model =
        new LogisticRegression()
            .setRegParam(rows.regParam())
            .setStandardization(false)
            .fit(vectors);
    line.put("load and train", seconds(start));
    long trained = System.nanoTime();
    model.write().overwrite().save(folder);
    line.put("write", seconds(trained));
    line.put("intercept", model.intercept());
    var coefficients = line.putArray("coefficients");
    for (double each : model.coefficients().toArray()) {
      coefficients.add(each);
    }
  }

  private static Dataset<Row> table(
      SparkSession spark, String folder, String format, MllibCase rows) {
    DataFrameReader reader = spark.read().format(format);
    List<String> names = WholeRows.features(rows.features());
    if (format.equals("csv")) {
      // The schema is said: to infer it would read everything once more.
      StructType schema = new StructType().add("label", DataTypes.DoubleType);
      for (String name : names) {
        schema = schema.add(name, DataTypes.DoubleType);
      }
      reader = reader.schema(schema).option("header", "true");
    }
    Dataset<Row> table =
        reader.load(WholeRows.workers().stream().map(w -> folder + "/" + w).toArray(String[]::new));
    return rows.nonZeros() > 0
        ? table.select("label", "features")
        : table.select(
            IntStream.rangeClosed(0, names.size())
                .mapToObj(j -> functions.col(j == 0 ? "label" : names.get(j - 1)))
                .toArray(Column[]::new));
  }

  private static double seconds(long start) {
    return (System.nanoTime() - start) / 1e9;
  }
}
