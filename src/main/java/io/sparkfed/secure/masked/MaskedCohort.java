package io.sparkfed.secure.masked;

/** What the masked sum asks of the size of a cohort. */
public final class MaskedCohort {
  /** With two workers each learns the other's vector from the sum. */
  public static final int LEAST_WORKERS = 3;

  private final int workers;
  private final Graph graph;

  private MaskedCohort(int workers, Graph graph) {
    this.workers = workers;
    this.graph = graph;
  }

  /**
   * Returns a cohort.
   *
   * @param workers workers that take part, at least 1
   * @param smallest of how many workers a driver that lies may open a sum
   * @throws IllegalArgumentException if there are more than a million
   */
  public static MaskedCohort of(int workers, int smallest, MaskingAssumptions assumed) {
    return new MaskedCohort(workers, Graph.of(workers, smallest, assumed));
  }

  /** Returns how many of a worker's holders must give their shares. */
  public int threshold() {
    return graph.threshold();
  }

  /** Returns with how many others a worker masks. */
  public int neighbours() {
    return graph.degree();
  }

  /** Returns whether everybody masks with everybody, so that the threshold counts all workers. */
  public boolean isFullGraph() {
    return graph.degree() == workers - 1;
  }

  /**
   * Returns of how many honest workers a driver that lies can open a sum at least, where none of
   * the others work together with it.
   */
  public int smallestOpened() {
    return Graph.smallestOpened(graph.degree(), graph.threshold());
  }
}
