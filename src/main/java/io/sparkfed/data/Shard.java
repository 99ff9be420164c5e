package io.sparkfed.data;

import io.sparkfed.model.Scaling;
import java.io.Serializable;

/**
 * One worker's rows.
 *
 * @param worker the worker's id
 * @param train the training rows
 * @param test the held-out rows, of the same width; no rows without a split
 * @param scaling the worker's own standardization under {@code standardize = worker}, otherwise the
 *     identity
 * @param dropped how many rows were left out for a missing value
 * @param isSplitByRow whether each row alone decides which part it is in
 * @param rowsOfPerson how many rows one person has here at most; 1 where each row stands for itself
 */
public record Shard(
    String worker,
    Examples train,
    Examples test,
    Scaling scaling,
    long dropped,
    boolean isSplitByRow,
    int rowsOfPerson)
    implements Serializable {}
