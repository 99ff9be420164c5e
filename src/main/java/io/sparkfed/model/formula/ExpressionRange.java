package io.sparkfed.model.formula;

import io.sparkfed.math.Interval;
import io.sparkfed.model.formula.Expression.Binary;
import io.sparkfed.model.formula.Expression.Call;
import io.sparkfed.model.formula.Expression.Column;
import io.sparkfed.model.formula.Expression.Constant;
import io.sparkfed.model.formula.Expression.Negative;
import java.util.Optional;

/** Where the value of an expression lies, by where its columns' values lie. */
public final class ExpressionRange {
  private final ToInterval columns;

  /** Where the values of columns lie. */
  @FunctionalInterface
  public interface ToInterval {
    /** Returns where the values of the column of this name lie. */
    Interval of(String column);
  }

  private ExpressionRange(ToInterval columns) {
    this.columns = columns;
  }

  /**
   * Returns where an expression's value lies; empty where no bound follows, as of {@code log(x)}
   * with an x that may be 0. A column that stands in it twice counts as two, so {@code x - x} is
   * not known to be 0.
   *
   * @param columns where the value of a column lies, by its name
   */
  public static Optional<Interval> of(Expression expression, ToInterval columns) {
    return new ExpressionRange(columns).of(expression);
  }

  private Optional<Interval> of(Expression expression) {
    if (expression instanceof Column column) {
      return Optional.of(columns.of(column.name()));
    }
    if (expression instanceof Constant constant) {
      return Interval.around(constant.number());
    }
    if (expression instanceof Negative negative) {
      return of(negative.argument()).flatMap(a -> Interval.around(-a.high(), -a.low()));
    }
    if (expression instanceof Call call) {
      return of(call.argument())
          .flatMap(a -> image(Function.named(call.function()).orElseThrow(), a));
    }
    Binary binary = (Binary) expression;
    return of(binary.left()).flatMap(a -> of(binary.right()).flatMap(b -> of(binary, a, b)));
  }

  private static Optional<Interval> of(Binary binary, Interval a, Interval b) {
    return switch (binary.operator()) {
      case '+' -> a.plus(b);
      case '-' -> a.minus(b);
      case '*' -> a.times(b);
      case '/' -> a.over(b);
      default -> a.power(b);
    };
  }

  private static Optional<Interval> image(Function function, Interval a) {
    return switch (function) {
      case SIN, COS -> Interval.around(-1.0, 1.0);
      case ABS -> Interval.around(Math.abs(a.nearest(0.0)), a.reach());
      case TAN ->
          -Math.PI / 2.0 < a.low() && a.high() < Math.PI / 2.0
              ? ends(function, a)
              : Optional.empty();
      // They rise; where one isn't defined, the lower end has no finite value.
      case I, LOG, LOG2, LOG10, LOG1P, EXP, EXPM1, SQRT -> ends(function, a);
    };
  }

  private static Optional<Interval> ends(Function function, Interval a) {
    return Interval.around(function.of(a.low()), function.of(a.high()));
  }
}
