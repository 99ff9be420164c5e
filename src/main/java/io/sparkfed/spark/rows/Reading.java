package io.sparkfed.spark.rows;

/** What rows are read for, which decides what must be there. */
enum Reading {
  /** A model is fitted to them, or evaluated: all that {@code data} names. */
  TO_FIT,
  /** Predictions are written beside them: what predictions are made of. */
  TO_PREDICT,
  /** Beside that what a worker's scaling is made of: label, weight and split. */
  TO_SCALE_AND_PREDICT
}
