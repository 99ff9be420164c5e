package io.sparkfed.owner;

import java.util.List;

/** Owners who decide by hand have not approved what a run asks. */
public final class StudyPendingException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final List<String> workers;

  /**
   * Creates the exception.
   *
   * @param workers whose owners have not, at least one
   */
  public StudyPendingException(List<String> workers) {
    super(
        "the study waits for the owners of "
            + (workers.size() == 1 ? "worker " : "workers ")
            + String.join(", ", workers)
            + ": each has it now, and approves it with jobs/keys approve; jobs/study shows its hash");
    this.workers = List.copyOf(workers);
  }

  /** Returns whose owners have not. */
  public List<String> workers() {
    return workers;
  }
}
