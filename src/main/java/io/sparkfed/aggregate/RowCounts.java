package io.sparkfed.aggregate;

/**
 * How many rows stand behind a worker's answer. It stays at the worker.
 *
 * @param rows training rows
 * @param effectiveRows how many rows of one weight would say as much; see {@code WeightSums}
 * @param smallestSide rows of the rarest value that some row has, of a label or a feature that is 0
 *     or 1
 */
public record RowCounts(long rows, double effectiveRows, long smallestSide) {}
