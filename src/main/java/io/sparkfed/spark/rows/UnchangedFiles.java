package io.sparkfed.spark.rows;

import io.sparkfed.spark.cluster.TaskFailures;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.QueryExecution;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.util.SerializableConfiguration;
import scala.collection.AbstractIterator;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * What Spark's own readers make of files, refused at its end if one of the files is no longer what
 * it was when it was listed. Spark reads the bytes that were listed: of a file that has grown since
 * it leaves rows out, and a task that is run again may read other rows than the first one did.
 */
final class UnchangedFiles<T> extends RDD<T> {
  private static final long serialVersionUID = 1L;

  private static final long SECOND = 1000;

  private final Broadcast<SerializableConfiguration> hadoop;

  private UnchangedFiles(RDD<T> below, Broadcast<SerializableConfiguration> hadoop) {
    super(below, below.elementClassTag());
    this.hadoop = hadoop;
  }

  /**
   * Returns the elements that an execution makes, with that check if they are of files.
   *
   * @param elements in the partitions that the files are read in
   */
  static <T> RDD<T> of(RDD<T> elements, QueryExecution execution) {
    for (LogicalPlan leaf :
        CollectionConverters.asJava(execution.optimizedPlan().collectLeaves())) {
      if (leaf instanceof LogicalRelation table
          && table.relation() instanceof HadoopFsRelation relation) {
        Configuration hadoop =
            execution.sparkSession().sessionState().newHadoopConfWithOptions(relation.options());
        return new UnchangedFiles<>(
            elements,
            JavaSparkContext.fromSparkContext(elements.context())
                .broadcast(new SerializableConfiguration(hadoop)));
      }
    }
    return elements;
  }

  /**
   * Checks a file that has been read, where it was read.
   *
   * @param length its bytes when it was listed
   * @param modified when it had been changed last, in milliseconds since 1970
   * @throws UnreadableFileException if it isn't that any more
   */
  static void require(Path file, long length, long modified, Configuration hadoop) {
    String shown = "file " + CsvFiles.shown(file.toString());
    FileStatus now;
    try {
      now = file.getFileSystem(hadoop).getFileStatus(file);
    } catch (FileNotFoundException e) {
      throw new UnreadableFileException(shown + ": was removed while it was in use");
    } catch (IOException e) {
      throw new UnreadableFileException(shown + ": can't be reached: " + TaskFailures.tag(e), e);
    }
    if (now.getLen() != length || !isSame(now.getModificationTime(), modified)) {
      throw new UnreadableFileException(
          shown + ": has changed since it was listed; start again when nobody writes to it");
    }
  }

  /** Some stores tell fractions of a second in lists of files alone. */
  private static boolean isSame(long modified, long before) {
    return (modified % SECOND == 0 || before % SECOND == 0)
        ? modified / SECOND == before / SECOND
        : modified == before;
  }

  private RDD<T> below() {
    return firstParent(elementClassTag());
  }

  @Override
  public Iterator<T> compute(Partition partition, TaskContext task) {
    Iterator<T> elements = below().iterator(partition, task);
    return partition instanceof FilePartition read
        ? new Checked<>(elements, List.of(read.files()), hadoop)
        : elements;
  }

  @Override
  public Partition[] getPartitions() {
    return below().partitions();
  }

  private static final class Checked<T> extends AbstractIterator<T> {
    private final Iterator<T> elements;
    private final Broadcast<SerializableConfiguration> hadoop;
    private List<PartitionedFile> unchecked;

    Checked(
        Iterator<T> elements,
        List<PartitionedFile> files,
        Broadcast<SerializableConfiguration> hadoop) {
      this.elements = elements;
      this.unchecked = files;
      this.hadoop = hadoop;
    }

    @Override
    public boolean hasNext() {
      boolean more;
      try {
        more = elements.hasNext();
      } catch (Exception e) {
        requireUnchanged();
        throw e;
      }
      if (!more) {
        requireUnchanged();
      }
      return more;
    }

    @Override
    public T next() {
      try {
        return elements.next();
      } catch (Exception e) {
        requireUnchanged();
        throw e;
      }
    }

    /** What goes wrong with a file may come of its change. */
    private void requireUnchanged() {
      for (PartitionedFile file : unchecked) {
        require(file.toPath(), file.fileSize(), file.modificationTime(), hadoop.value().value());
      }
      unchecked = List.of();
    }
  }
}
