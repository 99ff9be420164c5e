package io.sparkfed.federated.exact;

import io.sparkfed.data.DataException;
import io.sparkfed.federated.DependentFeatureException;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.math.SingularMatrixException;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import java.util.List;
import java.util.Locale;

/**
 * How far features are from being linear combinations of each other.
 *
 * @param l2 the penalty, which may be too little to tell them apart
 * @param conditionNumber of the Hessian at the start; NaN where nobody knows
 */
record Dependence(ModelShape shape, double l2, double conditionNumber) {
  /** Of this order a solution has lost six digits. */
  private static final double WARNED = 1e6;

  /** Beyond it hardly a digit of a solution is right. */
  private static final double LARGEST = 1e13;

  /**
   * Returns what the Hessian at the start tells.
   *
   * @throws DataException if the rows do not determine the model
   */
  Dependence ofHessian(SymmetricMatrix first) {
    double found;
    try {
      found = first.withoutZeroRows().cholesky().conditionNumber();
    } catch (SingularMatrixException e) {
      int column = e.column();
      throw new DependentFeatureException(
          column < shape.weightCount() ? column % shape.features() : shape.features(),
          penalty(),
          e);
    }
    if (found > LARGEST) {
      throw new DataException(
          Message.of(
              String.format(
                  Locale.ROOT,
                  "the features must not be linear combinations of each other within rounding:"
                      + " condition number %.1e, at most %.0e. Leave features out, or ",
                  found,
                  LARGEST),
              penalty()));
    }
    return new Dependence(shape, l2, found);
  }

  boolean isKnown() {
    return !Double.isNaN(conditionNumber);
  }

  /** Returns what must be known of the coefficients, one sentence each. */
  List<Message> notes() {
    if (!(conditionNumber >= WARNED)) {
      return List.of();
    }
    return List.of(
        Message.of(
            String.format(
                Locale.ROOT,
                "WARNING: features are nearly linear combinations of each other: condition number"
                    + " %.1e, so about %.0f of 16 digits of the coefficients are lost to rounding;"
                    + " leave features out, or ",
                conditionNumber,
                Math.ceil(Math.log10(conditionNumber))),
            penalty()));
  }

  /**
   * Returns what to say of a fit that isn't unique.
   *
   * @param column of the feature that depends on those before it
   */
  Message note(int column, String more) {
    return Message.of(
        "WARNING: ",
        (column < shape.features()
            ? "feature " + (column + 1)
            : "the constant column of the intercept"),
        " is a linear combination of the features before it: other coefficients are as good as"
            + " these",
        more,
        "; leave features out, or ",
        penalty());
  }

  private Message penalty() {
    return l2 > 0.0 ? Message.of("raise ", Hint.L2) : Message.of("set ", Hint.L2, " > 0");
  }
}
