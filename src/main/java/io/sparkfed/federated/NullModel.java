package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.data.Examples;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.ResponseDistribution;

/**
 * A worker's sums at a score of the null model: deviance, its slope and information, or only that
 * they are out of range.
 *
 * @param distribution of labels
 * @param score of the null model, beside offsets
 */
public record NullModel(ResponseDistribution distribution, double score)
    implements Statement<Shard> {
  static final String DEVIANCE = "null deviance";
  static final String SLOPE = "its slope";
  static final String INFORMATION = "its information";
  static final String OUT_OF_RANGE = "out of range";

  /** Sums at a score that is tried may be so large. */
  private static final double IN_RANGE = 1e60;

  static Layout behind(Layout layout) {
    return layout.exact(DEVIANCE).exact(SLOPE).exact(INFORMATION).whole(OUT_OF_RANGE);
  }

  /** Reads the sums, at the driver. */
  public static NullSearch.Sums read(NamedVector sums) {
    return new NullSearch.Sums(
        sums.get(DEVIANCE), sums.get(SLOPE), sums.get(INFORMATION), sums.get(OUT_OF_RANGE) == 0.0);
  }

  @Override
  public Layout layout() {
    return behind(Layout.empty());
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    NamedVector answer = layout().zeros();
    write(shard.train(), answer);
    return answer.values();
  }

  /** Writes the sums where a layout has them. */
  void write(Examples rows, NamedVector out) {
    double deviance = 0.0;
    double slope = 0.0;
    double information = 0.0;
    for (int i = 0; i < rows.rows(); i++) {
      double c = rows.weight(i);
      double y = rows.label(i);
      double at = score + rows.offset(i);
      deviance += c * distribution.unitDeviance(y, at);
      slope += c * distribution.slope(y, at);
      information += c * distribution.information(at);
    }
    if (Math.abs(deviance) + Math.abs(slope) + information < IN_RANGE) {
      out.set(DEVIANCE, deviance).set(SLOPE, slope).set(INFORMATION, information);
    } else {
      out.set(OUT_OF_RANGE, 1.0);
    }
  }
}
