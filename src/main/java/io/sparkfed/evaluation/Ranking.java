package io.sparkfed.evaluation;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The AUC of some rows as it is known so far.
 *
 * @param histogram the rows' scores
 * @param largestError what the AUC's error should be at most
 */
public record Ranking(ScoreHistogram histogram, double largestError) {

  /** Returns whether narrower bins would make a difference that matters. */
  public boolean isTooCoarse() {
    return histogram.error() > largestError;
  }

  /** Returns the same aim with what is known better. */
  public Ranking with(ScoreHistogram better) {
    return new Ranking(better, largestError);
  }

  /** Returns metrics with this AUC in place of theirs, in their order. */
  public Map<String, Double> in(Map<String, Double> metrics) {
    Map<String, Double> refined = new LinkedHashMap<>(metrics);
    refined.replace("auc", histogram.auc());
    refined.replace("aucError", histogram.error());
    return refined;
  }
}
