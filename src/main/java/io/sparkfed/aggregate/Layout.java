package io.sparkfed.aggregate;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a vector is made of: named parts, each of a length and a kind. Workers write by name, the
 * driver reads by name, and what a sum needs to know of its vectors stands here. Immutable.
 *
 * <p>Scaled parts come before exact ones.
 */
public final class Layout {
  private static final Layout EMPTY = new Layout(Map.of(), 0, 0);

  private final Map<String, Part> parts;
  private final int scaledLength;
  private final int length;

  /** How a part's numbers are summed. */
  public enum Kind {
    /** On one scale with all others of this kind: exact to a part of the largest. One word each. */
    SCALED,
    /** Of any magnitude, each to the last place of the largest worker's. Seven words each. */
    EXACT,
    /** The same to the last place of the largest in the part, as they are of one size. */
    ALIKE,
    /** Whole numbers. Seven words each. */
    WHOLE
  }

  /**
   * A part of a vector.
   *
   * @param name its name, none twice
   * @param kind how its numbers are summed
   * @param from index of its first number
   * @param length how many numbers it has, at least 0
   */
  public record Part(String name, Kind kind, int from, int length) {}

  private Layout(Map<String, Part> parts, int scaledLength, int length) {
    this.parts = parts;
    this.scaledLength = scaledLength;
    this.length = length;
  }

  /** Returns the layout of no number. */
  public static Layout empty() {
    return EMPTY;
  }

  /**
   * Returns this layout with numbers of one scale behind it.
   *
   * @throws IllegalArgumentException if the name is there, or an exact part is
   */
  public Layout scaled(String name, int count) {
    if (length > scaledLength) {
      throw new IllegalArgumentException("scaled parts must come before exact ones");
    }
    return with(name, Kind.SCALED, count);
  }

  /**
   * Returns this layout with a number of any magnitude behind it.
   *
   * @throws IllegalArgumentException if the name is there
   */
  public Layout exact(String name) {
    return exact(name, 1);
  }

  /**
   * Returns this layout with numbers of any magnitude behind it.
   *
   * @throws IllegalArgumentException if the name is there
   */
  public Layout exact(String name, int count) {
    return with(name, Kind.EXACT, count);
  }

  /**
   * Returns this layout with a whole number behind it.
   *
   * @throws IllegalArgumentException if the name is there
   */
  public Layout whole(String name) {
    return whole(name, 1);
  }

  /**
   * Returns this layout with whole numbers behind it.
   *
   * @throws IllegalArgumentException if the name is there
   */
  public Layout whole(String name, int count) {
    return with(name, Kind.WHOLE, count);
  }

  /**
   * Returns this layout with numbers of a kind behind it.
   *
   * @throws IllegalArgumentException if the name is there, or scaled numbers would follow exact
   *     ones
   */
  public Layout of(Kind kind, String name, int count) {
    return kind == Kind.SCALED ? scaled(name, count) : with(name, kind, count);
  }

  private Layout with(String name, Kind kind, int count) {
    if (parts.containsKey(name)) {
      throw new IllegalArgumentException("a layout must have a name once. Provided: " + name);
    }
    Map<String, Part> more = new LinkedHashMap<>(parts);
    more.put(name, new Part(name, kind, length, count));
    int added = Math.addExact(length, count);
    return new Layout(more, kind == Kind.SCALED ? added : scaledLength, added);
  }

  /** Returns the parts in their order. */
  public List<Part> parts() {
    return new ArrayList<>(parts.values());
  }

  /** Returns how many leading numbers share one scale. */
  public int scaledLength() {
    return scaledLength;
  }

  /** Returns how many numbers follow these. */
  public int exactLength() {
    return length - scaledLength;
  }

  /** Returns how many numbers a vector has. */
  public int length() {
    return length;
  }

  /**
   * Returns a part.
   *
   * @throws IllegalArgumentException if there is none of this name
   */
  public Part part(String name) {
    Part part = parts.get(name);
    if (part == null) {
      throw new IllegalArgumentException(
          "a layout of " + parts.keySet() + " must have the part that is asked for: " + name);
    }
    return part;
  }

  /** Returns a vector of zeros to write into. */
  public NamedVector zeros() {
    return new NamedVector(this, new double[length]);
  }

  /**
   * Reads a vector of this layout.
   *
   * @throws IllegalArgumentException if it has another length
   */
  public NamedVector read(double[] values) {
    return new NamedVector(this, values);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Layout layout && parts().equals(layout.parts());
  }

  @Override
  public int hashCode() {
    return parts().hashCode();
  }

  @Override
  public String toString() {
    return parts.values().toString();
  }
}
