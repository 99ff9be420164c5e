package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.rows.InternalCells.Column;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.Project;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.SQLExecutionRDD;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.columnar.InMemoryTableScanExec;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2ScanExecBase;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The cells of a table's rows, in the tasks that read them. A table whose columns are taken as its
 * source has them is read as the source hands it out, in batches of columns where it can, without a
 * query that makes rows of Spark's of them; any other is what its query makes.
 */
final class TableCells {
  private TableCells() {}

  /**
   * Returns the rows, one element for each partition that the table is read in.
   *
   * @param selected a table, whose columns are the cells
   */
  static JavaRDD<CellRows> of(Dataset<Row> selected) {
    QueryExecution execution = selected.queryExecution();
    Optional<JavaRDD<CellRows>> own = ofSource(execution.optimizedPlan());
    if (own.isPresent()) {
      return own.get();
    }
    Optional<Scan> scan = Scan.of(execution.sparkPlan());
    Optional<JavaRDD<CellRows>> scanned = scan.flatMap(whole -> scanned(whole, execution));
    if (scanned.isPresent()) {
      return scanned.get();
    }
    StructField[] fields = selected.schema().fields();
    Column[] columns = new Column[fields.length];
    for (int j = 0; j < fields.length; j++) {
      columns[j] = Column.of(j, fields[j].dataType());
    }
    return Partitionwise.mapped(
        UnchangedFiles.of(execution.toRdd(), execution).toJavaRDD(),
        it -> one(new InternalRows(it, columns)));
  }

  /**
   * Returns the same of files as Spark's own readers hand them out; empty where the rows are made
   * in another way. What is returned hands its partitions through to those readers.
   */
  static Optional<JavaRDD<CellRows>> ofFiles(Dataset<Row> selected) {
    QueryExecution execution = selected.queryExecution();
    return Scan.of(execution.sparkPlan())
        .filter(scan -> scan.leaf() instanceof FileSourceScanExec)
        .flatMap(scan -> scanned(scan, execution));
  }

  private static Optional<JavaRDD<CellRows>> scanned(Scan scan, QueryExecution execution) {
    Column[] columns = scan.columns();
    if (scan.leaf().supportsColumnar()) {
      return Optional.of(
          Partitionwise.mapped(
              inSession(scan.leaf().executeColumnar(), execution),
              it -> one(new BatchRows(batches(it), columns))));
    }
    return scan.leaf() instanceof FileSourceScanExec files
        ? Optional.of(
            Partitionwise.mapped(
                inSession(files.inputRDD(), execution), it -> one(new InternalRows(it, columns))))
        : Optional.empty();
  }

  /** Returns rows as the only element of a partition. */
  static Iterator<CellRows> one(CellRows rows) {
    return List.of(rows).iterator();
  }

  /** Returns rows in whose tasks the settings of the session hold, as they do for a query's. */
  static JavaRDD<InternalRow> inSession(RDD<?> rows, QueryExecution execution) {
    // What is handed through isn't looked at.
    @SuppressWarnings("unchecked")
    RDD<InternalRow> any = UnchangedFiles.of((RDD<InternalRow>) rows, execution);
    return new SQLExecutionRDD(any, execution.sparkSession().sessionState().conf()).toJavaRDD();
  }

  /** Returns elements that are batches, though their type says that they are rows. */
  @SuppressWarnings("unchecked")
  static Iterator<ColumnarBatch> batches(Iterator<?> elements) {
    return (Iterator<ColumnarBatch>) elements;
  }

  /** Returns the cells of a relation that has them itself, if only columns are taken of it. */
  private static Optional<JavaRDD<CellRows>> ofSource(LogicalPlan plan) {
    LogicalPlan below = plan;
    while (below instanceof Project project && areColumns(project.projectList())) {
      below = project.child();
    }
    if (!(below instanceof LogicalRelation relation)
        || !(relation.relation() instanceof CellSource source)) {
      return Optional.empty();
    }
    List<String> names = new ArrayList<>();
    for (Attribute attribute : CollectionConverters.asJava(plan.output())) {
      names.add(relation.relation().schema().fieldNames()[place(attribute, relation.output())]);
    }
    return Optional.of(source.cells(names));
  }

  private static boolean areColumns(Seq<?> expressions) {
    return expressions.forall(Attribute.class::isInstance);
  }

  /** Returns where an attribute is among others. */
  private static int place(Attribute attribute, Seq<? extends Attribute> among) {
    return among.indexWhere(other -> other.exprId().equals(attribute.exprId()));
  }

  /**
   * What hands out a table's columns as they are.
   *
   * @param leaf the operator that does
   * @param columns which of its columns these are
   */
  private record Scan(SparkPlan leaf, Column[] columns) {

    static Optional<Scan> of(SparkPlan plan) {
      SparkPlan below = plan;
      while (below instanceof ProjectExec project && areColumns(project.projectList())) {
        below = project.child();
      }
      if (!(below instanceof FileSourceScanExec
          || below instanceof InMemoryTableScanExec
          || below instanceof DataSourceV2ScanExecBase)) {
        return Optional.empty();
      }
      List<Column> columns = new ArrayList<>();
      for (Attribute attribute : CollectionConverters.asJava(plan.output())) {
        columns.add(Column.of(place(attribute, below.output()), attribute.dataType()));
      }
      return Optional.of(new Scan(below, columns.toArray(new Column[0])));
    }
  }
}
