package io.sparkfed.spark.cluster;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.spark.api.java.JavaRDD;

/**
 * What tasks of a local master make, as it is: they run in this process, so that nothing of it has
 * to be written and read again.
 */
public final class LocalResults {
  private static final Map<UUID, List<Object>> TAKEN = new ConcurrentHashMap<>();

  private LocalResults() {}

  /**
   * Returns the elements, in no particular order.
   *
   * @throws IllegalStateException if the master is not a local one
   */
  public static <T> List<T> of(JavaRDD<T> rdd) {
    if (!rdd.context().isLocal()) {
      throw new IllegalStateException("elements can be taken from tasks of this process alone");
    }
    UUID id = UUID.randomUUID();
    List<Object> taken = Collections.synchronizedList(new ArrayList<>());
    TAKEN.put(id, taken);
    try {
      Partitionwise.collected(
          Partitionwise.mapped(
              rdd,
              partition -> {
                partition.forEachRemaining(element -> TAKEN.get(id).add(element));
                return Collections.emptyIterator();
              }));
    } finally {
      TAKEN.remove(id);
    }
    @SuppressWarnings("unchecked")
    List<T> elements = (List<T>) taken;
    return List.copyOf(elements);
  }
}
