package io.sparkfed.config;

import io.sparkfed.csv.CsvHeader;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Names of columns in keys: they are compared without case, as SQL and readers of files do. */
final class ColumnNames {
  private ColumnNames() {}

  /** Returns how a name is spelled among others; empty where it isn't one of them. */
  static Optional<String> spelled(String name, Collection<String> among) {
    String key = CsvHeader.key(name);
    return among.contains(name)
        ? Optional.of(name)
        : among.stream().filter(other -> CsvHeader.key(other).equals(key)).findFirst();
  }

  /**
   * Checks that a key names each column once, and none by a blank.
   *
   * @throws ConfigurationException with the column that is named twice
   */
  static void requireOnce(String key, Collection<String> names) {
    Map<String, String> seen = new HashMap<>();
    for (String name : names) {
      if (name.isBlank()) {
        throw new ConfigurationException(key + " must not hold a blank name");
      }
      String before = seen.put(CsvHeader.key(name), name);
      if (before != null) {
        throw new ConfigurationException(
            key
                + " must not name a column twice: "
                + (before.equals(name)
                    ? name
                    : before + " and " + name + " (names are compared without case)"));
      }
    }
  }
}
