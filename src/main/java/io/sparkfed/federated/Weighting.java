package io.sparkfed.federated;

/** What a worker's update weighs in the average. */
public enum Weighting {
  /** Its number of training rows, or the sum of their instance weights. */
  ROWS,
  /** The same as any other worker's. */
  EQUAL
}
