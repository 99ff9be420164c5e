package io.sparkfed.aggregate;

import java.util.Arrays;

/**
 * The weighted mean of the workers' updates, through any sum.
 *
 * <p>A worker's value travels as one additive vector {@code [weight * update, weight, sums...]}, so
 * that nothing about a single worker travels beside it; the one division is at the driver.
 *
 * @param sum the sum it travels through
 * @param updateLength length d of the updates
 */
public record WeightedMean(Aggregation<double[], double[]> sum, int updateLength)
    implements Aggregation<WeightedUpdate, WeightedMean.Mean> {

  /**
   * A cohort's mean.
   *
   * @param update the weighted mean of the updates, length d
   * @param totalWeight sum of the weights, greater than 0
   * @param sums the additive extras, summed
   */
  public record Mean(double[] update, double totalWeight, double[] sums) {}

  @Override
  public <S, B> Opened<Mean> aggregate(
      Federation<S> federation, Visit<B> visit, WorkerTask<S, B, WeightedUpdate> work) {
    int length = updateLength;
    return sum.aggregate(
            federation,
            visit,
            (worker, shard, broadcast) -> encode(work.run(worker, shard, broadcast), length))
        .map(sums -> decode(sums, length));
  }

  @Override
  public int[] choices() {
    return sum.choices();
  }

  @Override
  public void restore(int[] choices) {
    sum.restore(choices);
  }

  /** Runs at the worker. */
  static double[] encode(WeightedUpdate value, int length) {
    if (value.update().length != length) {
      throw new IllegalArgumentException("an update must have length " + length);
    }
    double[] vector = Arrays.copyOf(value.update(), length + 1 + value.sums().length);
    for (int j = 0; j < length; j++) {
      vector[j] *= value.weight();
    }
    vector[length] = value.weight();
    System.arraycopy(value.sums(), 0, vector, length + 1, value.sums().length);
    return vector;
  }

  /** Runs at the driver. */
  static Mean decode(double[] vector, int length) {
    double weight = vector[length];
    if (!(weight > 0.0)) {
      throw new AggregationException("the workers' weights must have a sum > 0");
    }
    double[] update = Arrays.copyOf(vector, length);
    for (int j = 0; j < length; j++) {
      update[j] /= weight;
    }
    return new Mean(update, weight, Arrays.copyOfRange(vector, length + 1, vector.length));
  }
}
