package io.sparkfed.server;

import java.util.Map;

/**
 * How far a search has come, as named numbers: enough to go on from it with the same bits.
 *
 * @param at which step of the search comes next, or the {@link Search.Ending} it came to
 * @param values vectors by name; a single number is a vector of length 1
 */
public record SavedSearch(String at, Map<String, double[]> values) {
  static final String FIRST = "first";
  static final String TRIAL = "trial";

  /** Takes a copy of the map. */
  public SavedSearch {
    values = Map.copyOf(values);
  }

  /** Saves a search whose first point was not evaluated yet. */
  static SavedSearch first(double[] point) {
    return new SavedSearch(FIRST, Map.of("point", point));
  }

  static double[] number(double value) {
    return new double[] {value};
  }

  /** Returns whether the search was at this step. */
  boolean isAt(String step) {
    return at.equals(step);
  }

  /**
   * Returns a copy of a vector.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  double[] vector(String name) {
    double[] vector = values.get(name);
    if (vector == null) {
      throw new IllegalArgumentException("a saved search must have its " + name);
    }
    return vector.clone();
  }

  /**
   * Returns a number.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  double number(String name) {
    double[] vector = vector(name);
    if (vector.length != 1) {
      throw new IllegalArgumentException("a saved search must have one number as its " + name);
    }
    return vector[0];
  }

  /**
   * Returns the search that had ended.
   *
   * @throws IllegalArgumentException if it was at a step that its optimizer doesn't know
   */
  Search ended() {
    for (Search.Ending how : Search.Ending.values()) {
      if (isAt(how.name())) {
        return new Search.Ended(vector("point"), how);
      }
    }
    throw new IllegalArgumentException("a saved search must be at a known step. Provided: " + at);
  }
}
