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
 * Who masks with whom: everybody with everybody up to {@value #FULL_GRAPH_LIMIT} workers, above
 * that a Harary graph of degree k over the ids in an order that anyone can recompute from public
 * bytes.
 */
final class Topology {
  static final int FULL_GRAPH_LIMIT = 128;

  /**
   * Degree and threshold for 10 % corrupted and 10 % dropped workers with 40 bits of privacy and 20
   * bits of correctness, semi-honest: most workers, k, t.
   */
  private static final int[][] SPARSE = {
    {200, 34, 19}, {500, 42, 24}, {1000, 48, 27}, {10_000, 54, 31}, {1_000_000, 64, 37}
  };

  private final List<String> order;
  private final Map<String, Integer> positions = new HashMap<>();
  private final int degree;

  /**
   * Arranges the workers.
   *
   * @param workers ids of U0
   * @param seed public bytes that fix the order
   */
  Topology(List<String> workers, byte[] seed) {
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
    this.degree = degree(order.size());
  }

  /** Returns the number of neighbors of each of n workers. */
  static int degree(int n) {
    return n <= FULL_GRAPH_LIMIT ? n - 1 : row(n)[1];
  }

  /** Returns how many holders must give their shares: floor(2n/3) + 1 in the full graph. */
  static int threshold(int n) {
    return n <= FULL_GRAPH_LIMIT ? 2 * n / 3 + 1 : row(n)[2];
  }

  private static int[] row(int n) {
    for (int[] row : SPARSE) {
      if (n <= row[0]) {
        return row;
      }
    }
    throw new IllegalArgumentException("at most 1000000 workers. Provided: " + n);
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

  /** Returns who holds a share of the worker's secrets: its neighbors and itself, sorted. */
  List<String> holders(String worker) {
    SortedSet<String> holders = neighbours(worker);
    holders.add(worker);
    return List.copyOf(holders);
  }
}
