package io.sparkfed.secure.keys;

/**
 * How much an owner answers, by its own count.
 *
 * @param maxSums most sums it takes part in, ever; an attempt that opened nothing counts as one
 * @param maxQuestions most different questions in one run: each round is one, and so is each sum
 *     that is taken before and after the rounds
 * @param cohorts for which cohorts it answers one question
 */
public record Limits(long maxSums, int maxQuestions, Cohorts cohorts) {
  /** No limits. */
  public static final Limits NONE = new Limits(Long.MAX_VALUE, Integer.MAX_VALUE, Cohorts.ANY);

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
