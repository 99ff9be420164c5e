package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig.Missing;
import io.sparkfed.config.DataConfig.SplitByColumn;
import io.sparkfed.config.TrainingConfig.Handling;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.Design;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.Vectors;
import io.sparkfed.model.Response;
import io.sparkfed.model.Spelling;
import io.sparkfed.spark.rows.GuardedRows.UnreadableRowException;
import java.io.Serializable;
import java.util.Arrays;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.apache.spark.ml.linalg.SparseVector;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Row;

/**
 * Turns rows into numbers, in a task where the rows are. The first row that breaks a rule becomes a
 * fault with its place and the rule, and parsing ends there.
 *
 * @param response whose label rule holds; null when no label is read
 * @param encoding of the feature columns, at their places in the row from 0
 * @param rules how their cells are read
 * @param survey whether rows are looked at for what the encoding doesn't know yet
 * @param label the label; its columns follow the features unless {@code response} is null
 * @param weight name of the weight column that follows; null for weight 1
 * @param offset the offset, whose columns follow; null for offset 0
 * @param split the split whose column follows; null when none does
 * @param worker whose rows these are; null when a column that follows says so
 * @param missing what becomes of a row without a value that is needed
 * @param keepOriginal whether parsed rows carry the row they came from
 * @param lenience what is done with rows that have no score
 */
record RowParser(
    Response response,
    FeatureEncoding encoding,
    CellRules rules,
    boolean survey,
    Scalar label,
    String weight,
    Scalar offset,
    SplitByColumn split,
    String worker,
    Missing missing,
    boolean keepOriginal,
    Lenience lenience)
    implements Serializable {
  /** A rule that a row broke; carries no value. */
  static final class Broken extends Exception {
    private static final long serialVersionUID = 1L;
    private final String column;
    private final Kind kind;

    /** What can be done with the row. */
    enum Kind {
      /** Nothing: it is not what it should be. */
      RULE,
      /** It has no score, as a value is missing. */
      MISSING,
      /** It has no score, as the model doesn't know a level. */
      UNSEEN
    }

    Broken(String column, String rule) {
      this(column, rule, Kind.RULE);
    }

    Broken(String column, String rule, Kind kind) {
      super(rule);
      this.column = column;
      this.kind = kind;
    }

    Kind kind() {
      return kind;
    }
  }

  /**
   * Parses a partition. A fault is its last element.
   *
   * @param inputSplit ordinal of the input split for messages; 0 when there is but one
   */
  Iterator<ParsedRow> parse(Iterator<Row> partition, int inputSplit) {
    Iterator<Row> rows = new GuardedRows(partition);
    RowEncoder encoder = new RowEncoder(encoding, rules);
    return new Iterator<>() {
      private long ordinal;
      private boolean ended;
      private ParsedRow next;

      @Override
      public boolean hasNext() {
        if (next == null && !ended) {
          next = advance();
        }
        return next != null;
      }

      @Override
      public ParsedRow next() {
        if (!hasNext()) {
          throw new NoSuchElementException();
        }
        ParsedRow result = next;
        next = null;
        return result;
      }

      private ParsedRow advance() {
        Row row;
        ordinal++;
        try {
          if (!rows.hasNext()) {
            ended = true;
            return null;
          }
          row = rows.next();
        } catch (UnreadableRowException e) {
          ended = true;
          return ParsedRow.faulty(e.fault(worker, ordinal, place()));
        }
        String owner = worker == null ? WorkerIds.of(row, parsedWidth() - 1) : worker;
        if (owner == null && response != null) {
          return end(null, "", WorkerIds.NOBODYS);
        }
        if (missing == Missing.DROP && isIncomplete(row)) {
          return ParsedRow.incomplete(owner);
        }
        try {
          return parseRow(row, owner, encoder);
        } catch (Broken e) {
          Handling handling = lenience.of(e);
          return handling == Handling.ERROR
              ? end(owner, e.column, lenience.told(e))
              : ParsedRow.aside(owner, e.column, row, handling);
        }
      }

      private ParsedRow end(String owner, String column, String rule) {
        ended = true;
        return ParsedRow.faulty(
            new DataFault(owner == null ? "" : owner, column, ordinal, rule + place()));
      }

      private String place() {
        return inputSplit == 0 ? "" : " (row counted in input split " + inputSplit + ")";
      }
    };
  }

  /** Returns the same parser with another lenience. */
  RowParser with(Lenience other) {
    return new RowParser(
        response,
        encoding,
        rules,
        survey,
        label,
        weight,
        offset,
        split,
        worker,
        missing,
        keepOriginal,
        other);
  }

  /** Returns how many columns at the front of a row are parsed. */
  int parsedWidth() {
    return encoding.columns().size()
        + (response == null ? 0 : label.columns().size())
        + (weight == null ? 0 : 1)
        + (offset == null ? 0 : offset.columns().size())
        + (split == null ? 0 : 1)
        + (worker == null ? 1 : 0);
  }

  /** Whether a value is missing that nothing replaces. */
  private boolean isIncomplete(Row row) {
    for (int at = 0; at < parsedWidth() - (worker == null ? 1 : 0); at++) {
      InputColumn column = at < encoding.columns().size() ? encoding.columns().get(at) : null;
      boolean isMissing =
          column instanceof Vectors ? isIncompleteVector(row, at) : rules.isMissing(row, at);
      if (isMissing && !(column instanceof Numeric number && number.imputed())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIncompleteVector(Row row, int at) {
    Vector vector = row.getAs(at);
    return vector == null || Arrays.stream(values(vector)).anyMatch(Double::isNaN);
  }

  private static double[] values(Vector vector) {
    return vector instanceof SparseVector sparse ? sparse.values() : vector.toArray();
  }

  private ParsedRow parseRow(Row row, String owner, RowEncoder encoder) throws Broken {
    int at = encoding.columns().size();
    double labelValue = 0.0;
    if (response != null) {
      labelValue = rules.label(row, at, label, response);
      at += label.columns().size();
    }
    double weightValue = 1.0;
    if (weight != null) {
      weightValue = rules.number(row, at++, weight);
      if (weightValue < 0.0) {
        throw new Broken(weight, "a weight must be >= 0");
      }
    }
    double offsetValue = 0.0;
    if (offset != null) {
      offsetValue = offset.read(rules, row, at);
      at += offset.columns().size();
    }
    Part part = split == null ? Part.TRAIN : part(row, at);
    Row original = keepOriginal ? row : null;
    if (encoding.isVectors()) {
      return parseVector(row, owner, labelValue, weightValue, offsetValue, part, original);
    }
    if (survey) {
      RowEncoder.Surveyed found = encoder.survey(row);
      return new ParsedRow(
          owner,
          0,
          null,
          found.values(),
          labelValue,
          weightValue,
          offsetValue,
          part,
          original,
          null,
          found.levels());
    }
    Design.Features features = encoder.encode(row);
    return new ParsedRow(
        owner,
        encoder.width(),
        features.columns(),
        features.values(),
        labelValue,
        weightValue,
        offsetValue,
        part,
        original,
        null,
        null);
  }

  private ParsedRow parseVector(
      Row row,
      String owner,
      double labelValue,
      double weightValue,
      double offsetValue,
      Part part,
      Row original)
      throws Broken {
    String column = encoding.columns().get(0).name();
    if (row.isNullAt(0)) {
      throw new Broken(column, "is missing" + CellRules.REMEDY, Broken.Kind.MISSING);
    }
    Vector features = row.getAs(0);
    if (features.size() == 0) {
      throw new Broken(column, "must hold at least one feature; its vector has the length 0");
    }
    int[] columns = features instanceof SparseVector sparse ? sparse.indices() : null;
    double[] values = values(features);
    for (double value : values) {
      if (Double.isNaN(value)) {
        throw new Broken(column, "must hold finite numbers, and one is NaN", Broken.Kind.MISSING);
      }
      CellRules.finite(value, column);
    }
    return new ParsedRow(
        owner,
        features.size(),
        columns,
        values,
        labelValue,
        weightValue,
        offsetValue,
        part,
        original,
        null,
        null);
  }

  private Part part(Row row, int at) throws Broken {
    String value = rules.isMissing(row, at) ? null : CellRules.spelled(row.get(at), Spelling.VALUE);
    if (split.train().equals(value)) {
      return Part.TRAIN;
    }
    if (split.test().equals(value)) {
      return Part.TEST;
    }
    throw new Broken(
        split.column(),
        "must be \"" + split.train() + "\" or \"" + split.test() + "\" (data.split)");
  }
}
