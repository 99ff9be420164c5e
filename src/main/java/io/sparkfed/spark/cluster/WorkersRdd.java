package io.sparkfed.spark.cluster;

import java.nio.ByteBuffer;
import java.util.ArrayList;
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
import org.apache.spark.storage.BlockManager;
import org.apache.spark.storage.BlockResult;
import org.apache.spark.storage.RDDBlockId;
import org.apache.spark.storage.StorageLevel;
import scala.Option;
import scala.collection.Iterator;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * The elements of a persisted RDD, as visits see them. A task takes what its executor keeps, never
 * what another does, and reads how it was made only where it has to be made again: that takes a
 * task longer than a small worker's round, the more the more workers there are, since each table's
 * reading is part of it.
 *
 * @param <H> type of the elements
 */
final class WorkersRdd<H extends Held<?>> extends RDD<H> {
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
            persisted.getStorageLevel(),
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

  private static final class AtWorker<H extends Held<?>> extends RDD<H> {
    private static final long serialVersionUID = 1L;

    private final int persistedId;
    private final StorageLevel level;
    private final Broadcast<byte[]> lineage;

    AtWorker(SparkContext spark, int persistedId, StorageLevel level, Broadcast<byte[]> lineage) {
      super(
          spark, CollectionConverters.asScala(List.<Dependency<?>>of()).toSeq(), WorkersRdd.tag());
      this.persistedId = persistedId;
      this.level = level;
      this.lineage = lineage;
    }

    @Override
    public Partition[] getPartitions() {
      throw new IllegalStateException("only the driver's half knows the partitions");
    }

    @Override
    public Iterator<H> compute(Partition split, TaskContext context) {
      BlockManager blocks = SparkEnv.get().blockManager();
      RDDBlockId block = new RDDBlockId(persistedId, split.index());
      Option<BlockResult> kept = blocks.getLocalValues(block);
      if (kept.isDefined()) {
        @SuppressWarnings("unchecked")
        Iterator<H> values = (Iterator<H>) (Iterator<?>) kept.get().data();
        List<H> elements = elements(values);
        if (elements.stream().noneMatch(Held::isElsewhere)) {
          return CollectionConverters.asScala(elements.iterator());
        }
        // Moved here without what was kept.
        blocks.removeBlock(block, /* tellMaster= */ true);
      }
      List<H> elements = made(split, context);
      keep(blocks, block, elements);
      return CollectionConverters.asScala(elements.iterator());
    }

    /** Spark's own way of making it again would ask other executors for it first. */
    private List<H> made(Partition split, TaskContext context) {
      // Each task reads it for itself, as Spark's own do: sources' readers aren't made for sharing.
      RDD<H> persisted =
          SparkEnv.get()
              .closureSerializer()
              .newInstance()
              .deserialize(
                  ByteBuffer.wrap(lineage.value()),
                  Thread.currentThread().getContextClassLoader(),
                  WorkersRdd.tag());
      return elements(persisted.compute(split, context));
    }

    private void keep(BlockManager blocks, RDDBlockId block, List<H> elements) {
      if (!level.isValid()) {
        return;
      }
      blocks.putIterator(
          block,
          CollectionConverters.asScala(elements.iterator()),
          level,
          /* tellMaster= */ true,
          WorkersRdd.tag());
    }

    private static <H> List<H> elements(Iterator<H> partition) {
      List<H> elements = new ArrayList<>();
      CollectionConverters.asJava(partition).forEachRemaining(elements::add);
      return elements;
    }
  }
}
