package io.sparkfed.spark.rows;

import io.sparkfed.spark.cluster.Partitionwise;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.Dependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Partitions of few elements that are made of rows: made as a whole, where nobody but their worker
 * counts the rows. How they are made travels as bytes: what counts for an operator registers with
 * the task that reads it, and that must be an {@link UncountedTask}.
 *
 * @param <T> type of the elements
 */
final class UncountedRdd<T> extends RDD<T> {
  private static final long serialVersionUID = 1L;

  private final transient RDD<T> counted;

  private UncountedRdd(RDD<T> counted) {
    super(counted, UncountedRdd.tag());
    this.counted = counted;
  }

  /** Returns the same elements. What is returned may be persisted: its tasks know it by its id. */
  static <T> JavaRDD<T> of(JavaRDD<T> counted) {
    return Partitionwise.mapped(
        new UncountedRdd<>(counted.rdd()).toJavaRDD(), elements -> elements);
  }

  @Override
  public Partition[] getPartitions() {
    return counted.partitions();
  }

  @Override
  public Iterator<T> compute(Partition split, TaskContext context) {
    throw new IllegalStateException("what travels to the tasks must be the other half");
  }

  /**
   * Tasks get the half without the lineage; the scheduler, at the driver, sees all of it. It is
   * written anew each time, since it is whole only from the scheduler's first look on.
   */
  private Object writeReplace() {
    ByteBuffer bytes = SparkEnv.get().closureSerializer().newInstance().serialize(counted, tag());
    byte[] lineage = new byte[bytes.remaining()];
    bytes.get(lineage);
    return new AtWorker<T>(context(), lineage);
  }

  private static <T> ClassTag<T> tag() {
    return ClassTag$.MODULE$.apply(Object.class);
  }

  private static final class AtWorker<T> extends RDD<T> {
    private static final long serialVersionUID = 1L;

    private final byte[] lineage;

    AtWorker(SparkContext spark, byte[] lineage) {
      super(
          spark,
          CollectionConverters.asScala(List.<Dependency<?>>of()).toSeq(),
          UncountedRdd.tag());
      this.lineage = lineage;
    }

    @Override
    public Partition[] getPartitions() {
      throw new IllegalStateException("only the driver's half knows the partitions");
    }

    @Override
    public Iterator<T> compute(Partition split, TaskContext context) {
      List<T> made =
          UncountedTask.run(
              context,
              uncounted -> {
                RDD<T> counted =
                    SparkEnv.get()
                        .closureSerializer()
                        .newInstance()
                        .deserialize(
                            ByteBuffer.wrap(lineage),
                            Thread.currentThread().getContextClassLoader(),
                            UncountedRdd.tag());
                List<T> elements = new ArrayList<>();
                CollectionConverters.asJava(counted.iterator(split, uncounted))
                    .forEachRemaining(elements::add);
                return elements;
              });
      return CollectionConverters.asScala(made.iterator());
    }
  }
}
