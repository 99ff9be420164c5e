package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Shard;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.SampledGram;

/**
 * The sum of {@code z z'} over rows z in training units, reckoned up from a sample of a worker's
 * training rows; with the rows' weight.
 *
 * @param shape the model's
 * @param scaling the federation's; the identity where workers have their own
 * @param most rows of the sample
 */
public record SampledCurvature(ModelShape shape, Scaling scaling, int most)
    implements Statement<Shard> {
  public static final String GRAM = "Gram matrix of a sample";
  public static final String WEIGHT = "weight";

  @Override
  public Layout layout() {
    int length = SymmetricMatrix.packedLength(SampledGram.order(shape));
    return Layout.empty().scaled(GRAM, length).exact(WEIGHT);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    Scaling own = WorkersScaling.of(shard, scaling);
    return layout()
        .zeros()
        .setAll(GRAM, SampledGram.of(shard.train(), shape, own, most))
        .set(WEIGHT, shard.train().totalWeight())
        .values();
  }
}
