package io.sparkfed.server;

import java.util.Arrays;
import java.util.HashMap;
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

  /** Returns the vectors under longer names, beside others'. */
  public Map<String, double[]> under(String prefix) {
    Map<String, double[]> named = new HashMap<>();
    vectors.forEach((name, vector) -> named.put(prefix + name, vector));
    return named;
  }

  /**
   * Returns a state of the same vectors, as {@link #under} named them.
   *
   * @throws IllegalArgumentException if one is missing, or of another length
   */
  public ServerState from(Map<String, double[]> named, String prefix) {
    Map<String, double[]> own = new HashMap<>();
    for (String name : vectors.keySet()) {
      own.put(name, named.getOrDefault(prefix + name, new double[0]));
    }
    ServerState state = new ServerState(own);
    if (!state.isLike(this)) {
      throw new IllegalArgumentException("a server's state must be one of the same optimizer");
    }
    return state;
  }

  static double[] filled(int size, double value) {
    double[] vector = new double[size];
    Arrays.fill(vector, value);
    return vector;
  }
}
