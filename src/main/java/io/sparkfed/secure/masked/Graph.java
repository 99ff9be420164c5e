package io.sparkfed.secure.masked;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * With how many others a worker masks, and how many of those who hold shares of its self mask open
 * it.
 *
 * <p>In the full graph k = n - 1 and t = floor(2n/3) + 1 (Bonawitz et al. 2017, section 6). In the
 * sparse one (Bell et al. 2020) k neighbors follow from a random order of the workers, so that how
 * many of them are corrupted or missing is hypergeometric. With a worker itself among its k + 1
 * holders, t is such that
 *
 * <ul>
 *   <li>but for a probability of 2^-40 no worker has more than 2t - k - 3 corrupted neighbors: with
 *       one more its vector could be singled out, see {@link #smallestOpened};
 *   <li>but for a probability of 2^-20 no worker has more than k + 1 - t neighbors that are
 *       missing: so many that its self mask could not be opened.
 * </ul>
 *
 * @param degree k
 * @param threshold t
 */
record Graph(int degree, int threshold) {
  private static final double PRIVACY = 0x1p-40;
  private static final double CORRECTNESS = 0x1p-20;
  private static final int MOST_WORKERS = 1_000_000;

  private static final Map<String, Graph> FOUND = new ConcurrentHashMap<>();
  private static final Map<String, Boolean> PRIVATE = new ConcurrentHashMap<>();

  /**
   * Returns the graph of a cohort.
   *
   * @param workers n, at least 1
   * @param smallest of how many workers a driver that lies may open a sum; see {@link
   *     #smallestOpened}. Where the graph can't give it, t is n.
   * @throws IllegalArgumentException if there are more than a million workers
   */
  static Graph of(int workers, int smallest, MaskingAssumptions assumed) {
    if (workers > MOST_WORKERS) {
      throw new IllegalArgumentException(
          "at most " + MOST_WORKERS + " workers. Provided: " + workers);
    }
    if (workers <= assumed.fullGraphUpTo()) {
      return full(workers, smallest, assumed);
    }
    return FOUND.computeIfAbsent(
        workers + " " + smallest + " " + assumed, key -> sparsest(workers, smallest, assumed));
  }

  private static Graph full(int workers, int smallest, MaskingAssumptions assumed) {
    int left = Math.max(smallest, 2 + (int) (assumed.corrupted() * workers));
    int threshold = Math.max(2 * workers / 3 + 1, (workers + left + 1) / 2);
    return new Graph(workers - 1, Math.min(workers, threshold));
  }

  private static Graph sparsest(int workers, int smallest, MaskingAssumptions assumed) {
    Odds odds = new Odds(workers);
    int missing = (int) (assumed.dropouts() * workers);
    int corrupted = (int) (assumed.corrupted() * workers);
    for (int degree = 2; degree < workers - 1; degree += 2) {
      // The chance of too many corrupted falls with t, that of too many missing grows.
      int threshold = (degree + 1) / 2 + 1;
      while (threshold <= degree + 1
          && (smallestOpened(degree, threshold) < smallest
              || odds.moreThan(mayBeCorrupted(degree, threshold), corrupted, degree) > PRIVACY)) {
        threshold++;
      }
      if (threshold <= degree + 1
          && odds.moreThan(degree + 1 - threshold, missing, degree) <= CORRECTNESS) {
        return new Graph(degree, threshold);
      }
    }
    return full(workers, smallest, assumed);
  }

  /**
   * Returns whether no vector can be singled out.
   *
   * @param corrupted what part of the workers may work together with the driver
   */
  static boolean isPrivate(int workers, int degree, int threshold, double corrupted) {
    if (threshold > degree + 1 || degree < 1 || degree > workers - 1 || threshold < 1) {
      return false;
    }
    if (mayBeCorrupted(degree, threshold) < 0) {
      return false;
    }
    if (degree == workers - 1) {
      return threshold >= 2 * workers / 3 + 1
          && (int) (corrupted * workers) <= mayBeCorrupted(degree, threshold);
    }
    if (degree % 2 != 0) {
      return false;
    }
    return PRIVATE.computeIfAbsent(
        workers + " " + degree + " " + threshold + " " + corrupted,
        key ->
            new Odds(workers)
                    .moreThan(
                        mayBeCorrupted(degree, threshold), (int) (corrupted * workers), degree)
                <= PRIVACY);
  }

  /** Returns how many corrupted neighbors leave every sum that can be opened two honest workers. */
  private static int mayBeCorrupted(int degree, int threshold) {
    return smallestOpened(degree, threshold) - 2;
  }

  /**
   * Returns of how many honest workers a driver that lies can open a sum at least, if nobody works
   * together with it: each corrupted neighbor takes one off.
   *
   * <p>Say it wants the sum over a set S. For each worker i of S and each honest neighbor j
   * outside, the seed of their mask must come to light: from i, who is told that j is missing, or
   * from j, who is told that i is. The first happens at most k + 1 - t times, since i answers only
   * if t of its holders, itself among them, are said to be there; the second as often, since t
   * holders must be told that i is there to give their shares. So at least k + 1 - 2 (k + 1 - t) of
   * the holders of i, itself among them, are in S.
   */
  static int smallestOpened(int degree, int threshold) {
    return 2 * threshold - degree - 1;
  }

  /** Chances over all neighborhoods of a cohort. */
  private static final class Odds {
    private final int workers;
    private final double[] logFactorials;

    Odds(int workers) {
      this.workers = workers;
      this.logFactorials = new double[workers + 1];
      for (int i = 2; i <= workers; i++) {
        logFactorials[i] = logFactorials[i - 1] + StrictMath.log(i);
      }
    }

    /** Bounds the chance that some worker has more than {@code most} of the marked as neighbors. */
    double moreThan(int most, int marked, int degree) {
      double sum = 0.0;
      for (int found = most + 1; found <= Math.min(marked, degree); found++) {
        sum +=
            StrictMath.exp(
                logChoose(marked, found)
                    + logChoose(workers - 1 - marked, degree - found)
                    - logChoose(workers - 1, degree));
      }
      return workers * sum;
    }

    private double logChoose(int from, int chosen) {
      return chosen < 0 || chosen > from
          ? Double.NEGATIVE_INFINITY
          : logFactorials[from] - logFactorials[chosen] - logFactorials[from - chosen];
    }
  }
}
