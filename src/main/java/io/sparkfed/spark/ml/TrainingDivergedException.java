package io.sparkfed.spark.ml;

/** Training found no model, and why. */
public final class TrainingDivergedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** Creates it with the reason and what to change. */
  TrainingDivergedException(String message) {
    super(message);
  }
}
