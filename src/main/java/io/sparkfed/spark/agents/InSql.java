package io.sparkfed.spark.agents;

import io.sparkfed.csv.CellType;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How SQL sees columns at all workers of a study, by the lower case of their names: what was found
 * of all workers' tables together.
 *
 * @param cells types that were found in files of texts
 * @param columns types of the columns of other tables, as JSON
 */
public record InSql(SortedMap<String, CellType> cells, SortedMap<String, String> columns) {
  /** Where no SQL reads a column. */
  public static final InSql NOTHING = new InSql(new TreeMap<>(), new TreeMap<>());

  /** Takes copies. */
  public InSql {
    cells = Collections.unmodifiableSortedMap(new TreeMap<>(cells));
    columns = Collections.unmodifiableSortedMap(new TreeMap<>(columns));
  }
}
