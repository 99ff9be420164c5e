package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.sql.DataFrameReader;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Has Spark's own readers take all files below a path, in folders below folders too, with the
 * columns that folders give, as they are taken on a worker's own hosts and of csv.
 */
final class TableFiles {
  private static final String RECURSIVE = "recursiveFileLookup";
  private static final String BASE = "basePath";

  /** Spark's options of which files are read, in lower case. */
  private static final Set<String> OF_LISTING =
      Set.of(
          "pathglobfilter", "recursivefilelookup", "modifiedbefore", "modifiedafter", "basepath");

  /** Of Spark's, beside csv, those whose tables are files. */
  private static final Set<String> FORMATS =
      Set.of("avro", "json", "libsvm", "orc", "parquet", "xml");

  private final DataConfig data;
  private final Configuration hadoop;

  TableFiles(DataConfig data, Configuration hadoop) {
    this.data = data;
    this.hadoop = hadoop;
  }

  /** Whether an option chooses files: what it says is done. */
  static boolean isOfListing(String option) {
    return OF_LISTING.contains(option.toLowerCase(Locale.ROOT));
  }

  /** Whether Spark's tables of a format, other than csv, are files. */
  static boolean isFormat(String format) {
    return FORMATS.contains(format.toLowerCase(Locale.ROOT));
  }

  /** Whether the user says which files are read. */
  boolean areChosen() {
    return !isFormat(data.format())
        || data.options().keySet().stream().anyMatch(TableFiles::isOfListing);
  }

  /** Returns a reader that takes all files. */
  DataFrameReader taking(DataFrameReader reader, String path) {
    if (areChosen()) {
      return reader;
    }
    try {
      if (FolderFiles.isPartitioned(path, hadoop)) {
        return reader.option(BASE, new PathPattern(path).base().toString());
      }
      return FolderFiles.isNested(path, hadoop) ? reader.option(RECURSIVE, true) : reader;
    } catch (IOException | RuntimeException e) {
      // Whoever reads it says what is wrong with it.
      return reader;
    }
  }

  /**
   * Checks that all files are taken: Spark leaves out those that lie beside folders that give a
   * column.
   *
   * @throws DataException naming a file that isn't
   */
  void requireAll(Dataset<Row> rows, String path) throws IOException {
    if (areChosen()) {
      return;
    }
    List<Listed> below = FolderFiles.of(path, hadoop);
    Set<String> read = new HashSet<>();
    ReadFiles.of(rows, hadoop).forEach(file -> read.add(file.path()));
    for (Listed file : below == null || read.isEmpty() ? List.<Listed>of() : below) {
      if (file.length() > 0 && !read.contains(file.path())) {
        throw new DataException(
            "file "
                + CsvFiles.shown(file.path())
                + " would be left out: others are in folders name=value, which give a column, and"
                + " this one isn't");
      }
    }
  }
}
