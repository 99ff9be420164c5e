package io.sparkfed.secure.masked;

/** What the masked sum asks of the size of a cohort. */
public final class MaskedCohort {
  /** With two workers each learns the other's vector from the sum. */
  public static final int LEAST_WORKERS = 3;

  private MaskedCohort() {}

  /**
   * Returns how many of a worker's holders must give their shares.
   *
   * @param workers workers that take part, at least 1
   * @throws IllegalArgumentException if there are more than a million
   */
  public static int threshold(int workers) {
    return Topology.threshold(workers);
  }

  /** Returns with how many others a worker masks. */
  public static int neighbours(int workers) {
    return Topology.degree(workers);
  }

  /** Returns whether everybody masks with everybody, so that the threshold counts all workers. */
  public static boolean isFullGraph(int workers) {
    return Topology.degree(workers) == workers - 1;
  }
}
