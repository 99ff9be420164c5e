package io.sparkfed.spark.agents;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.spark.cluster.Occupancy;
import io.sparkfed.spark.cluster.PartitionFederation;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.VisitBounds;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.storage.StorageLevel;

/**
 * Tasks on the workers' hosts as relays: the partition of a worker is an address, without a row.
 */
public final class SparkRelays implements AgentRelays {
  private final PartitionFederation<AgentEndpoint> agents;

  /**
   * Places the addresses.
   *
   * @param endpoints how agents are reached, by worker
   * @param places where each worker's agent can be reached, sorted by worker
   */
  public SparkRelays(
      JavaSparkContext spark,
      Map<String, AgentEndpoint> endpoints,
      List<Place> places,
      VisitBounds bounds) {
    List<AgentAt> each = new ArrayList<>();
    places.forEach(p -> each.add(new AgentAt(p.party(), endpoints.get(p.party()))));
    JavaRDD<AgentAt> partitions =
        spark
            .parallelize(each, each.size())
            .setName("spark-federated agents")
            .persist(StorageLevel.MEMORY_ONLY());
    this.agents =
        new PartitionFederation<>(
            spark,
            partitions,
            Occupancy.ONE_WORKER,
            places.stream().allMatch(Place::isAnywhere) ? List.of() : places,
            places.stream().map(Place::party).toList(),
            bounds);
  }

  @Override
  public List<Relayed> ask(Visit visit, byte[] request, List<byte[]> opening) {
    return agents.visit(visit, new RelayTask(request, opening));
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    return agents.visitAggregators(visit, task);
  }

  @Override
  public void close() {
    agents.close();
  }
}
