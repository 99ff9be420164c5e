package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;

/**
 * Whether a training row of a worker is of a class.
 *
 * @param most labels are whole numbers below this
 */
public record HeldClasses(int most) implements Statement<Shard> {
  public static final String HOLDS_CLASS = "holds the class";

  @Override
  public Layout layout() {
    return Layout.empty().whole(HOLDS_CLASS, most);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Examples rows = shard.train();
    double[] held = new double[most];
    for (int i = 0; i < rows.rows(); i++) {
      held[(int) rows.label(i)] = 1.0;
    }
    return held;
  }
}
