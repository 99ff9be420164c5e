package io.sparkfed.model;

/** What can be said of an objective's values before any is known. They are at least 0. */
public enum ObjectiveKind {
  /** Smooth, in the labels' units: only its first value says what is much. */
  IN_UNITS_OF_LABELS,
  /**
   * Smooth, a mean likelihood ratio; its derivatives fall or grow exponentially, and it may fall to
   * its infimum for ever.
   */
  LIKELIHOOD,
  /** With kinks: at the minimum there is no slope of 0. */
  KINKED
}
