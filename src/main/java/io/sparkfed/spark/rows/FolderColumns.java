package io.sparkfed.spark.rows;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.TrainingConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import scala.jdk.javaapi.CollectionConverters;

/** Columns that stand in the names of folders, which are listed for everybody. */
final class FolderColumns {
  private FolderColumns() {}

  /** Returns the names of such columns of a table. */
  static List<String> of(Dataset<Row> rows) {
    List<String> names = new ArrayList<>();
    for (LogicalPlan leaf :
        CollectionConverters.asJava(rows.queryExecution().analyzed().collectLeaves())) {
      if (leaf instanceof LogicalRelation table
          && table.relation() instanceof HadoopFsRelation files) {
        names.addAll(Arrays.asList(files.partitionSchema().fieldNames()));
      }
    }
    return names;
  }

  /**
   * Refuses such columns of a training's rows that are hidden, but for the one that says whose rows
   * they are.
   *
   * @param worker whose table it is; null of a pooled one
   * @throws ConfigurationException naming the key and the column
   */
  static void refuseHidden(
      TrainingConfig config, Reading reading, String worker, Collection<String> names) {
    if (reading != Reading.TO_FIT || config.privacy().isEmpty()) {
      return;
    }
    String own = config.data().source() instanceof PooledTable pooled ? pooled.workerColumn() : "";
    names.stream()
        .filter(name -> !name.equalsIgnoreCase(own))
        .findFirst()
        .ifPresent(
            name -> {
              throw new ConfigurationException(
                  (worker == null ? "data.path" : "data.workers." + worker)
                      + " must have no folders "
                      + name
                      + "=VALUE where rows are hidden (privacy.unit): which of them there are tells of rows. Write"
                      + " the column into the files");
            });
  }
}
