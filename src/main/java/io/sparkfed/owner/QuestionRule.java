package io.sparkfed.owner;

/** A rule by which an owner refuses a study, or has it wait; beside those of a data set. */
public enum QuestionRule {
  DATA("data"),
  FAMILIES("families"),
  ALGORITHMS("algorithms"),
  SAMPLES("samples"),
  LEAST_LEVEL_ROWS("least-level-rows"),
  LEAST_LEVEL_WORKERS("least-level-workers"),
  ANALYSTS("analysts"),
  UNTIL("until"),
  STUDY_UNTIL("study.until"),
  APPROVE(Approvals.APPROVE),
  DENY(Approvals.DENIED),
  STUDY("study");

  private final String key;

  QuestionRule(String key) {
    this.key = key;
  }

  /** Returns what the analyst is told: its key in the policy if it has one. */
  public String key() {
    return key;
  }
}
