package io.sparkfed.federated;

import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Coefficients;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * How a training ended.
 *
 * @param model the final model: in raw units, or in standardized units under {@code standardize =
 *     worker}. After a divergence the last good one
 * @param rounds each evaluated round, round 0 first; the last one is the model's
 * @param oneClassWorkers how many workers hold a single label value only
 * @param divergence why training failed; empty when it did not
 * @param statistics standard errors and the like, after an unpenalized lossless fit that converged,
 *     or a fit with noise, which they count
 * @param choice what minimized the objective of all rows; empty where models were averaged
 * @param privacy what releases with noise cost; empty where there were none
 * @param notes what must be known of the result, one sentence each
 */
public record TrainingResult(
    Coefficients model,
    List<RoundSummary> rounds,
    int oneClassWorkers,
    Optional<Divergence> divergence,
    Optional<FitStatistics> statistics,
    Optional<AlgorithmChoice> choice,
    Optional<PrivacyAccount> privacy,
    List<Message> notes) {

  /**
   * A divergence.
   *
   * @param round the round at which training diverged; 0 when not even the initial model has a loss
   * @param message one sentence with the rule and what to change
   */
  public record Divergence(int round, Message message) {}

  /** Returns the same with more that must be known of it. */
  public TrainingResult noting(List<Message> more) {
    return new TrainingResult(
        model,
        rounds,
        oneClassWorkers,
        divergence,
        statistics,
        choice,
        privacy,
        Stream.concat(notes.stream(), more.stream()).toList());
  }

  /** Returns the evaluation of the model. */
  public RoundSummary lastRound() {
    return rounds.get(rounds.size() - 1);
  }
}
