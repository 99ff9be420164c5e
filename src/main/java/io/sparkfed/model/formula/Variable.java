package io.sparkfed.model.formula;

import java.io.Serializable;

/**
 * What a term of a formula multiplies.
 *
 * @param expression a number, or the column that may hold a category
 * @param isFactor whether it is said to be a category; otherwise a bare column may still be one
 * @param position of its first character, from 1
 */
record Variable(Expression expression, boolean isFactor, int position) implements Serializable {

  /** The same variable may stand in several places. */
  boolean isSame(Variable other) {
    return expression.equals(other.expression) && isFactor == other.isFactor;
  }
}
