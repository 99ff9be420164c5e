package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.WireWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Who masks with whom: a Harary graph of degree k over the ids in an order that anyone can
 * recompute from public bytes, or everybody with everybody. It is the same in all sums of a cohort,
 * and only as random as what it follows from: a driver can leave workers out, and without a roster
 * one that works together with a worker can have it try one card after the other.
 */
final class Topology {
  private final List<String> order;
  private final Map<String, Integer> positions = new HashMap<>();
  private final int degree;
  private final Map<String, Near> near = new ConcurrentHashMap<>();

  private record Near(List<String> neighbours, List<String> holders) {}

  /**
   * Arranges the workers.
   *
   * @param workers ids of U0
   * @param seed public bytes that fix the order
   * @param degree number of neighbors of each, even or one less than there are workers
   */
  Topology(List<String> workers, byte[] seed, int degree) {
    Map<String, BigInteger> keys = new HashMap<>();
    for (String worker : workers) {
      byte[] digest = Kdf.sha256(new WireWriter().bytes(seed).text(worker).toByteArray());
      keys.put(worker, new BigInteger(1, digest));
    }
    this.order = new ArrayList<>(workers);
    order.sort(Comparator.comparing(keys::get));
    for (int i = 0; i < order.size(); i++) {
      positions.put(order.get(i), i);
    }
    this.degree = degree;
  }

  /** Returns N(worker), sorted. */
  List<String> neighbours(String worker) {
    return near(worker).neighbours();
  }

  /** Returns who holds a share of the worker's self mask: its neighbors and itself, sorted. */
  List<String> holders(String worker) {
    return near(worker).holders();
  }

  private Near near(String worker) {
    return near.computeIfAbsent(worker, this::found);
  }

  private Near found(String worker) {
    int n = order.size();
    int at = positions.get(worker);
    List<String> neighbours =
        IntStream.rangeClosed(1, (degree + 1) / 2)
            .flatMap(step -> IntStream.of(at + step, at - step + n))
            .mapToObj(position -> order.get(position % n))
            .filter(other -> !other.equals(worker))
            .distinct()
            .sorted()
            .toList();
    return new Near(
        neighbours, Stream.concat(neighbours.stream(), Stream.of(worker)).sorted().toList());
  }
}
