package io.sparkfed.benchmark;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.ml.functions;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * Writes the rows of a case of {@link WholeBenchmark}: one folder for each worker, {@code label}
 * and either a column for each feature or a vector {@code features}.
 */
public final class WholeRows {
  private WholeRows() {}

  /**
   * Writes the rows.
   *
   * @param args the folder, the format, the name of the case in {@link MllibCase}, and the number
   *     of rows
   */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    MllibCase rows = MllibCase.named(args[2]).withRows(Integer.parseInt(args[3]));
    SparkSession spark = SparkSession.builder().appName("jobs/benchmark whole").getOrCreate();
    try {
      Path written = folder.resolveSibling(folder.getFileName() + ".written");
      columns(rows, rows.generate(spark))
          .write()
          .format(args[1])
          .option("header", "true")
          .mode("overwrite")
          .partitionBy("worker")
          .save(written.toString());
      Files.createDirectories(folder);
      for (String worker : workers()) {
        Files.move(written.resolve("worker=" + worker), folder.resolve(worker));
      }
    } finally {
      spark.stop();
    }
  }

  static List<String> workers() {
    return IntStream.range(0, MllibCase.WORKERS).mapToObj(w -> "w" + w).toList();
  }

  static List<String> features(int count) {
    return IntStream.range(0, count).mapToObj(j -> "x" + j).toList();
  }

  private static Dataset<Row> columns(MllibCase rows, Dataset<Row> table) {
    if (rows.nonZeros() > 0) {
      return table;
    }
    Column values = functions.vector_to_array(table.col("features"), "float64");
    List<Column> columns = new ArrayList<>(List.of(table.col("worker"), table.col("label")));
    List<String> names = features(rows.features());
    for (int j = 0; j < names.size(); j++) {
      columns.add(values.getItem(j).as(names.get(j)));
    }
    return table.select(columns.toArray(Column[]::new));
  }
}
