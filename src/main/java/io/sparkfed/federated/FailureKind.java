package io.sparkfed.federated;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.data.DataException;
import java.util.Optional;

/** What kind of failure ended a run, for callers that must not know every layer's exceptions. */
public enum FailureKind {
  /** The data or its schema can't be used. */
  DATA,
  /** Too few workers took part. */
  COHORT,
  /** The aggregation or the cluster failed, and nothing was opened. */
  AGGREGATION;

  /** Returns the kind of {@code failure}; empty when it is none of the library's. */
  public static Optional<FailureKind> of(Throwable failure) {
    if (failure instanceof DataException) {
      return Optional.of(DATA);
    }
    if (failure instanceof CohortException) {
      return Optional.of(COHORT);
    }
    return failure instanceof AggregationException ? Optional.of(AGGREGATION) : Optional.empty();
  }
}
