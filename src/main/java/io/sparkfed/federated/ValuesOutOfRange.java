package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import java.util.List;

/**
 * Whether a worker holds a value of a feature that is larger than a bound.
 *
 * @param above values above this in size are looked for
 * @param features which features are asked about; zeros leave for the others
 */
public record ValuesOutOfRange(double above, boolean[] features) implements Statement<Shard> {
  public static final String HOLDS_SUCH = "holds such a value";

  @Override
  public Layout layout() {
    return Layout.empty().whole(HOLDS_SUCH, features.length);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    double[] held = new double[features.length];
    for (Examples rows : List.of(shard.train(), shard.test())) {
      double[] row = new double[held.length];
      for (int i = 0; i < rows.rows(); i++) {
        rows.copyRow(i, row, 0);
        for (int j = 0; j < row.length; j++) {
          if (features[j] && Math.abs(row[j]) > above) {
            held[j] = 1.0;
          }
        }
      }
    }
    return held;
  }
}
