package io.sparkfed.model.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.math.Interval;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpressionRangeTest {
  private static final int POINTS = 4000;

  private static final Map<String, Interval> COLUMNS =
      Map.of(
          "x", new Interval(-2.0, 3.0),
          "p", new Interval(0.5, 4.0),
          "z", new Interval(0.0, 1.0),
          "t", new Interval(-1.0, 1.5));

  private static Optional<Interval> range(String text) {
    return ExpressionRange.of(Formula.expression(text), COLUMNS::get);
  }

  /** The oracle is the expression itself, at random points. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "-x",
        "x + p",
        "x - p",
        "x * p",
        "x / p",
        "x^2",
        "x^3",
        "p^-2",
        "p^0.5",
        "p^x",
        "z^p",
        "log(p)",
        "log2(p)",
        "log10(p)",
        "log1p(z)",
        "exp(x)",
        "expm1(x)",
        "sqrt(z)",
        "abs(x)",
        "abs(-p)",
        "sin(3 * x)",
        "cos(x)",
        "tan(t)",
        "I(x * x)",
        "log(p) * x^2 - exp(t) / p",
        "abs(x - 1)^2 + sqrt(p)"
      })
  void of_expression_holdsItsValueAtAnyPoint(String text) {
    Expression expression = Formula.expression(text);
    Interval range = range(text).orElseThrow();
    Random random = new Random(3);
    for (int i = 0; i < POINTS; i++) {
      double value =
          expression.value(
              column -> {
                Interval in = COLUMNS.get(column);
                int end = random.nextInt(4);
                double share = end == 0 ? 0.0 : end == 1 ? 1.0 : random.nextDouble();
                return in.low() + share * (in.high() - in.low());
              });
      double slack = 1e-12 * (1.0 + range.reach());
      assertTrue(
          value >= range.low() - slack && value <= range.high() + slack,
          text + " is " + value + ", outside " + range);
    }
  }

  /** Known ranges: no wider than they need be. */
  @ParameterizedTest
  @CsvSource({
    "x^2, 0, 9",
    "abs(x), 0, 3",
    "x * p, -8, 12",
    "x / p, -4, 6",
    "sin(x), -1, 1",
    "log1p(z), 0, 0.6931471805599453",
    "sqrt(z) - 1, -1, 0"
  })
  void of_expression_isNoWiderThanItsValues(String text, double low, double high) {
    assertEquals(Optional.of(new Interval(low, high)), range(text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "log(x)",
        "log(z)",
        "sqrt(x)",
        "1 / x",
        "1 / z",
        "x^-1",
        "x^0.5",
        "log1p(x)",
        "tan(x)",
        "exp(1000 * p)",
        "1 + log(z)"
      })
  void of_expressionWithoutBound_isEmpty(String text) {
    assertEquals(Optional.empty(), range(text));
  }
}
