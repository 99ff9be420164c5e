package io.sparkfed.data;

import io.sparkfed.data.BrokenRuleException.Kind;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.math.Interval;
import io.sparkfed.model.Design;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.InputColumn.Vectors;
import io.sparkfed.model.Spelling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns raw rows into numbers, or into what a survey of them needs. Made where the rows are, one
 * for each partition, and for one thread.
 */
public final class RowEncoder {
  private final RowForm form;
  private final FeatureEncoding encoding;
  private final CellRules rules;
  private final Design design;
  private final List<Map<String, Integer>> places = new ArrayList<>();

  /** What each column's numbers are cut to; null for nothing. */
  private final Interval[] bounds;

  /** Whether each feature is the number in its column. */
  private final boolean isPlain;

  private final int labelColumns;
  private final int offsetColumns;
  private final double[] numbers;
  private final int[] placesOfLevels;
  private final int[] columns;
  private final double[] values;

  /** Creates an encoder of rows of a form. */
  public RowEncoder(RowForm form) {
    this.form = form;
    this.encoding = form.encoding();
    this.rules = form.rules();
    this.design = new Design(encoding);
    for (InputColumn column : encoding.columns()) {
      Map<String, Integer> placeOfLevel = new HashMap<>();
      if (column instanceof OneHot category) {
        for (int l = 0; l < category.levels().size(); l++) {
          placeOfLevel.put(category.levels().get(l), l);
        }
        for (String level : category.levels()) {
          placeOfLevel.putIfAbsent(category.spelling().level(level), placeOfLevel.get(level));
        }
      }
      places.add(placeOfLevel);
    }
    this.bounds =
        encoding.columns().stream()
            .map(column -> form.bounds() == null ? null : form.bounds().of(column))
            .toArray(Interval[]::new);
    this.isPlain =
        !form.survey()
            && encoding.isOfMainEffects()
            && encoding.columns().stream().allMatch(Numeric.class::isInstance);
    this.labelColumns = form.response() == null ? 0 : form.label().columns().size();
    this.offsetColumns = form.offset() == null ? 0 : form.offset().columns().size();
    this.numbers = new double[encoding.columns().size()];
    this.placesOfLevels = new int[encoding.columns().size()];
    this.columns = new int[design.mostEntries()];
    this.values = new double[design.mostEntries()];
  }

  /** Returns whether a value is missing that nothing replaces. */
  public boolean isIncomplete(Cells row) {
    int width = form.width();
    for (int at = 0; at < width; at++) {
      InputColumn column = at < encoding.columns().size() ? encoding.columns().get(at) : null;
      boolean isMissing =
          column instanceof Vectors ? isIncompleteVector(row, at) : rules.isMissing(row, at);
      if (isMissing && !(column instanceof Numeric number && number.imputed())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isIncompleteVector(Cells row, int at) {
    return row.isNull(at) || Arrays.stream(row.vector(at).values()).anyMatch(Double::isNaN);
  }

  /**
   * Encodes a row.
   *
   * @param out sees the row until the next one is encoded
   * @throws BrokenRuleException if the row breaks a rule: the first, of label, weight, offset,
   *     part, person and features in this order
   */
  public void encode(Cells row, EncodedRow out) throws BrokenRuleException {
    int at = encoding.columns().size();
    out.label = 0.0;
    if (form.response() != null) {
      out.label = rules.label(row, at, form.label(), form.response(), boundsOfLabels());
      at += labelColumns;
    }
    out.weight = 1.0;
    if (form.weight() != null) {
      out.weight = rules.number(row, at++, form.weight(), null);
      if (out.weight < 0.0) {
        throw new BrokenRuleException(form.weight(), "a weight must be >= 0");
      }
    }
    out.offset = 0.0;
    if (form.offset() != null) {
      out.offset = form.offset().read(rules, row, at, null);
      at += offsetColumns;
    }
    out.part = form.part() == null ? Part.TRAIN : part(row, at++);
    out.person = form.person() == null ? null : rules.person(row, at, form.person());
    if (encoding.isVectors()) {
      encodeVector(row, out);
    } else if (form.survey()) {
      survey(row, out);
    } else if (isPlain && row instanceof NumberRows block) {
      block.seenBy(out, design.width(), bounds);
    } else {
      encodeColumns(row, out);
    }
  }

  private Interval boundsOfLabels() {
    return form.bounds() == null ? null : form.bounds().label();
  }

  private void encodeVector(Cells row, EncodedRow out) throws BrokenRuleException {
    String column = encoding.columns().get(0).name();
    if (row.isNull(0)) {
      throw new BrokenRuleException(
          column, Message.of("is missing", CellRules.REMEDY), Kind.MISSING);
    }
    Cells.Vector features = row.vector(0);
    if (features.size() == 0) {
      throw new BrokenRuleException(
          column, "must hold at least one feature; its vector has the length 0");
    }
    double[] read = features.values();
    double[] entries = bounds[0] == null ? read : new double[read.length];
    for (int k = 0; k < read.length; k++) {
      if (Double.isNaN(read[k])) {
        throw new BrokenRuleException(
            column, "must hold finite numbers, and one is NaN", Kind.MISSING);
      }
      entries[k] = CellRules.within(bounds[0], read[k], column);
    }
    out.see(features.size(), features.columns(), entries, 0, entries.length);
  }

  private void encodeColumns(Cells row, EncodedRow out) throws BrokenRuleException {
    List<InputColumn> inputs = encoding.columns();
    for (int j = 0; j < numbers.length; j++) {
      if (inputs.get(j) instanceof OneHot category) {
        placesOfLevels[j] = place(row, j, category);
      } else {
        numbers[j] = filled(row, j, (Numeric) inputs.get(j));
      }
    }
    try {
      int entries = design.write(numbers, placesOfLevels, columns, values);
      out.see(design.width(), design.isSparse() ? columns : null, values, 0, entries);
    } catch (Design.NotFiniteException e) {
      throw Scalar.notFinite(e.getMessage());
    }
  }

  /** Reads what is to be encoded, and checks the rest. */
  private void survey(Cells row, EncodedRow out) throws BrokenRuleException {
    List<String> levels = new ArrayList<>();
    double[] found = new double[encoding.imputed().size()];
    int at = 0;
    for (int j = 0; j < encoding.columns().size(); j++) {
      InputColumn column = encoding.columns().get(j);
      if (column instanceof OneHot category) {
        levels.add(rules.level(row, j, category));
      } else if (((Numeric) column).imputed()) {
        found[at++] = rules.featureOrNaN(row, j, column.name(), bounds[j]);
      } else {
        rules.feature(row, j, column.name(), bounds[j]);
      }
    }
    out.see(0, null, found, 0, found.length);
    out.seeLevels(levels.toArray(new String[0]));
  }

  private double filled(Cells row, int at, Numeric column) throws BrokenRuleException {
    if (!column.imputed()) {
      return rules.feature(row, at, column.name(), bounds[at]);
    }
    double value = rules.featureOrNaN(row, at, column.name(), bounds[at]);
    return Double.isNaN(value) ? column.fill() : value;
  }

  private int place(Cells row, int at, OneHot category) throws BrokenRuleException {
    Map<String, Integer> placeOfLevel = places.get(at);
    // A text that is a known level as it stands needs no spelling out.
    Integer place =
        !row.isNull(at) && row.value(at) instanceof String text ? placeOfLevel.get(text) : null;
    if (place == null) {
      place = placeOfLevel.get(level(row, at, category));
    }
    if (place == null && form.bounds() != null) {
      return placeOfLevel.get(category.reference());
    }
    if (place == null) {
      throw new BrokenRuleException(
          category.name(),
          "must be at one of the " + category.levels().size() + " known levels",
          Kind.UNSEEN);
    }
    return place;
  }

  /** Returns a level; of rows that are hidden the reference where a value can't be any. */
  private String level(Cells row, int at, OneHot category) throws BrokenRuleException {
    try {
      return rules.level(row, at, category);
    } catch (BrokenRuleException e) {
      if (form.bounds() == null || e.kind() == Kind.MISSING) {
        throw e;
      }
      return category.reference();
    }
  }

  private Part part(Cells row, int at) throws BrokenRuleException {
    String value =
        rules.isMissing(row, at) ? null : CellRules.spelled(row.value(at), Spelling.VALUE);
    if (form.part().train().equals(value)) {
      return Part.TRAIN;
    }
    if (form.part().test().equals(value)) {
      return Part.TEST;
    }
    throw new BrokenRuleException(
        form.part().name(),
        Message.of(
            "must be \"",
            form.part().train(),
            "\" or \"",
            form.part().test(),
            "\" (",
            Hint.TEST_ROWS,
            ")"),
        Kind.RULE);
  }
}
