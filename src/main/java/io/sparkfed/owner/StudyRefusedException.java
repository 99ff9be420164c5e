package io.sparkfed.owner;

/** An owner's policy doesn't allow what a run asks. */
public final class StudyRefusedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final String worker;
  private final String rule;

  /**
   * Creates the exception.
   *
   * @param worker whose owner refuses
   * @param rule by its name in the owner's policy
   */
  public StudyRefusedException(String worker, String rule) {
    super(
        "the owner of worker "
            + worker
            + " refuses the study by the rule "
            + rule
            + (rule.equals(QuestionRule.STUDY_UNTIL.key())
                ? ": the study's last day is over"
                : " of its policy; jobs/study shows what is asked"));
    this.worker = worker;
    this.rule = rule;
  }

  /** Returns whose owner refuses. */
  public String worker() {
    return worker;
  }

  /** Returns the rule by its name in the owner's policy. */
  public String rule() {
    return rule;
  }
}
