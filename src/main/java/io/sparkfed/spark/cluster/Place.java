package io.sparkfed.spark.cluster;

import java.io.Serializable;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.apache.spark.TaskKilledException;

/**
 * Where a party's part of a run may be: a worker's rows, or what an aggregator opens.
 *
 * @param party the id of the worker or the aggregator
 * @param role which of the two it is
 * @param hosts names or addresses of hosts, or labels of sites, in any case; empty for anywhere
 */
public record Place(String party, Role role, ArrayList<String> hosts) implements Serializable {
  /** How long a refused attempt keeps its core: the next one may be offered the same place. */
  private static final long REFUSAL_MILLIS = 500;

  /** In a task and at the driver: neither may wait for a name service that doesn't answer. */
  private static final HostAddresses ADDRESSES =
      new HostAddresses(InetAddress::getAllByName, Duration.ofSeconds(2), Duration.ofSeconds(10));

  /** As Spark marks locations that are no hosts. */
  private static final List<String> MARKS = List.of("executor_", "hdfs_cache_");

  /** What a party does. */
  public enum Role {
    WORKER,
    AGGREGATOR
  }

  /** Returns where a worker may be. */
  public static Place ofWorker(String worker, List<String> hosts) {
    return new Place(worker, Role.WORKER, new ArrayList<>(hosts));
  }

  /** Returns where an aggregator may be. */
  public static Place ofAggregator(String aggregator, List<String> hosts) {
    return new Place(aggregator, Role.AGGREGATOR, new ArrayList<>(hosts));
  }

  /** Returns that a worker may be anywhere. */
  public static Place anywhere(String worker) {
    return ofWorker(worker, List.of());
  }

  public boolean isAnywhere() {
    return hosts.isEmpty();
  }

  /**
   * A task was placed where its party must not be. Spark runs it again without counting a failure,
   * so a worker whose host is busy, or gone for a while, costs no attempt; and a speculative
   * attempt that is refused leaves the first one alone.
   */
  static final class MisplacedException extends TaskKilledException {
    private static final long serialVersionUID = 1L;

    private MisplacedException(Place place, Spot spot) {
      super(place.rule() + ", and this is " + spot);
    }
  }

  /** Returns the rule, for messages. */
  public String rule() {
    return (role == Role.WORKER ? "worker " : "aggregator ")
        + party
        + " may run on "
        + String.join(", ", hosts)
        + " only ("
        + key()
        + ")";
  }

  /** Returns the key that gives the place. */
  public String key() {
    return role == Role.WORKER
        ? "data.workers." + party + ".hosts"
        : "aggregation.aggregators." + party;
  }

  /**
   * Called in a task before anything of the party's is touched.
   *
   * @throws MisplacedException if neither the task's host nor its label is one of the party's
   */
  void requireHere() {
    if (isAnywhere()) {
      return;
    }
    Spot here = Spot.here();
    if (allows(here)) {
      return;
    }
    try {
      Thread.sleep(REFUSAL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new MisplacedException(this, here);
  }

  /** Returns whether the party may be at a spot, for its host or for its label. */
  public boolean allows(Spot spot) {
    return isAnywhere()
        || hosts.stream().anyMatch(own -> isNamed(own, spot))
        || hosts.stream().anyMatch(own -> isAddressed(own, spot));
  }

  /** Returns the executors that the party may be at. */
  List<Executor> among(Collection<Executor> executors) {
    if (isAnywhere()) {
      return List.copyOf(executors);
    }
    Set<Executor> allowed = new LinkedHashSet<>();
    for (String own : hosts) {
      List<Executor> named =
          executors.stream().filter(executor -> isNamed(own, executor.spot())).toList();
      // A label is no host's name, and to look one up may take long.
      allowed.addAll(
          named.isEmpty()
              ? executors.stream().filter(executor -> isAddressed(own, executor.spot())).toList()
              : named);
    }
    return List.copyOf(allowed);
  }

  /**
   * Returns the place as the scheduler is to know it: hosts as they were configured and as Spark
   * calls them, and executors that carry a label.
   *
   * @param executors those that are there
   */
  List<String> preferred(Collection<Executor> executors) {
    Set<String> preferred = new LinkedHashSet<>();
    hosts.stream()
        .filter(name -> MARKS.stream().noneMatch(name::startsWith))
        .forEach(preferred::add);
    for (Executor executor : among(executors)) {
      boolean isLabeled = hosts.stream().anyMatch(executor.spot().label()::equalsIgnoreCase);
      preferred.add(isLabeled ? executor.location() : executor.spot().host());
    }
    return List.copyOf(preferred);
  }

  private static boolean isNamed(String configured, Spot spot) {
    return configured.equalsIgnoreCase(spot.label()) || configured.equalsIgnoreCase(spot.host());
  }

  private static boolean isAddressed(String configured, Spot spot) {
    return !Collections.disjoint(ADDRESSES.of(configured), ADDRESSES.of(spot.host()));
  }
}
