package io.sparkfed.data;

import io.sparkfed.data.BrokenRuleException.Kind;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.math.Interval;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.Labels;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.PlainText;
import io.sparkfed.model.Response;
import io.sparkfed.model.Spelling;
import java.io.Serializable;

/**
 * What single cells of a worker's rows say, whatever the format they come from. A rule that is
 * broken carries no value.
 *
 * @param missing the texts that stand for no value
 */
public record CellRules(MissingTexts missing) implements Serializable {
  /** What can be done about a missing value. */
  public static final Message REMEDY =
      Message.of(
          " (",
          Hint.MISSING_VALUES,
          " = drop leaves such rows out; ",
          Hint.IMPUTATION,
          " fills in features that are numbers)");

  private static final String NO_NUMBER = "is not a number";

  /** Returns whether a cell holds nothing: null, NaN, or a text that stands for it. */
  boolean isMissing(Cells row, int at) {
    if (row.isNull(at)) {
      return true;
    }
    return switch (row.kind(at)) {
      case NUMBER -> isMissingNumber(row, at, row.number(at));
      case TEXT -> Double.isNaN(row.numberOfText(at)) && missing.contains((String) row.value(at));
      default -> false;
    };
  }

  private boolean isMissingNumber(Cells row, int at, double number) {
    return Double.isNaN(number)
        || (missing.anyNumber() && missing.contains((Number) row.value(at)));
  }

  /**
   * Returns a finite number.
   *
   * @param bounds what it is cut to, as {@link #within} does
   */
  double number(Cells row, int at, String column, Interval bounds) throws BrokenRuleException {
    return present(numberOrNaN(row, at, column, bounds), row, at, column);
  }

  /**
   * Returns a finite number of a feature's column.
   *
   * @param bounds what it is cut to, as {@link #within} does
   */
  double feature(Cells row, int at, String column, Interval bounds) throws BrokenRuleException {
    return present(featureOrNaN(row, at, column, bounds), row, at, column);
  }

  private static double present(double number, Cells row, int at, String column)
      throws BrokenRuleException {
    if (Double.isNaN(number)) {
      String rule =
          !row.isNull(at) && row.kind(at) == Cells.Kind.NUMBER
              ? "must be a finite number, and is NaN"
              : "is missing; a number is needed";
      throw new BrokenRuleException(column, Message.of(rule, REMEDY), Kind.MISSING);
    }
    return number;
  }

  /** Returns a finite number, cut to bounds, or NaN where a cell is missing. */
  private double numberOrNaN(Cells row, int at, String column, Interval bounds)
      throws BrokenRuleException {
    if (row.isNull(at)) {
      return Double.NaN;
    }
    return switch (row.kind(at)) {
      case NUMBER -> {
        double number = row.number(at);
        yield isMissingNumber(row, at, number) ? Double.NaN : within(bounds, number, column);
      }
      case BOOLEAN -> within(bounds, (boolean) row.value(at) ? 1.0 : 0.0, column);
      case TEXT -> {
        double number = row.numberOfText(at);
        yield Double.isNaN(number)
            ? ofText((String) row.value(at), column, bounds)
            : within(bounds, number, column);
      }
      default -> ofNumber(PlainText.of(row.value(at).toString()), column, bounds);
    };
  }

  private double ofText(String cell, String column, Interval bounds) throws BrokenRuleException {
    return missing.contains(cell) ? Double.NaN : ofNumber(PlainText.of(cell), column, bounds);
  }

  private static double ofNumber(String text, String column, Interval bounds)
      throws BrokenRuleException {
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return within(bounds, text.equalsIgnoreCase("true") ? 1.0 : 0.0, column);
    }
    return within(bounds, parsed(text, column), column);
  }

  /**
   * Returns a finite number of a feature's column, or NaN where a cell is missing.
   *
   * @param bounds what it is cut to, as {@link #within} does
   */
  double featureOrNaN(Cells row, int at, String column, Interval bounds)
      throws BrokenRuleException {
    try {
      return numberOrNaN(row, at, column, bounds);
    } catch (BrokenRuleException e) {
      throw e.getMessage().equals(NO_NUMBER)
          ? new BrokenRuleException(
              column,
              Message.of(
                  NO_NUMBER,
                  "; categories are named in ",
                  Hint.CATEGORIES,
                  ", or by factor() in ",
                  Hint.FORMULA),
              Kind.RULE)
          : e;
    }
  }

  /**
   * Returns the label of a row that has its columns from a place on; a class by its number.
   *
   * @param bounds what a label that is no class is cut to, as {@link #within} does
   */
  double label(Cells row, int from, Scalar label, Response response, Interval bounds)
      throws BrokenRuleException {
    if (response.labels() instanceof Labels.Classes classes) {
      int named = classes.classOf(level(row, from, label.name(), Spelling.VALUE));
      if (named < 0) {
        throw new BrokenRuleException(
            label.name(),
            Message.of("a label must be one of the classes in ", Hint.LABEL_LEVELS),
            Kind.RULE);
      }
      return named;
    }
    double value;
    try {
      value = label.read(this, row, from, bounds);
    } catch (BrokenRuleException e) {
      throw response.family().isClassifier() && e.getMessage().equals(NO_NUMBER)
          ? new BrokenRuleException(
              label.name(),
              Message.of(
                  NO_NUMBER,
                  "; classes with names need ",
                  Hint.LABEL_LEVELS,
                  ", e.g. [\"no\", \"yes\"]"),
              Kind.RULE)
          : e;
    }
    if (!response.acceptsLabel(value)) {
      throw new BrokenRuleException(label.name(), "a label must be " + response.labelRule());
    }
    return value;
  }

  /** Returns the level of a category; it doesn't depend on the type of the cell. */
  String level(Cells row, int at, OneHot category) throws BrokenRuleException {
    return level(row, at, category.name(), category.spelling());
  }

  private String level(Cells row, int at, String column, Spelling spelling)
      throws BrokenRuleException {
    if (isMissing(row, at)) {
      throw new BrokenRuleException(
          column, Message.of("is missing; a level is needed", REMEDY), Kind.MISSING);
    }
    if (row.kind(at) == Cells.Kind.NUMBER) {
      finite(row.number(at), column);
    }
    String level = spelled(row.value(at), spelling);
    if (!InputColumn.isLevel(level)) {
      throw new BrokenRuleException(
          column, "a level must have 1 to " + OneHot.MAX_LEVEL_BYTES + " bytes in UTF-8");
    }
    return level;
  }

  /** Returns whose a row is: ids that spell one number are one person's, as 1, 1.0 and 01. */
  PersonId person(Cells row, int at, String column) throws BrokenRuleException {
    String id = isMissing(row, at) ? "" : spelled(row.value(at), Spelling.VALUE);
    if (id.isEmpty()) {
      throw new BrokenRuleException(
          column, Message.of("is missing; each row must say whose it is", REMEDY), Kind.MISSING);
    }
    return PersonId.of(id);
  }

  /** Returns the text of a value, whatever its type. */
  static String spelled(Object value, Spelling spelling) {
    return value instanceof Number number && Double.isFinite(number.doubleValue())
        ? PlainText.ofNumber(number)
        : spelling.level(value.toString());
  }

  /**
   * Returns a number cut to bounds, infinite ones, too; without bounds it must be finite.
   *
   * @param bounds finite; null for none
   * @throws BrokenRuleException if it is NaN, or infinite without bounds
   */
  static double within(Interval bounds, double value, String column) throws BrokenRuleException {
    return finite(bounds == null ? value : bounds.nearest(value), column);
  }

  private static double finite(double value, String column) throws BrokenRuleException {
    if (!Double.isFinite(value)) {
      throw new BrokenRuleException(column, "must be a finite number, and is NaN or infinite");
    }
    return value;
  }

  private static double parsed(String text, String column) throws BrokenRuleException {
    if (isJavaLiteral(text)) {
      throw new BrokenRuleException(column, NO_NUMBER);
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new BrokenRuleException(column, NO_NUMBER);
    }
  }

  /** 1f, 2d and 0x1p3 are numbers in Java's source text, and mistakes in a file. */
  private static boolean isJavaLiteral(String text) {
    return !text.isEmpty()
        && ("fFdD".indexOf(text.charAt(text.length() - 1)) >= 0
            || text.indexOf('x') >= 0
            || text.indexOf('X') >= 0);
  }
}
