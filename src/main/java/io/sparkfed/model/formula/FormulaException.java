package io.sparkfed.model.formula;

/** A formula that can't be read; the message gives place and rule. */
public final class FormulaException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  FormulaException(int position, String rule) {
    super("at character " + position + ": " + rule);
  }
}
