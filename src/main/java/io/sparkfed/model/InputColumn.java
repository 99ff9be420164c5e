package io.sparkfed.model;

import java.io.Serializable;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;

/** One column of the workers' tables, and how it becomes features. */
public sealed interface InputColumn extends Serializable {

  /** Returns the column's name. */
  String name();

  /** Returns what the column holds. */
  ColumnType type();

  /**
   * Returns the same column with values of another type.
   *
   * @throws IllegalArgumentException if that would be vectors for numbers or numbers for vectors
   */
  InputColumn withType(ColumnType type);

  /**
   * A number that is one feature.
   *
   * @param name the column's name
   * @param type what the column holds
   * @param imputed whether a missing value is replaced; otherwise it is an error
   * @param fill what replaces a missing value; NaN when nothing does, or while it isn't known yet
   */
  record Numeric(String name, ColumnType type, boolean imputed, double fill)
      implements InputColumn {
    /** Creates a column whose values must all be there. */
    public static Numeric complete(String name, ColumnType type) {
      return new Numeric(name, type, false, Double.NaN);
    }

    @Override
    public Numeric withType(ColumnType other) {
      return new Numeric(name, requireScalar(other), imputed, fill);
    }
  }

  /**
   * A category that is one feature of value 0 or 1 for each level but the reference: treatment
   * contrasts. A formula's terms may give the reference one, too.
   *
   * @param name the column's name
   * @param type what the column holds
   * @param reference the level without a feature; empty while it isn't known yet
   * @param levels all levels in order, the reference among them; empty while they aren't known yet
   * @param spelling which texts are the same level
   */
  record OneHot(
      String name, ColumnType type, String reference, List<String> levels, Spelling spelling)
      implements InputColumn {
    /** Most bytes of a level in UTF-8. */
    public static final int MAX_LEVEL_BYTES = 64;

    /** Most levels of a column. */
    public static final int MAX_LEVELS = 1000;

    /** Takes a copy of the levels. */
    public OneHot {
      levels = List.copyOf(levels);
    }

    /** Creates a category whose levels may be spelled in more than one way. */
    public OneHot(String name, ColumnType type, String reference, List<String> levels) {
      this(name, type, reference, levels, Spelling.VALUE);
    }

    @Override
    public OneHot withType(ColumnType other) {
      return new OneHot(name, requireScalar(other), reference, levels, spelling);
    }

    /**
     * Returns the levels that have a feature, in the order of the coefficients.
     *
     * @param full whether the reference has one, too
     */
    public List<String> coded(boolean full) {
      return full ? levels : levels.stream().filter(level -> !level.equals(reference)).toList();
    }
  }

  /**
   * A vector of features.
   *
   * @param name the column's name
   * @param width the vectors' length; 0 while it isn't known yet
   */
  record Vectors(String name, int width) implements InputColumn {
    @Override
    public ColumnType type() {
      return ColumnType.VECTOR;
    }

    @Override
    public Vectors withType(ColumnType other) {
      if (other != ColumnType.VECTOR) {
        throw new IllegalArgumentException("a column of vectors must be of type vector");
      }
      return this;
    }
  }

  private static ColumnType requireScalar(ColumnType type) {
    if (type == ColumnType.VECTOR) {
      throw new IllegalArgumentException("a column of single values can't be of type vector");
    }
    return type;
  }

  /**
   * Whether a text can be a level: 1 to {@value OneHot#MAX_LEVEL_BYTES} bytes in UTF-8, each
   * character of which is shown.
   */
  static boolean isLevel(String text) {
    return !text.isEmpty()
        && ShownText.isShown(text)
        && text.getBytes(StandardCharsets.UTF_8).length <= OneHot.MAX_LEVEL_BYTES;
  }

  /**
   * Returns the levels once each, in the order of the coefficients: by value when all are decimal
   * numbers, otherwise by their UTF-16 text. A function of the set alone.
   */
  static List<String> inOrder(Collection<String> levels) {
    TreeSet<String> byText = new TreeSet<>(levels);
    if (!byText.stream().allMatch(level -> level.matches("[-+]?(\\d+\\.?\\d*|\\.\\d+)"))) {
      return List.copyOf(byText);
    }
    return byText.stream()
        .sorted(
            Comparator.<String, BigDecimal>comparing(BigDecimal::new)
                .thenComparing(Comparator.naturalOrder()))
        .toList();
  }
}
