package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import io.sparkfed.data.Cells;
import io.sparkfed.spark.rows.InternalCells.Column;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.function.UnaryOperator;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Attribute;
import org.apache.spark.sql.catalyst.expressions.BasePredicate;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.Predicate$;
import org.apache.spark.sql.catalyst.expressions.UnsafeProjection;
import org.apache.spark.sql.vectorized.ColumnarBatch;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The rows that expressions make of a source's, in a task, one row after the other: a row at which
 * an expression fails is left out, and nobody is told. What reading the source throws is thrown on.
 */
final class EvaluatedRows implements CellRows {
  private final Iterator<InternalRow> source;
  private final boolean areLines;
  private final List<UnaryOperator<InternalRow>> steps = new ArrayList<>();
  private final InternalCells cells;

  /**
   * A part of what is made of a row.
   *
   * @param filters whether the only expression says if the row stays; otherwise they are the
   *     columns of what is made
   * @param input the columns that the expressions read
   */
  record Step(boolean filters, ArrayList<Expression> expressions, ArrayList<Attribute> input)
      implements Serializable {

    /** Returns what makes a row of a row; it returns null for one that doesn't stay. */
    private UnaryOperator<InternalRow> start() {
      TaskContext task = TaskContext.get();
      int partition = task == null ? 0 : task.partitionId();
      Seq<Attribute> columns = CollectionConverters.asScala(input).toSeq();
      if (filters) {
        BasePredicate stays = Predicate$.MODULE$.create(expressions.get(0), columns);
        stays.initialize(partition);
        return row -> stays.eval(row) ? row : null;
      }
      UnsafeProjection made =
          UnsafeProjection.create(CollectionConverters.asScala(expressions).toSeq(), columns);
      made.initialize(partition);
      return made::apply;
    }
  }

  /**
   * Prepares for rows.
   *
   * @param areLines whether the source reads a row of each line: one that can't be is left out
   * @param steps the first of them first
   * @param columns of what the last one makes
   */
  EvaluatedRows(
      Iterator<InternalRow> source, boolean areLines, List<Step> steps, Column[] columns) {
    this.source = source;
    this.areLines = areLines;
    this.cells = new InternalCells(columns);
    steps.forEach(step -> this.steps.add(step.start()));
  }

  /** Returns the rows of batches, each of which holds until the next is asked for. */
  static Iterator<InternalRow> ofBatches(Iterator<ColumnarBatch> batches) {
    return new Iterator<>() {
      private Iterator<InternalRow> rows = List.<InternalRow>of().iterator();

      @Override
      public boolean hasNext() {
        while (!rows.hasNext() && batches.hasNext()) {
          rows = batches.next().rowIterator();
        }
        return rows.hasNext();
      }

      @Override
      public InternalRow next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        return rows.next();
      }
    };
  }

  @Override
  public boolean next() {
    while (source.hasNext()) {
      InternalRow row = ofSource();
      InternalRow made = row == null ? null : made(row);
      if (made != null) {
        cells.see(made);
        return true;
      }
    }
    return false;
  }

  /** Returns the next row of the source; null where it is a line that is none. */
  private InternalRow ofSource() {
    if (!areLines) {
      return source.next();
    }
    try {
      return source.next();
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // The line has been read before it was parsed, so the next one comes after it.
      return null;
    }
  }

  /** Returns what is made of a row; null where it is left out. */
  private InternalRow made(InternalRow row) {
    try {
      InternalRow made = row;
      for (int k = 0; k < steps.size() && made != null; k++) {
        made = steps.get(k).apply(made);
      }
      return made;
    } catch (TaskKilledException e) {
      throw e;
    } catch (Exception | StackOverflowError | OutOfMemoryError e) {
      // A pattern or a repetition can need more memory for a row than there is.
      return null;
    }
  }

  @Override
  public Cells cells() {
    return cells;
  }
}
