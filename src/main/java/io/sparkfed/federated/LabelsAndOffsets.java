package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.data.Shard;

/** A worker's sums of weights, labels and offsets of training rows. */
public record LabelsAndOffsets() implements Statement<Shard> {
  public static final String WEIGHT = "weight";
  public static final String LABELS = "labels and offsets";

  @Override
  public Layout layout() {
    return Layout.empty().exact(WEIGHT).exact(LABELS, LabelSums.LENGTH);
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return layout()
        .zeros()
        .set(WEIGHT, shard.train().totalWeight())
        .setAll(LABELS, LabelSums.own(shard.train()))
        .values();
  }
}
