package io.sparkfed.aggregate;

/**
 * What one worker contributes to a weighted mean.
 *
 * @param update the vector to average, length d
 * @param weight its weight, at least 0
 * @param sums additive extras that ride along: loss and metric sums
 */
public record WeightedUpdate(double[] update, double weight, double[] sums) {}
