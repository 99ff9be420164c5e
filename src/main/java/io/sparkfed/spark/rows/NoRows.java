package io.sparkfed.spark.rows;

import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.TableScan;
import org.apache.spark.sql.types.StructType;
import scala.reflect.ClassTag$;

/** A table without rows of which Spark doesn't know it: it plans as for any. */
final class NoRows extends BaseRelation implements TableScan {
  private final SQLContext context;
  private final StructType schema;

  private NoRows(SQLContext context, StructType schema) {
    this.context = context;
    this.schema = schema;
  }

  /** Returns one with a table's columns. */
  static Dataset<Row> like(Dataset<Row> rows) {
    NoRows none = new NoRows(rows.sparkSession().sqlContext(), rows.schema());
    return rows.sparkSession().baseRelationToDataFrame(none);
  }

  @Override
  public SQLContext sqlContext() {
    return context;
  }

  @Override
  public StructType schema() {
    return schema;
  }

  @Override
  public boolean needConversion() {
    return false;
  }

  @Override
  public RDD<Row> buildScan() {
    return context.sparkContext().emptyRDD(ClassTag$.MODULE$.<Row>apply(Row.class));
  }
}
