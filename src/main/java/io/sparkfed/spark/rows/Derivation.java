package io.sparkfed.spark.rows;

import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A column of {@code data.derive}.
 *
 * @param name its name
 * @param sql its expression
 * @param reads the names in the expression, as they are written
 */
record Derivation(String name, String sql, Set<String> reads) {

  /** Returns what names it in a configuration. */
  String key() {
    return "data.derive." + name;
  }

  /** Returns what its name has in common with other spellings of it. */
  String column() {
    return CsvHeader.key(name);
  }

  /** Returns whether it reads a column of this lower case name. */
  boolean reads(String column) {
    return reads.stream().anyMatch(name -> CsvHeader.key(name).equals(column));
  }

  /**
   * Returns derived columns, each behind those that it is made of.
   *
   * <p>A name stands for the derived column that has it, wherever it is written; only in that
   * column's own expression it stands for the table's.
   *
   * @throws DataException if two are made of each other, or have one name
   */
  static List<Derivation> ordered(Map<String, String> derive) {
    Map<String, Derivation> all = new LinkedHashMap<>();
    derive.forEach(
        (name, sql) -> {
          Derivation own = new Derivation(name, sql, SqlNames.in(sql));
          Derivation other = all.put(own.column(), own);
          if (other != null) {
            throw new DataException(
                other.key() + " and " + own.key() + " name one column: case doesn't count");
          }
        });
    List<Derivation> ordered = new ArrayList<>();
    for (Derivation derivation : all.values()) {
      append(derivation, all, new LinkedHashSet<>(), ordered);
    }
    return List.copyOf(ordered);
  }

  private static void append(
      Derivation derivation,
      Map<String, Derivation> all,
      Set<String> begun,
      List<Derivation> ordered) {
    if (ordered.contains(derivation)) {
      return;
    }
    if (!begun.add(derivation.key())) {
      throw new DataException(
          begun.stream()
                  .dropWhile(key -> !key.equals(derivation.key()))
                  .collect(Collectors.joining(", "))
              + " are made of each other: a name stands for the derived column, and for the table's own"
              + " only in the expression of the column that has it");
    }
    for (String name : derivation.reads()) {
      Derivation other = all.get(CsvHeader.key(name));
      if (other != null && !other.equals(derivation)) {
        append(other, all, begun, ordered);
      }
    }
    begun.remove(derivation.key());
    ordered.add(derivation);
  }
}
