package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;

/**
 * A relation of Spark's planner that has its rows as cells already, so that nobody needs to make
 * rows of Spark's of them where a table's columns are taken as they are.
 */
interface CellSource {
  /**
   * Returns the rows, one element for each run of them that a task reads: read through before the
   * partition is asked for the next one.
   *
   * @param columns the columns' names, as the relation's schema has them; a cell's place is that of
   *     its name here. A name may come twice.
   */
  JavaRDD<CellRows> cells(List<String> columns);
}
