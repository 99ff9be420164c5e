package io.sparkfed.data;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.ModelShape;
import java.io.Serializable;
import java.util.Arrays;

/**
 * A row as numbers: its label, weight and offset, its part, and its features. A window that row
 * after row is written to. Never leaves the executors.
 */
public final class EncodedRow implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final String[] NO_LEVELS = {};

  double label;
  double weight;
  double offset;
  Part part;

  /** Whose row it is; null where nobody asks. */
  PersonId person;

  private int width;

  /** Where the row's entries begin in both arrays, and how many they are. */
  private int from;

  private int entries;

  /** Null when all features are there. */
  private int[] columns;

  private double[] values;

  /** In a survey the level of each category; empty otherwise. */
  private String[] levels = NO_LEVELS;

  /** Sees {@code entries} features of arrays, which are kept. */
  void see(int p, int[] ofColumns, double[] ofValues, int first, int count) {
    width = p;
    columns = ofColumns;
    values = ofValues;
    from = first;
    entries = count;
    levels = NO_LEVELS;
  }

  /** Sees what a survey reads beside values that may be missing. */
  void seeLevels(String[] ofCategories) {
    levels = ofCategories;
  }

  /** Returns the number of features. */
  public int width() {
    return width;
  }

  public double label() {
    return label;
  }

  public double weight() {
    return weight;
  }

  public Part part() {
    return part;
  }

  double offset() {
    return offset;
  }

  int[] columns() {
    return columns;
  }

  double[] values() {
    return values;
  }

  int from() {
    return from;
  }

  int entries() {
    return entries;
  }

  String[] levels() {
    return levels;
  }

  /** Returns whether a storage keeps the features finite. */
  public boolean fits(Storage storage) {
    return storage.holds(values, from, entries);
  }

  /** Returns the K scores under coefficients in raw units. */
  public double[] scores(ModelShape shape, double[] raw) {
    double[] scores = new double[shape.outputs()];
    for (int k = 0; k < scores.length; k++) {
      int first = shape.weightsFrom(k);
      double sum = 0.0;
      for (int at = 0; at < entries; at++) {
        sum += values[from + at] * raw[first + (columns == null ? at : columns[from + at])];
      }
      scores[k] = sum + shape.intercept(raw, k) + offset;
    }
    return scores;
  }

  /** Returns a row that stays as this one is now. */
  public EncodedRow copy() {
    EncodedRow copy = new EncodedRow();
    copy.see(
        width,
        columns == null ? null : Arrays.copyOfRange(columns, from, from + entries),
        Arrays.copyOfRange(values, from, from + entries),
        0,
        entries);
    copy.levels = levels;
    copy.label = label;
    copy.weight = weight;
    copy.offset = offset;
    copy.part = part;
    copy.person = person;
    return copy;
  }
}
