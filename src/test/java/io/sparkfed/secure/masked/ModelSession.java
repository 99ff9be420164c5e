package io.sparkfed.secure.masked;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * A session as a model: who masks with whom, and what an attacker knows when each worker was told
 * of some set of survivors. Workers are numbers, sets of them bits. All send their masked vectors,
 * since one more only tells more.
 *
 * @param neighbors by worker; none for one that is not in U0
 * @param threshold t
 */
record ModelSession(List<Integer> neighbors, int threshold) {
  /** What a worker that doesn't answer was told. */
  static final int NOTHING = 0;

  /** Everybody of {@code cohort} masks with everybody. */
  static ModelSession full(int workers, int cohort, int threshold) {
    List<Integer> neighbors = new ArrayList<>();
    for (int i = 0; i < workers; i++) {
      neighbors.add(has(cohort, i) ? cohort & ~(1 << i) : 0);
    }
    return new ModelSession(neighbors, threshold);
  }

  /** Each masks with those up to {@code degree / 2} places away in a ring. */
  static ModelSession ring(List<Integer> order, int degree, int threshold) {
    int workers = order.size();
    Integer[] neighbors = new Integer[workers];
    for (int at = 0; at < workers; at++) {
      int set = 0;
      for (int step = 1; step <= degree / 2; step++) {
        set |= 1 << order.get((at + step) % workers);
        set |= 1 << order.get((at - step + workers) % workers);
      }
      neighbors[order.get(at)] = set;
    }
    return new ModelSession(List.of(neighbors), threshold);
  }

  static boolean has(int set, int worker) {
    return (set >> worker & 1) == 1;
  }

  int workers() {
    return neighbors.size();
  }

  int everybody() {
    return (1 << workers()) - 1;
  }

  /** Returns a worker's neighbors and itself; none for one that is not in U0. */
  int holders(int worker) {
    return neighbors.get(worker) == 0 ? 0 : neighbors.get(worker) | 1 << worker;
  }

  /** Returns whether a worker answers when it is told so: at least t holders of its own. */
  boolean allows(int worker, int told) {
    return has(told, worker) && Integer.bitCount(told & holders(worker)) >= threshold;
  }

  /** Returns whether a worker would answer that counts survivors wherever they are. */
  boolean allowsByNumber(int worker, int told) {
    return has(told, worker) && Integer.bitCount(told) >= threshold;
  }

  /**
   * Returns all that matters of what a worker may be told: who of its neighbors is missing. Others
   * are said to be there, which no rule minds.
   */
  List<Integer> toldByTheRules(int worker) {
    return subsets(neighbors.get(worker)).stream()
        .map(missing -> everybody() & ~missing)
        .filter(told -> allows(worker, told))
        .toList();
  }

  /** The same by number alone. */
  List<Integer> toldByNumber(int worker) {
    return subsets(neighbors.get(worker)).stream()
        .map(missing -> everybody() & ~missing)
        .filter(told -> allowsByNumber(worker, told))
        .toList();
  }

  static List<Integer> subsets(int set) {
    List<Integer> subsets = new ArrayList<>();
    for (int subset = set; ; subset = (subset - 1) & set) {
      subsets.add(subset);
      if (subset == 0) {
        return subsets;
      }
    }
  }

  /**
   * Returns what an attacker can compute.
   *
   * @param told by worker: of which survivors, or {@link #NOTHING}
   * @param corrupted who works together with the driver: its vector, its masks and the shares that
   *     it holds are known
   */
  Combinations opened(int[] told, int corrupted) {
    int n = workers();
    int masks = n + n * n;
    List<int[]> seen = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      if (neighbors.get(i) == 0 || has(corrupted, i)) {
        continue;
      }
      int[] row = new int[masks + n];
      row[masks + i] = 1;
      row[i] = isSelfMaskKnown(i, told, corrupted) ? 0 : 1;
      for (int j = 0; j < n; j++) {
        if (has(neighbors.get(i), j) && !isPairMaskKnown(i, j, told, corrupted)) {
          row[n + Math.min(i, j) * n + Math.max(i, j)] = i < j ? 1 : -1;
        }
      }
      seen.add(row);
    }
    return Combinations.of(seen.toArray(new int[0][]), masks);
  }

  private boolean isSelfMaskKnown(int worker, int[] told, int corrupted) {
    int shares = 0;
    for (int holder = 0; holder < told.length; holder++) {
      if (has(holders(worker), holder) && (has(corrupted, holder) || has(told[holder], worker))) {
        shares++;
      }
    }
    return shares >= threshold;
  }

  private static boolean isPairMaskKnown(int i, int j, int[] told, int corrupted) {
    return has(corrupted, j) || isRevealed(told[i], j) || isRevealed(told[j], i);
  }

  private static boolean isRevealed(int told, int missing) {
    return told != NOTHING && !has(told, missing);
  }

  /** Calls for each way to choose one of each worker's options. */
  static <T> void each(List<List<T>> options, Consumer<List<T>> chosen) {
    each(options, new ArrayList<>(), chosen);
  }

  private static <T> void each(List<List<T>> options, List<T> begun, Consumer<List<T>> chosen) {
    if (begun.size() == options.size()) {
      chosen.accept(begun);
      return;
    }
    for (T option : options.get(begun.size())) {
      begun.add(option);
      each(options, begun, chosen);
      begun.remove(begun.size() - 1);
    }
  }

  static int[] toArray(List<Integer> told) {
    return told.stream().mapToInt(Integer::intValue).toArray();
  }
}
