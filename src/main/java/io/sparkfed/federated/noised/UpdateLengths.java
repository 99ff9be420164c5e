package io.sparkfed.federated.noised;

import io.sparkfed.hint.Message;
import java.util.Optional;

/**
 * What the lengths of the rounds' mean updates tell of the way to the model. They are of opened
 * sums, so nothing more is told of rows.
 *
 * <p>Noise of deviation s on each of d numbers has a mean square length of d s², with a deviation
 * of s² sqrt(2 d): what is beyond three of these isn't noise.
 */
final class UpdateLengths {
  private static final double DEVIATIONS = 3.0;

  /** A mean that is longer is one of updates that go the same way, most of them shortened. */
  private static final double LONG = 0.5;

  private final double norm;
  private double squares;
  private double noise;
  private double spread;
  private double last;

  /**
   * Begins with no round.
   *
   * @param norm how long an update may be
   */
  UpdateLengths(double norm) {
    this.norm = norm;
  }

  /**
   * Adds a round.
   *
   * @param mean of the workers' updates, with noise
   * @param deviation of the noise on each number of it
   */
  void add(double[] mean, double deviation) {
    double unit = deviation / norm;
    double square = 0.0;
    for (double each : mean) {
      square += each / norm * (each / norm);
    }
    double expected = mean.length * unit * unit;
    double variance = 2.0 * mean.length * Math.pow(unit, 4);
    squares += square;
    noise += expected;
    spread += variance;
    last = square - expected - DEVIATIONS * Math.sqrt(variance);
  }

  /** Returns what is to be said after the last round; empty where there was none. */
  Optional<Message> note() {
    if (noise > 0.0 && squares <= noise + DEVIATIONS * Math.sqrt(spread)) {
      return Optional.of(
          Message.of(
              "all rounds' updates together are no longer than their noise, so the model is one of"
                  + " noise: local steps may be too long, and lead to no numbers, or updates may be"
                  + " far shorter than they are let be, as noise goes by that"));
    }
    return last > LONG * LONG
        ? Optional.of(
            Message.of(
                "the last round's mean update is still ",
                Math.rint(100.0 * Math.min(1.0, Math.sqrt(last))) / 100.0,
                " of the longest that one may be: the model was on its way when the rounds ended,"
                    + " and may be far from where it goes; that takes more rounds or longer"
                    + " updates"))
        : Optional.empty();
  }
}
