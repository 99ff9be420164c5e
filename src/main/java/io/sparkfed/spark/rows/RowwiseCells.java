package io.sparkfed.spark.rows;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.data.CellRows;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.rows.EvaluatedRows.Step;
import io.sparkfed.spark.rows.InternalCells.Column;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.FileSourceScanExec;
import org.apache.spark.sql.execution.FilterExec;
import org.apache.spark.sql.execution.ProjectExec;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.RowDataSourceScanExec;
import org.apache.spark.sql.execution.SparkPlan;
import org.apache.spark.sql.execution.datasources.v2.DataSourceV2ScanExecBase;
import org.apache.spark.sql.types.StructField;
import scala.collection.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The cells of a table's hidden rows, in the tasks that read them. Spark's own query ends at the
 * first row at which an expression fails, and code that it makes of a query can't go on behind it;
 * so what its planner makes of the expressions is evaluated here, for each row by itself.
 */
final class RowwiseCells {
  /** The format whose reader makes each row of a line, which may be none. */
  static final String LINES = "libsvm";

  private RowwiseCells() {}

  /**
   * Returns the rows at which nothing fails.
   *
   * @param selected a table, whose columns are the cells
   * @param isComputed whether expressions of the configuration's are among what makes it
   * @throws ConfigurationException if they are, and the table's source may evaluate them itself
   */
  static JavaRDD<CellRows> of(Dataset<Row> selected, boolean isComputed) {
    QueryExecution execution = selected.queryExecution();
    SparkPlan below = execution.sparkPlan();
    ArrayList<Step> steps = new ArrayList<>();
    while (below instanceof ProjectExec || below instanceof FilterExec) {
      SparkPlan child = CollectionConverters.asJava(below.children()).get(0);
      steps.add(
          0,
          below instanceof ProjectExec project
              ? step(false, project.projectList(), child)
              : step(true, one(((FilterExec) below).condition()), child));
      below = child;
    }
    if (isComputed && mayCompute(below)) {
      throw new ConfigurationException(
          "data.derive and data.where must not be set where rows are hidden (privacy.unit) and a source other"
              + " than files may evaluate them itself: one row at which they fail would end the run."
              + " Make the columns at the source");
    }
    boolean areLines =
        below instanceof FileSourceScanExec files
            && FileFormats.isNamed(files.relation().fileFormat(), LINES);
    boolean isPlain = !isComputed && !areLines && areColumns(steps);
    if (isPlain || !below.children().isEmpty()) {
      return TableCells.of(selected);
    }
    StructField[] fields = selected.schema().fields();
    Column[] columns = new Column[fields.length];
    for (int j = 0; j < fields.length; j++) {
      columns[j] = Column.of(j, fields[j].dataType());
    }
    boolean areBatches = below.supportsColumnar();
    return Partitionwise.mapped(
        TableCells.inSession(source(below, areBatches), execution),
        it ->
            TableCells.one(
                new EvaluatedRows(
                    areBatches ? EvaluatedRows.ofBatches(TableCells.batches(it)) : it,
                    areLines,
                    steps,
                    columns)));
  }

  private static boolean areColumns(List<Step> steps) {
    return steps.stream()
        .allMatch(
            step ->
                !step.filters()
                    && step.expressions().stream().allMatch(Attribute.class::isInstance));
  }

  private static RDD<?> source(SparkPlan source, boolean areBatches) {
    if (areBatches) {
      return source.executeColumnar();
    }
    if (source instanceof RowDataSourceScanExec scan) {
      return scan.rdd();
    }
    return source instanceof FileSourceScanExec files ? files.inputRDD() : source.execute();
  }

  /** Whether a source may be handed expressions, which then fail where nobody can catch it. */
  private static boolean mayCompute(SparkPlan source) {
    return source instanceof DataSourceV2ScanExecBase
        || !source.children().isEmpty()
        || (source instanceof RowDataSourceScanExec scan
            && !(scan.relation() instanceof CellSource));
  }

  private static Seq<Expression> one(Expression expression) {
    return CollectionConverters.asScala(List.of(expression));
  }

  private static Step step(boolean filters, Seq<?> made, SparkPlan child) {
    // What Scala knows to be an expression as well has a type of its own in Java.
    ArrayList<Expression> expressions = new ArrayList<>();
    CollectionConverters.asJava(made).forEach(one -> expressions.add((Expression) one));
    List<Attribute> input = CollectionConverters.asJava(child.output());
    return new Step(filters, expressions, new ArrayList<>(input));
  }
}
