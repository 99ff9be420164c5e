package io.sparkfed.server;

import java.util.Arrays;
import java.util.Map;

/**
 * What a server optimizer remembers, as named vectors.
 *
 * @param vectors vectors by name; they must not be changed
 */
public record ServerState(Map<String, double[]> vectors) {
  /** Of an optimizer that remembers nothing. */
  public static final ServerState NONE = new ServerState(Map.of());

  /** Takes a copy of the map. */
  public ServerState {
    vectors = Map.copyOf(vectors);
  }

  /**
   * Returns a copy of a vector.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  double[] vector(String name) {
    double[] vector = vectors.get(name);
    if (vector == null) {
      throw new IllegalArgumentException("a server's state must have its " + name);
    }
    return vector.clone();
  }

  /** Returns whether another has vectors of the same names and lengths. */
  public boolean isLike(ServerState other) {
    return vectors.keySet().equals(other.vectors.keySet())
        && vectors.keySet().stream()
            .allMatch(name -> vectors.get(name).length == other.vectors.get(name).length);
  }

  static double[] filled(int size, double value) {
    double[] vector = new double[size];
    Arrays.fill(vector, value);
    return vector;
  }
}
