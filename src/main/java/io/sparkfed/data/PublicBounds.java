package io.sparkfed.data;

import io.sparkfed.math.Interval;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.Vectors;
import java.io.Serializable;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What rows may hold that are hidden, which is public: where their numbers lie. A number beyond is
 * read as the bound that is nearest, so that one wild value leaves the others of its row as they
 * are. Levels of categories are public, too, and any other value is read as the reference.
 *
 * @param columns where the numbers of each feature column lie, or the entries of a column of
 *     vectors, by the column's name
 * @param label where labels lie; null where they are classes
 */
public record PublicBounds(SortedMap<String, Interval> columns, Interval label)
    implements Serializable {

  /** Takes a copy of the columns' bounds. */
  public PublicBounds {
    columns = Collections.unmodifiableSortedMap(new TreeMap<>(columns));
  }

  /**
   * Returns where numbers of a column lie: of vectors 0, too, which an entry is that isn't stored;
   * null where nothing bounds them, as in a category.
   */
  Interval of(InputColumn column) {
    Interval own = columns.get(column.name());
    if (own != null && column instanceof Vectors) {
      return new Interval(Math.min(own.low(), 0.0), Math.max(own.high(), 0.0));
    }
    return column instanceof Numeric ? own : null;
  }
}
