package io.sparkfed.model;

/** Whose mean and deviation the features are standardized with. */
public enum Standardize {
  /** Nobody's: features are used as they are. */
  NONE,
  /** Each worker's own, from its training rows: the model lives in standardized units. */
  WORKER,
  /** The federation's, from secure sums; folded back, so the model lives in raw units. */
  FEDERATED
}
