package io.sparkfed.spark;

import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.spark.RowParser.Broken;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/**
 * Turns the feature columns at the front of a row into features, or into what a survey of them
 * needs. Made where the rows are, one for each partition.
 */
final class RowEncoder {
  private static final int REFERENCE = -1;

  private final FeatureEncoding encoding;
  private final Cells cells;
  private final List<Map<String, Integer>> places = new ArrayList<>();
  private final int width;
  private final boolean isSparse;
  private final boolean hasCategories;

  RowEncoder(FeatureEncoding encoding, Cells cells) {
    this.encoding = encoding;
    this.cells = cells;
    int next = 0;
    for (InputColumn column : encoding.columns()) {
      Map<String, Integer> placeOfLevel = new HashMap<>();
      if (column instanceof OneHot category) {
        placeOfLevel.put(category.reference(), REFERENCE);
        for (String level : category.indicators()) {
          placeOfLevel.put(level, next++);
        }
        for (String level : category.levels()) {
          placeOfLevel.putIfAbsent(category.spelling().level(level), placeOfLevel.get(level));
        }
      } else {
        next++;
      }
      places.add(placeOfLevel);
    }
    this.width = next;
    this.hasCategories = !encoding.categories().isEmpty();
    this.isSparse = 2 * encoding.columns().size() <= next;
  }

  /** Returns the number of features. */
  int width() {
    return width;
  }

  /**
   * A row's features.
   *
   * @param columns feature indices in ascending order, or null when {@code values} has all
   * @param values the features
   */
  record Encoded(int[] columns, double[] values) {}

  /** Returns the features: sparse when at most half of them can be other than 0. */
  Encoded encode(Row row) throws Broken {
    List<InputColumn> inputs = encoding.columns();
    int[] columns = new int[inputs.size()];
    double[] values = new double[inputs.size()];
    int entries = 0;
    int next = 0;
    for (int j = 0; j < inputs.size(); j++) {
      if (inputs.get(j) instanceof OneHot category) {
        int place = place(row, j, category);
        if (place != REFERENCE) {
          columns[entries] = place;
          values[entries++] = 1.0;
        }
        next += places.get(j).size() - 1;
      } else {
        columns[entries] = next++;
        values[entries++] = filled(row, j, (Numeric) inputs.get(j));
      }
    }
    if (!hasCategories) {
      return new Encoded(null, values);
    }
    if (isSparse) {
      return new Encoded(Arrays.copyOf(columns, entries), Arrays.copyOf(values, entries));
    }
    double[] dense = new double[width];
    for (int k = 0; k < entries; k++) {
      dense[columns[k]] = values[k];
    }
    return new Encoded(null, dense);
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
        levels.add(cells.level(row, j, category));
      } else if (((Numeric) column).imputed()) {
        values[at++] = cells.numberOrNaN(row, j, column.name());
      } else {
        cells.number(row, j, column.name());
      }
    }
    return new Surveyed(levels.toArray(new String[0]), values);
  }

  private double filled(Row row, int at, Numeric column) throws Broken {
    if (!column.imputed()) {
      return cells.number(row, at, column.name());
    }
    double value = cells.numberOrNaN(row, at, column.name());
    return Double.isNaN(value) ? column.fill() : value;
  }

  private int place(Row row, int at, OneHot category) throws Broken {
    Map<String, Integer> placeOfLevel = places.get(at);
    // A text that is a known level as it stands needs no spelling out.
    Integer place =
        !row.isNullAt(at) && row.get(at) instanceof String text ? placeOfLevel.get(text) : null;
    if (place == null) {
      place = placeOfLevel.get(cells.level(row, at, category));
    }
    if (place == null) {
      throw new Broken(
          category.name(), "must be at one of the " + category.levels().size() + " known levels");
    }
    return place;
  }
}
