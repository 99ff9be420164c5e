package io.sparkfed.spark.rows;

import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.Labels;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.PlainText;
import io.sparkfed.model.Response;
import io.sparkfed.model.Spelling;
import io.sparkfed.spark.rows.RowParser.Broken;
import java.io.Serializable;
import org.apache.spark.sql.Row;

/**
 * What single cells of a worker's rows say, whatever the format they come from. A rule that is
 * broken carries no value.
 *
 * @param missing the texts that stand for no value
 */
record CellRules(MissingTexts missing) implements Serializable {
  /** What can be done about a missing value. */
  static final String REMEDY =
      " (data.missing = drop leaves such rows out; data.impute fills in features that are numbers)";

  private static final String NO_NUMBER = "is not a number";

  /** Returns whether a cell holds nothing: null, NaN, or a text that stands for it. */
  boolean isMissing(Row row, int at) {
    Object value = row.isNullAt(at) ? "" : row.get(at);
    return value instanceof Number number
        ? missing.contains(number)
        : value instanceof String text && missing.contains(text);
  }

  /** Returns a finite number. */
  double number(Row row, int at, String column) throws Broken {
    return present(numberOrNaN(row, at, column), row, at, column);
  }

  /** Returns a finite number of a feature's column. */
  double feature(Row row, int at, String column) throws Broken {
    return present(featureOrNaN(row, at, column), row, at, column);
  }

  private static double present(double number, Row row, int at, String column) throws Broken {
    if (Double.isNaN(number)) {
      String rule =
          row.get(at) instanceof Number
              ? "must be a finite number, and is NaN"
              : "is missing; a number is needed";
      throw new Broken(column, rule + REMEDY, Broken.Kind.MISSING);
    }
    return number;
  }

  /** Returns a finite number, or NaN where a cell is missing. */
  double numberOrNaN(Row row, int at, String column) throws Broken {
    if (isMissing(row, at)) {
      return Double.NaN;
    }
    Object value = row.get(at);
    if (value instanceof Number number) {
      return finite(number.doubleValue(), column);
    }
    if (value instanceof Boolean isTrue) {
      return isTrue ? 1.0 : 0.0;
    }
    String text = PlainText.of(value.toString());
    if (text.equalsIgnoreCase("true") || text.equalsIgnoreCase("false")) {
      return text.equalsIgnoreCase("true") ? 1.0 : 0.0;
    }
    return finite(parsed(text, column), column);
  }

  /** Returns a finite number of a feature's column, or NaN where a cell is missing. */
  double featureOrNaN(Row row, int at, String column) throws Broken {
    try {
      return numberOrNaN(row, at, column);
    } catch (Broken e) {
      throw e.getMessage().equals(NO_NUMBER)
          ? new Broken(
              column,
              NO_NUMBER
                  + "; categories are named in data.categorical, or by factor() in data.formula")
          : e;
    }
  }

  /** Returns the label of a row that has its columns from a place on; a class by its number. */
  double label(Row row, int from, Scalar label, Response response) throws Broken {
    if (response.labels() instanceof Labels.Classes classes) {
      int named = classes.classOf(level(row, from, label.name(), Spelling.VALUE));
      if (named < 0) {
        throw new Broken(label.name(), "a label must be one of the classes in data.label-levels");
      }
      return named;
    }
    double value;
    try {
      value = label.read(this, row, from);
    } catch (Broken e) {
      throw response.family().isClassifier() && e.getMessage().equals(NO_NUMBER)
          ? new Broken(
              label.name(),
              NO_NUMBER + "; classes with names need data.label-levels, e.g. [\"no\", \"yes\"]")
          : e;
    }
    if (!response.acceptsLabel(value)) {
      throw new Broken(label.name(), "a label must be " + response.labelRule());
    }
    return value;
  }

  /** Returns the level of a category; it doesn't depend on the type of the cell. */
  String level(Row row, int at, OneHot category) throws Broken {
    return level(row, at, category.name(), category.spelling());
  }

  private String level(Row row, int at, String column, Spelling spelling) throws Broken {
    if (isMissing(row, at)) {
      throw new Broken(column, "is missing; a level is needed" + REMEDY, Broken.Kind.MISSING);
    }
    Object value = row.get(at);
    if (value instanceof Number number) {
      finite(number.doubleValue(), column);
    }
    String level = spelled(value, spelling);
    if (!InputColumn.isLevel(level)) {
      throw new Broken(
          column, "a level must have 1 to " + OneHot.MAX_LEVEL_BYTES + " bytes in UTF-8");
    }
    return level;
  }

  /** Returns the text of a value, whatever its type. */
  static String spelled(Object value, Spelling spelling) {
    return value instanceof Number number && Double.isFinite(number.doubleValue())
        ? PlainText.ofNumber(number)
        : spelling.level(value.toString());
  }

  static double finite(double value, String column) throws Broken {
    if (!Double.isFinite(value)) {
      throw new Broken(column, "must be a finite number, and is NaN or infinite");
    }
    return value;
  }

  private static double parsed(String text, String column) throws Broken {
    if (isJavaLiteral(text)) {
      throw new Broken(column, NO_NUMBER);
    }
    try {
      return Double.parseDouble(text);
    } catch (NumberFormatException e) {
      throw new Broken(column, NO_NUMBER);
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
