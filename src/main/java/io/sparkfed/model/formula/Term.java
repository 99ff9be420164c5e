package io.sparkfed.model.formula;

import io.sparkfed.model.formula.Factor.Category;
import io.sparkfed.model.formula.Factor.Value;
import java.io.Serializable;
import java.util.List;

/**
 * A product, which is one feature for each combination of its categories' levels; the levels of the
 * first category change fastest.
 *
 * @param factors at least one, in the order of the formula
 */
public record Term(List<Factor> factors) implements Serializable {

  /** Takes a copy of the factors. */
  public Term {
    factors = List.copyOf(factors);
  }

  /** Returns the term of one factor. */
  public static Term of(Factor factor) {
    return new Term(List.of(factor));
  }

  /** Returns its categories, in order. */
  public List<Category> categories() {
    return factors.stream().filter(Category.class::isInstance).map(Category.class::cast).toList();
  }

  /** Returns its numbers, in order. */
  public List<Expression> values() {
    return factors.stream()
        .filter(Value.class::isInstance)
        .map(factor -> ((Value) factor).expression())
        .toList();
  }
}
