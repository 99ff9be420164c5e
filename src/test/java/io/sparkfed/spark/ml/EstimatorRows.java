package io.sparkfed.spark.ml;

import io.sparkfed.model.Family;
import io.sparkfed.testing.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/** Rows of three workers, as a table that MLlib's estimators and ours can both be fitted to. */
final class EstimatorRows {
  /** Features on different scales, so that standardizing them matters to a penalty. */
  private static final double[] UNITS = {1.0, 20.0, 0.1};

  private EstimatorRows() {}

  /**
   * Returns {@code features, label, weight, offset, worker}, and the features as {@code x0, x1,
   * x2}.
   */
  static Dataset<Row> of(SparkSession spark, Family family, int rows) {
    Table table = Table.random(1L, rows, UNITS.length, family);
    Random random = new Random(2L);
    List<Row> all = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      double[] x = table.x()[i].clone();
      for (int j = 0; j < x.length; j++) {
        x[j] = x[j] * UNITS[j] + j;
      }
      all.add(
          RowFactory.create(
              Vectors.dense(x),
              family == Family.LINEAR ? 7.0 * table.y()[i] : table.y()[i],
              0.5 + 1.5 * random.nextDouble(),
              random.nextDouble() - 0.5,
              "worker-" + i % 3,
              x[0],
              x[1],
              x[2]));
    }
    return spark.createDataFrame(
        all,
        new StructType()
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType)
            .add("weight", DataTypes.DoubleType)
            .add("offset", DataTypes.DoubleType)
            .add("worker", DataTypes.StringType)
            .add("x0", DataTypes.DoubleType)
            .add("x1", DataTypes.DoubleType)
            .add("x2", DataTypes.DoubleType));
  }
}
