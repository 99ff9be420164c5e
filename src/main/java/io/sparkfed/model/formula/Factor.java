package io.sparkfed.model.formula;

import java.io.Serializable;

/** A part of a product. */
public sealed interface Factor extends Serializable {

  /**
   * A category: 0 or 1 for each of its levels, or for each but the reference.
   *
   * @param column its column
   * @param full whether the reference has its 0 or 1, too; otherwise treatment contrasts
   */
  record Category(String column, boolean full) implements Factor {}

  /**
   * A number.
   *
   * @param expression what it is made of
   */
  record Value(Expression expression) implements Factor {}
}
