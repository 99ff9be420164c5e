package io.sparkfed.spark.rows;

import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Whether a name means one column in all files. A name that a header repeats or leaves empty is
 * numbered by its position, which may be another name of the header, or another column elsewhere.
 */
final class CsvNames {
  private final Map<String, String> read;
  private final Map<String, CsvFile> first = new HashMap<>();

  /**
   * Prepares for files.
   *
   * @param read names of columns that are read, each with the key that says so
   */
  CsvNames(Map<String, String> read) {
    this.read = read;
  }

  /**
   * Adds a file.
   *
   * @param worker whose it is; null for a pooled table's
   * @throws DataException naming the file and a column that is read and could be several
   */
  void add(String worker, CsvFile file) {
    read.forEach(
        (name, key) -> {
          String problem = problem(CsvHeader.key(name), file);
          if (problem != null) {
            throw new DataException(
                (worker == null ? "" : "worker " + worker + ": ")
                    + "column "
                    + name
                    + " ("
                    + key
                    + ") "
                    + problem);
          }
        });
  }

  private String problem(String name, CsvFile file) {
    if (!file.columns().containsKey(name)) {
      return null;
    }
    String meant = file.numbered().get(name);
    boolean stands = file.names().stream().anyMatch(own -> CsvHeader.key(own).equals(name));
    if (stands && file.partitionKey(name) != null) {
      return "stands in file " + file.shown() + " and in the name of its folder";
    }
    if (CsvHeader.SEVERAL.equals(meant)) {
      return "can be several columns of file "
          + file.shown()
          + ": its header has this name, and a repeated or empty one that gets it by its position;"
          + " name each column once";
    }
    CsvFile other = first.putIfAbsent(name, file);
    return other == null || Objects.equals(meant, other.numbered().get(name))
        ? null
        : "isn't the same column in file "
            + file.shown()
            + " and in file "
            + other.shown()
            + ": a repeated or empty name of a header is numbered by its position; name each"
            + " column once";
  }
}
