package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.it.ListenerRecorder;
import java.io.IOException;
import java.util.List;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.apache.spark.sql.api.java.UDF1;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The columns of Parquet tables against those that Spark's own reader finds. */
@Timeout(180)
class ParquetTablesIT extends FormatFiles {
  private static final String OF_MANY_TYPES =
      """
      SELECT double(id) AS x, double(id % 3) AS z, double(id) AS y, float(id) AS f, int(id) AS i,
        smallint(id) AS s, tinyint(id) AS b, id AS l, decimal(id) AS d, string(id) AS t, id > 2 AS o,
        date '2024-01-31' AS day, timestamp '2024-01-31 01:02:03' AS at,
        timestamp_ntz '2024-01-31 01:02:03' AS local, binary(string(id)) AS bytes,
        array(id) AS array, named_struct('x', id) AS struct, map(id, id) AS map, id % 2 AS part
      FROM range(8)
      """;

  private void write(String worker, String... partitionedBy) {
    UDF1<Double, Object> vector = x -> Vectors.dense(x, 1.0);
    Dataset<Row> rows = spark.sql(OF_MANY_TYPES);
    rows.withColumn("v", functions.udf(vector, SQLDataTypes.VectorType()).apply(rows.col("x")))
        .write()
        .partitionBy(partitionedBy)
        .parquet(folder.resolve(worker).toString());
  }

  private List<WorkerTables.Table> open(String settings) throws IOException {
    TrainingConfig config = LocalTraining.config(folder, conf(settings, false));
    return new WorkerTables(spark, config).open(Reading.TO_FIT);
  }

  @Test
  void open_columnsOfManyTypes_areThoseThatSparkFinds_afterOneJob() throws IOException {
    write("a");
    write("b", "part");
    write("c", "part", "t");

    List<WorkerTables.Table> opened;
    int jobs;
    try (ListenerRecorder recorder = new ListenerRecorder(spark)) {
      opened = open("data.format = parquet\n");
      jobs = recorder.jobs().size();
    }

    assertEquals(1, jobs);
    for (WorkerTables.Table table : opened) {
      Dataset<Row> found = spark.read().parquet(folder.resolve(table.worker()).toString());
      assertEquals(found.schema(), table.rows().schema());
      assertEquals(8, table.rows().count());
    }
  }

  @Test
  void open_columnsToBeMerged_areThoseOfAllFiles() throws IOException {
    for (String worker : WORKERS) {
      write(worker);
      spark
          .sql("SELECT 1.5D AS x, 2.5D AS z, 3.5D AS y, 'one' AS more")
          .write()
          .mode(SaveMode.Append)
          .parquet(folder.resolve(worker).toString());
    }

    List<WorkerTables.Table> opened =
        open("data { format = parquet, options.mergeSchema = true }\n");

    for (WorkerTables.Table table : opened) {
      String path = folder.resolve(table.worker()).toString();
      assertEquals(
          spark.read().option("mergeSchema", "true").parquet(path).schema(), table.rows().schema());
    }
  }
}
