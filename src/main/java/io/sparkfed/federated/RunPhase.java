package io.sparkfed.federated;

import java.util.Locale;

/** The parts that a run's wall-clock time is told in, in their usual order. */
public enum RunPhase {
  /** From the start of the process until Spark is there. */
  START,
  /** The workers' files, columns and types are found. */
  PLAN,
  /** Levels of categories, and means for missing values, are found by secure sums. */
  SURVEY,
  /** The workers' rows are read, put in order and packed, all in one go. */
  LOAD,
  /** Parties make keys for the training's sums. */
  KEYS,
  /** What is summed before the first round: moments, label totals, who holds test rows. */
  MOMENTS,
  /** Where an exact fit starts, and with which curvature. */
  WARM_START,
  /** The rounds, without the keys made among them. */
  ROUNDS,
  /** What is found at the final model alone: an exact AUC, standard errors and the like. */
  STATISTICS,
  /** The model and the report are written. */
  WRITE;

  /** Returns the name in files, metrics and on the terminal. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', ' ');
  }
}
