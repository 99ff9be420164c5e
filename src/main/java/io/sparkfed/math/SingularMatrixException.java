package io.sparkfed.math;

/** A symmetric matrix that should be positive definite is not, within rounding. */
public final class SingularMatrixException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int column;

  /** Creates the exception; {@code column} depends linearly on the columns before it. */
  public SingularMatrixException(int column) {
    super("column " + column + " of the matrix depends linearly on the columns before it");
    this.column = column;
  }

  /** Returns the first column, from 0, that depends on the ones before it. */
  public int column() {
    return column;
  }
}
