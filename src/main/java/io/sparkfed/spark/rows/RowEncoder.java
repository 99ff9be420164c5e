package io.sparkfed.spark.rows;

import io.sparkfed.model.Design;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.spark.rows.RowParser.Broken;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/**
 * Turns the feature columns at the front of a row into features, or into what a survey of them
 * needs. Made where the rows are, one for each partition.
 */
final class RowEncoder {
  private final FeatureEncoding encoding;
  private final CellRules rules;
  private final Design design;
  private final List<Map<String, Integer>> places = new ArrayList<>();

  RowEncoder(FeatureEncoding encoding, CellRules rules) {
    this.encoding = encoding;
    this.rules = rules;
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
  }

  /** Returns the number of features. */
  int width() {
    return design.width();
  }

  /** Returns the features. */
  Design.Features encode(Row row) throws Broken {
    List<InputColumn> inputs = encoding.columns();
    double[] numbers = new double[inputs.size()];
    int[] levels = new int[inputs.size()];
    for (int j = 0; j < inputs.size(); j++) {
      if (inputs.get(j) instanceof OneHot category) {
        levels[j] = place(row, j, category);
      } else {
        numbers[j] = filled(row, j, (Numeric) inputs.get(j));
      }
    }
    try {
      return design.of(numbers, levels);
    } catch (Design.NotFiniteException e) {
      throw Scalar.notFinite(e.getMessage());
    }
  }

  /**
   * What a survey reads of a row.
   *
   * @param levels the level of each category
   * @param values the value in each column with missing ones; NaN where it is missing
   */
  record Surveyed(String[] levels, double[] values) {}

  /** Reads what is to be encoded, and checks the rest. */
  Surveyed survey(Row row) throws Broken {
    List<String> levels = new ArrayList<>();
    double[] values = new double[encoding.imputed().size()];
    int at = 0;
    for (int j = 0; j < encoding.columns().size(); j++) {
      InputColumn column = encoding.columns().get(j);
      if (column instanceof OneHot category) {
        levels.add(rules.level(row, j, category));
      } else if (((Numeric) column).imputed()) {
        values[at++] = rules.featureOrNaN(row, j, column.name());
      } else {
        rules.feature(row, j, column.name());
      }
    }
    return new Surveyed(levels.toArray(new String[0]), values);
  }

  private double filled(Row row, int at, Numeric column) throws Broken {
    if (!column.imputed()) {
      return rules.feature(row, at, column.name());
    }
    double value = rules.featureOrNaN(row, at, column.name());
    return Double.isNaN(value) ? column.fill() : value;
  }

  private int place(Row row, int at, OneHot category) throws Broken {
    Map<String, Integer> placeOfLevel = places.get(at);
    // A text that is a known level as it stands needs no spelling out.
    Integer place =
        !row.isNullAt(at) && row.get(at) instanceof String text ? placeOfLevel.get(text) : null;
    if (place == null) {
      place = placeOfLevel.get(rules.level(row, at, category));
    }
    if (place == null) {
      throw new Broken(
          category.name(),
          "must be at one of the " + category.levels().size() + " known levels",
          Broken.Kind.UNSEEN);
    }
    return place;
  }
}
