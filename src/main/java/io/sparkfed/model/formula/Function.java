package io.sparkfed.model.formula;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.function.DoubleUnaryOperator;

/** A function of one number, by the name it has in R. Each gives the same bits everywhere. */
enum Function {
  /** Keeps arithmetic from being read as a formula's. */
  I(x -> x),
  LOG(StrictMath::log),
  LOG2(x -> StrictMath.log(x) / StrictMath.log(2.0)),
  LOG10(StrictMath::log10),
  LOG1P(StrictMath::log1p),
  EXP(StrictMath::exp),
  EXPM1(StrictMath::expm1),
  SQRT(StrictMath::sqrt),
  ABS(StrictMath::abs),
  SIN(StrictMath::sin),
  COS(StrictMath::cos),
  TAN(StrictMath::tan);

  private final DoubleUnaryOperator operator;

  Function(DoubleUnaryOperator operator) {
    this.operator = operator;
  }

  double of(double x) {
    return operator.applyAsDouble(x);
  }

  String symbol() {
    return this == I ? "I" : name().toLowerCase(Locale.ROOT);
  }

  static Optional<Function> named(String symbol) {
    return Arrays.stream(values()).filter(f -> f.symbol().equals(symbol)).findFirst();
  }
}
