package io.sparkfed.federated;

import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Shard;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.ClippedSums;
import io.sparkfed.objective.RowCut;
import io.sparkfed.objective.SampledGram;
import java.util.OptionalDouble;

/**
 * The sum of {@code a a'} over the training rows: a is a row's features and the 1 of the intercept,
 * and, for least squares, {@code labelScale (y - labelMiddle)} after them. All is shortened by what
 * brings the features to the cut's norm. Off-diagonal entries are times the root of 2.
 *
 * @param shape the model's
 * @param cut how far a row reaches
 * @param labelMiddle what is taken from a label
 * @param labelScale what a label is multiplied with; 0 where labels are not in it
 * @param mostLabel the length that a label's entry is cut to
 */
public record ProductsWithin(
    ModelShape shape, RowCut cut, double labelMiddle, double labelScale, double mostLabel)
    implements Statement<Shard> {
  public static final String PRODUCTS = "products";

  /**
   * @throws IllegalArgumentException if the label's length is out of range, or not 0 without label
   */
  public ProductsWithin {
    if (labelScale != 0.0) {
      ClippedSums.checked("mostLabel", mostLabel);
    } else if (mostLabel != 0.0) {
      throw new IllegalArgumentException("without labels mostLabel must be 0");
    }
  }

  /** Asks about the features alone. */
  public ProductsWithin(ModelShape shape, RowCut cut) {
    this(shape, cut, 0.0, 0.0, 0.0);
  }

  /**
   * Asks about labels, too, where a label at a bound counts as much as the longest features.
   *
   * @param middle of the labels' bounds
   * @param halfWidth of these
   */
  public static ProductsWithin ofLabels(
      ModelShape shape, RowCut cut, double middle, double halfWidth) {
    return new ProductsWithin(shape, cut, middle, cut.norm() / halfWidth, cut.norm());
  }

  /** Returns the order of the matrix. */
  public int order() {
    return SampledGram.order(shape) + (labelScale == 0.0 ? 0 : 1);
  }

  @Override
  public Layout layout() {
    return Layout.empty().scaled(PRODUCTS, SymmetricMatrix.packedLength(order()));
  }

  @Override
  public RowPart part() {
    return RowPart.TRAIN;
  }

  @Override
  public OptionalDouble rowBound() {
    double squared = cut.norm() * cut.norm() + mostLabel * mostLabel;
    return OptionalDouble.of(ClippedSums.bound(cut.rowsOfPerson() * squared));
  }

  @Override
  public int rowsOfPerson() {
    return cut.rowsOfPerson();
  }

  @Override
  public double[] answer(String worker, Shard shard) {
    return ClippedSums.products(shard.train(), shape, cut, labelMiddle, labelScale, mostLabel);
  }
}
