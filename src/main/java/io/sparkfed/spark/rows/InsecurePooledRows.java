package io.sparkfed.spark.rows;

import io.sparkfed.data.Examples;
import io.sparkfed.spark.cluster.SparkFederation;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;

/**
 * The training rows of all workers as one table, which protects nobody: for trials on data that may
 * be pooled.
 */
public final class InsecurePooledRows implements Serializable {
  private static final long serialVersionUID = 1L;

  private InsecurePooledRows() {}

  /** Returns {@code worker, features, label, weight, offset}; valid until the federation closes. */
  public static Dataset<Row> of(SparkSession spark, SparkFederation federation) {
    return spark.createDataFrame(
        federation
            .partitions()
            .flatMap(
                partition ->
                    partition
                        .held()
                        .map(shard -> rows(partition.worker(), shard.train()))
                        .orElse(List.of())
                        .iterator()),
        new StructType()
            .add("worker", DataTypes.StringType)
            .add("features", SQLDataTypes.VectorType())
            .add("label", DataTypes.DoubleType)
            .add("weight", DataTypes.DoubleType)
            .add("offset", DataTypes.DoubleType));
  }

  private static List<Row> rows(String worker, Examples examples) {
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < examples.rows(); i++) {
      double[] x = new double[examples.features()];
      examples.addScaled(i, 1.0, x);
      rows.add(
          RowFactory.create(
              worker, Vectors.dense(x), examples.label(i), examples.weight(i), examples.offset(i)));
    }
    return rows;
  }
}
