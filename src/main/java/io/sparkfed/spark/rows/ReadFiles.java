package io.sparkfed.spark.rows;

import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.datasources.FileStatusWithMetadata;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.PartitionDirectory;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** The files that Spark's own readers read for a table. */
final class ReadFiles {
  private ReadFiles() {}

  /**
   * Returns them, sorted by path; none where the table isn't one of files. Where folders give a
   * column, its name has no value.
   */
  static List<Listed> of(Dataset<Row> rows, Configuration hadoop) throws IOException {
    if (!(rows.queryExecution().analyzed() instanceof LogicalRelation table
        && table.relation() instanceof HadoopFsRelation relation)) {
      return List.of();
    }
    if (relation.location() instanceof ListedFiles listed) {
      return listed.files();
    }
    LinkedHashMap<String, String> partition = new LinkedHashMap<>();
    for (String column : relation.partitionSchema().fieldNames()) {
      partition.put(column, null);
    }
    Seq<Expression> all = CollectionConverters.asScala(List.<Expression>of()).toSeq();
    List<Listed> files = new ArrayList<>();
    for (PartitionDirectory folder :
        CollectionConverters.asJava(relation.location().listFiles(all, all))) {
      for (FileStatusWithMetadata file : CollectionConverters.asJava(folder.files())) {
        FileSystem fs = file.getPath().getFileSystem(hadoop);
        files.add(
            new Listed(
                file.getPath().toString(),
                file.getLen(),
                file.getModificationTime(),
                partition,
                new ArrayList<>(),
                new ArrayList<>(FileIdentity.of(fs, file.getPath()))));
      }
    }
    files.sort(Comparator.comparing(Listed::path));
    return files;
  }
}
