package io.sparkfed.spark.cluster;

import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.TaskKilledException;

/**
 * Where a worker's rows may be read and used.
 *
 * @param worker the worker's id
 * @param hosts names or addresses; empty for anywhere
 */
public record Place(String worker, ArrayList<String> hosts) implements Serializable {
  /** How long a refused attempt keeps its core: the next one may be offered the same place. */
  private static final long REFUSAL_MILLIS = 500;

  public static Place anywhere(String worker) {
    return new Place(worker, new ArrayList<>());
  }

  public boolean isAnywhere() {
    return hosts.isEmpty();
  }

  /**
   * A task was placed where its worker's rows must not be. Spark runs it again without counting a
   * failure, so a worker whose host is busy, or gone for a while, costs no attempt; and a
   * speculative attempt that is refused leaves the first one alone.
   */
  static final class MisplacedWorkerException extends TaskKilledException {
    private static final long serialVersionUID = 1L;

    private MisplacedWorkerException(Place place, String host) {
      super(place.rule() + ", and this is " + host);
    }
  }

  /** Returns the rule, for messages. */
  public String rule() {
    return "worker "
        + worker
        + " may run on "
        + String.join(", ", hosts)
        + " only (data.workers."
        + worker
        + ".hosts)";
  }

  /**
   * Called in a task before anything of the worker's is touched.
   *
   * @throws MisplacedWorkerException if the task's host is none of the worker's
   */
  void requireHere() {
    String here = SparkEnv.get().blockManager().blockManagerId().host();
    if (allows(here)) {
      return;
    }
    try {
      Thread.sleep(REFUSAL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new MisplacedWorkerException(this, here);
  }

  /** Returns whether a host, as Spark calls it, is one of the worker's. */
  boolean allows(String host) {
    return isAnywhere() || hosts.stream().anyMatch(own -> isSame(own, host));
  }

  /**
   * Returns the hosts as the scheduler is to know them: as executors there call themselves, and as
   * they were configured.
   *
   * @param executorHosts hosts of the executors that are there
   */
  List<String> preferred(Collection<String> executorHosts) {
    List<String> preferred = new ArrayList<>(hosts);
    executorHosts.stream().filter(this::allows).forEach(preferred::add);
    return preferred.stream().distinct().toList();
  }

  private static boolean isSame(String configured, String host) {
    return configured.equalsIgnoreCase(host)
        || !Collections.disjoint(addresses(configured), addresses(host));
  }

  private static List<InetAddress> addresses(String host) {
    try {
      return Arrays.asList(InetAddress.getAllByName(host));
    } catch (UnknownHostException e) {
      return List.of();
    }
  }
}
