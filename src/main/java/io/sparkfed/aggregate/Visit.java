package io.sparkfed.aggregate;

import java.util.List;

/**
 * One visit of the driver to a cohort.
 *
 * @param phase what part of a sum it is
 * @param description what the visit is for, e.g. "round 3/10: local training (4 workers)"
 * @param round the round it belongs to; 0 before the first
 * @param cohort ids of the workers, or aggregators, to visit, sorted, no duplicates
 * @param least how many of them must take part in a sum, if that is more than the sum itself
 *     demands
 */
public record Visit(Phase phase, String description, int round, List<String> cohort, int least) {

  /**
   * @throws IllegalArgumentException if the cohort is not sorted or has duplicates
   */
  public Visit {
    cohort = List.copyOf(cohort);
    for (int i = 1; i < cohort.size(); i++) {
      if (cohort.get(i - 1).compareTo(cohort.get(i)) >= 0) {
        throw new IllegalArgumentException("a cohort must be sorted and without duplicates");
      }
    }
  }

  /** Creates the visit for a part of a sum. */
  public Visit(Phase phase, String description, int round, List<String> cohort) {
    this(phase, description, round, cohort, 0);
  }

  /** Creates the visit for the work itself. */
  public Visit(String description, int round, List<String> cohort) {
    this(Phase.WORK, description, round, cohort);
  }

  /**
   * Returns the same for a sum that is opened over the whole cohort or not at all: the difference
   * of one over a part of it and another over all of it would be what the rest have.
   */
  public Visit ofAll() {
    return new Visit(phase, description, round, cohort, cohort.size());
  }

  /** Returns whether the whole cohort must take part in a sum. */
  public boolean demandsAll() {
    return least == cohort.size();
  }

  /** Returns how many must take part in a sum that demands so many itself. */
  public int atLeast(int minWorkers) {
    return Math.max(least, minWorkers);
  }
}
