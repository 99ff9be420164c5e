package io.sparkfed.spark.cluster;

import java.nio.ByteBuffer;
import java.util.List;
import org.apache.spark.Dependency;
import org.apache.spark.Partition;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.RDDBlockId;
import scala.Option;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The elements of a persisted RDD, as visits see them. A task takes what its executor keeps, and
 * reads how it was made only where it has to be made again: that takes a task longer than a small
 * worker's round, the more the more workers there are, since each table's reading is part of it.
 *
 * @param <H> type of the elements
 */
final class WorkersRdd<H> extends RDD<H> {
  private static final long serialVersionUID = 1L;

  private final transient RDD<H> persisted;
  private final transient AtWorker<H> atWorker;

  WorkersRdd(JavaRDD<H> persisted) {
    super(persisted.rdd(), WorkersRdd.tag());
    this.persisted = persisted.rdd();
    ByteBuffer bytes =
        SparkEnv.get().closureSerializer().newInstance().serialize(this.persisted, tag());
    byte[] lineage = new byte[bytes.remaining()];
    bytes.get(lineage);
    this.atWorker =
        new AtWorker<>(
            context(),
            persisted.id(),
            JavaSparkContext.fromSparkContext(context()).broadcast(lineage));
    setName("spark-federated visit");
  }

  /** Destroys what was sent to the executors. */
  void close() {
    Kept.forget(context(), atWorker.lineage);
  }

  @Override
  public Partition[] getPartitions() {
    return persisted.partitions();
  }

  @Override
  public Iterator<H> compute(Partition split, TaskContext context) {
    throw new IllegalStateException("what travels to the tasks must be the other half");
  }

  /** Tasks get the half without the lineage; the scheduler, at the driver, sees all of it. */
  private Object writeReplace() {
    return atWorker;
  }

  private static <T> ClassTag<T> tag() {
    return ClassTag$.MODULE$.apply(Object.class);
  }

  private static final class AtWorker<H> extends RDD<H> {
    private static final long serialVersionUID = 1L;

    private final int persistedId;
    private final Broadcast<byte[]> lineage;

    AtWorker(SparkContext spark, int persistedId, Broadcast<byte[]> lineage) {
      super(
          spark, CollectionConverters.asScala(List.<Dependency<?>>of()).toSeq(), WorkersRdd.tag());
      this.persistedId = persistedId;
      this.lineage = lineage;
    }

    @Override
    public Partition[] getPartitions() {
      throw new IllegalStateException("only the driver's half knows the partitions");
    }

    @Override
    @SuppressWarnings("unchecked")
    public Iterator<H> compute(Partition split, TaskContext context) {
      Option<BlockResult> kept =
          SparkEnv.get().blockManager().getLocalValues(new RDDBlockId(persistedId, split.index()));
      if (kept.isDefined()) {
        return (Iterator<H>) kept.get().data();
      }
      // Each task reads it for itself, as Spark's own do: sources' readers aren't made for sharing.
      RDD<H> persisted =
          SparkEnv.get()
              .closureSerializer()
              .newInstance()
              .deserialize(
                  ByteBuffer.wrap(lineage.value()),
                  Thread.currentThread().getContextClassLoader(),
                  WorkersRdd.tag());
      return persisted.iterator(split, context);
    }
  }
}
