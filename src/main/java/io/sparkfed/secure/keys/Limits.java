package io.sparkfed.secure.keys;

/**
 * How much an owner answers, by its own count.
 *
 * @param maxSums most sums it takes part in, ever; an attempt that opened nothing counts as one
 * @param maxQuestions most different questions in one run: each round is one, and so is each sum
 *     that is taken before and after the rounds
 * @param cohorts for which cohorts it answers one question
 * @param maxRunsADay most runs of which it answers a question about a model, a day of UTC
 * @param approval who says whether a study is answered, and so in how many runs
 */
public record Limits(
    long maxSums, int maxQuestions, Cohorts cohorts, int maxRunsADay, Approval approval) {
  /** No limits. */
  public static final Limits NONE = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, Cohorts.ANY);

  /** Creates limits without one on runs. */
  public Limits(long maxSums, int maxQuestions, Cohorts cohorts) {
    this(maxSums, maxQuestions, cohorts, Integer.MAX_VALUE, Approval.BY_RULE);
  }

  /** Who says whether a study is answered. */
  public enum Approval {
    /** The policy's other rules alone. */
    BY_RULE,
    /** A person, too. */
    BY_HAND
  }

  /** For which cohorts an owner answers one question. */
  public enum Cohorts {
    /**
     * For the first one alone, however often: the difference of two sums is a sum, too. A number of
     * workers by which cohorts must differ would not do, since a driver that lies tells each worker
     * of other ones.
     */
    ONE,
    /** For any. */
    ANY
  }
}
