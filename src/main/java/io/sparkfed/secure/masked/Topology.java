package io.sparkfed.secure.masked;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.WireWriter;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;

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
  SortedSet<String> neighbours(String worker) {
    SortedSet<String> neighbours = new TreeSet<>();
    int n = order.size();
    if (degree == n - 1) {
      neighbours.addAll(order);
      neighbours.remove(worker);
      return neighbours;
    }
    int at = positions.get(worker);
    for (int step = 1; step <= degree / 2; step++) {
      neighbours.add(order.get((at + step) % n));
      neighbours.add(order.get((at - step + n) % n));
    }
    return neighbours;
  }

  /** Returns who holds a share of the worker's self mask: its neighbors and itself, sorted. */
  List<String> holders(String worker) {
    SortedSet<String> holders = neighbours(worker);
    holders.add(worker);
    return List.copyOf(holders);
  }
}
