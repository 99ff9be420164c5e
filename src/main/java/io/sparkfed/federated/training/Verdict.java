package io.sparkfed.federated.training;

import io.sparkfed.federated.RoundWork;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.server.Search.Ending;
import java.util.Optional;

/**
 * What is to be said of a training by how it ended.
 *
 * @param isOptimum whether statistics may be made of the model
 * @param note what must be known of it
 * @param failure why the training has failed; empty when it has not
 */
record Verdict(boolean isOptimum, Optional<Message> note, Optional<Message> failure) {

  /**
   * Returns the verdict.
   *
   * @param hasLowered whether the objective was ever lower than at the start
   */
  static Verdict of(Ending how, TrainingPlan plan, RoundWork work, boolean hasLowered) {
    return switch (how) {
      case CONVERGED -> new Verdict(true, Optional.empty(), Optional.empty());
      case NO_LOWER_POINT ->
          optimum("no shorter step lowers the objective: it is at its minimum within rounding");
      case UNVOUCHED ->
          optimum(
              "WARNING: perhaps not converged: no lower point was found, but where features nearly"
                  + " depend on each other, or all but separate the classes, the slope is still too"
                  + " large to rule one out; compare with fed-newton, leave ",
              Hint.PRECONDITIONER,
              " on, or set ",
              Hint.L2,
              " > 0");
      case UNRESOLVED ->
          optimum(
              "WARNING: the objective is so flat at its minimum that rounding may move coefficients"
                  + " by more than a millionth of the largest: features all but separate the"
                  + " classes, or nearly depend on each other, and the penalty is little in the"
                  + " features' units; set a larger ",
              Hint.L2,
              ", or ",
              Hint.SHARED_UNITS);
      case STALLED ->
          hasLowered
              ? unfinished(
                  "WARNING: the search has stalled before the optimum: no shorter step lowers the"
                      + " objective, though the slope promises more than rounding; rescale extreme"
                      + " features or labels")
              : failed(
                  "no step from the start lowers the objective, though the slope there is not that"
                      + " of a minimum: rescale extreme features or labels");
      case EXHAUSTED ->
          plan.exact().isPresent()
              ? unfinished(
                  "WARNING: not converged after ",
                  plan.rounds(),
                  " rounds (",
                  Hint.ROUNDS,
                  "): the coefficients are not at the optimum")
              : new Verdict(false, Optional.empty(), Optional.empty());
      case UNBOUNDED -> failed("the objective has no minimum: ", work.whyUnbounded());
      case DIVERGED -> throw new IllegalArgumentException("the trainer says how it diverged");
    };
  }

  private static Verdict optimum(Object... note) {
    return new Verdict(true, Optional.of(Message.of(note)), Optional.empty());
  }

  private static Verdict unfinished(Object... note) {
    return new Verdict(false, Optional.of(Message.of(note)), Optional.empty());
  }

  private static Verdict failed(Object... why) {
    return new Verdict(false, Optional.empty(), Optional.of(Message.of(why)));
  }
}
