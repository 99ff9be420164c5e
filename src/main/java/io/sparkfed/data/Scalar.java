package io.sparkfed.data;

import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.math.Interval;
import io.sparkfed.model.formula.Expression;
import java.io.Serializable;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A number that a row has beside its features: in a column, or made of columns by a formula.
 *
 * @param expression what it is made of
 */
public record Scalar(Expression expression) implements Serializable {

  /** Returns what it is called. */
  public String name() {
    String column = expression.onlyColumn();
    return column == null ? expression.text() : column;
  }

  /** Returns the columns to be read, at least one. */
  public List<String> columns() {
    return List.copyOf(expression.columns());
  }

  /**
   * Returns the number of a row that has the columns from a place on.
   *
   * @param bounds what it is cut to, infinite ones, too; null for nothing
   */
  double read(CellRules rules, Cells row, int from, Interval bounds) throws BrokenRuleException {
    if (expression.onlyColumn() != null) {
      return rules.number(row, from, name(), bounds);
    }
    Map<String, Double> values = new HashMap<>();
    List<String> columns = columns();
    for (int k = 0; k < columns.size(); k++) {
      values.put(columns.get(k), rules.number(row, from + k, columns.get(k), null));
    }
    double computed = expression.value(values::get);
    double value = bounds == null ? computed : bounds.nearest(computed);
    if (!Double.isFinite(value)) {
      throw notFinite(name());
    }
    return value;
  }

  /** Returns what an expression breaks that has no value for a row. */
  static BrokenRuleException notFinite(String expression) {
    return new BrokenRuleException(
        expression,
        Message.of(
            "is not a finite number for this row, e.g. the logarithm of 0 (",
            Hint.FILTER,
            " can leave such rows out)"),
        BrokenRuleException.Kind.RULE);
  }
}
