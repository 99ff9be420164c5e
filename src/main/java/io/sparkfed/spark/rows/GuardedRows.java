package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import io.sparkfed.data.Cells;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.DataFault.About;
import io.sparkfed.hint.Message;
import io.sparkfed.spark.cluster.TaskFailures;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Iterator;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.TaskKilledException;
import org.apache.spark.rdd.InputFileBlockHolder;

/**
 * The rows of a partition, in a task. Reading and computing them happens inside this iterator, and
 * the text of what Spark throws there can hold the row; so what leaves it says nothing but the kind
 * of failure.
 */
final class GuardedRows implements CellRows {
  private static final System.Logger LOG = System.getLogger(GuardedRows.class.getName());

  private final Iterator<? extends CellRows> runs;
  private CellRows run;

  /** Guards runs of rows, read one after the other. */
  GuardedRows(Iterator<? extends CellRows> runs) {
    this.runs = runs;
  }

  /** A row could not be read or computed. Carries no text of Spark's. */
  static final class UnreadableRowException extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String ofFile;
    private final String file;
    private final boolean isOfFile;

    private UnreadableRowException(Throwable original) {
      super(TaskFailures.tag(original));
      this.file = CsvFiles.shown(decoded(InputFileBlockHolder.getInputFilePath().toString()));
      Throwable cause = original;
      while (cause != null && !(cause instanceof UnreadableFileException)) {
        cause = cause.getCause();
      }
      this.ofFile = cause == null ? null : cause.getMessage();
      this.isOfFile = isOfInput(original);
    }

    /**
     * Returns the fault.
     *
     * @param worker whose row it is; null when that isn't known
     * @param ordinal of the row among those that were read
     */
    DataFault fault(String worker, long ordinal) {
      String owner = worker == null ? "" : worker;
      return ofFile != null
          ? new DataFault(owner, "", ofFile)
          : isOfFile
              ? new DataFault(About.THE_TABLE, owner, file, "", Message.of(rule()))
              : DataFault.ofRow(owner, file, "", ordinal, Message.of(rule()));
    }

    private String rule() {
      return "a row can't be read or computed ("
          + getMessage()
          + "): malformed input or an encoding that Spark doesn't read, or data.derive or"
          + " data.where fails on it";
    }
  }

  /** Spark's readers of files encode their names. */
  private static String decoded(String file) {
    try {
      return file.isEmpty() ? file : new Path(new URI(file)).toString();
    } catch (URISyntaxException | IllegalArgumentException e) {
      return file;
    }
  }

  private interface Step<R> {
    R run() throws Exception;
  }

  @Override
  public boolean next() {
    return guarded(
        () -> {
          while (run == null || !run.next()) {
            if (!runs.hasNext()) {
              return false;
            }
            run = runs.next();
          }
          return true;
        });
  }

  @Override
  public Cells cells() {
    return run.cells();
  }

  @Override
  public int take(int most, int columns, double[] out, int at) {
    return run == null ? 0 : guarded(() -> run.take(most, columns, out, at));
  }

  /** Checked exceptions too: Scala throws them undeclared. */
  private static <R> R guarded(Step<R> step) {
    try {
      return step.run();
    } catch (TaskKilledException e) {
      throw e;
    } catch (Exception e) {
      if (deservesAnotherAttempt(e)) {
        throw new IllegalStateException("rows can't be read: " + TaskFailures.tag(e));
      }
      LOG.log(System.Logger.Level.ERROR, "a row can''t be read: {0}", TaskFailures.tag(e));
      throw new UnreadableRowException(e);
    }
  }

  /** An I/O failure may pass: then the task fails, which has a cluster run it again. */
  static boolean deservesAnotherAttempt(Exception e) {
    TaskContext task = TaskContext.get();
    boolean neverTriedAgain = task == null || "driver".equals(SparkEnv.get().executorId());
    if (neverTriedAgain || task.attemptNumber() > 0) {
      return false;
    }
    return isOfInput(e);
  }

  /** No expression that is allowed reads anything. */
  private static boolean isOfInput(Throwable e) {
    Throwable cause = e;
    while (cause != null && !(cause instanceof IOException)) {
      cause = cause.getCause();
    }
    return cause != null;
  }
}
