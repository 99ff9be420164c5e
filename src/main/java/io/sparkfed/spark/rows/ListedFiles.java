package io.sparkfed.spark.rows;

import java.util.List;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.execution.datasources.FileIndex;
import org.apache.spark.sql.execution.datasources.PartitionDirectory;
import org.apache.spark.sql.types.StructType;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Files that another host listed, for Spark's planner, which looks at none of them. */
final class ListedFiles implements FileIndex {
  private final List<FolderFiles.Listed> files;

  ListedFiles(List<FolderFiles.Listed> files) {
    this.files = List.copyOf(files);
  }

  List<FolderFiles.Listed> files() {
    return files;
  }

  @Override
  public Seq<Path> rootPaths() {
    return CollectionConverters.asScala(files.stream().map(file -> new Path(file.path())).toList())
        .toSeq();
  }

  @Override
  public Seq<PartitionDirectory> listFiles(
      Seq<Expression> partitionFilters, Seq<Expression> dataFilters) {
    FileStatus[] statuses =
        files.stream()
            .map(
                file ->
                    new FileStatus(
                        file.length(), false, 1, 0, file.modified(), new Path(file.path())))
            .toArray(FileStatus[]::new);
    return CollectionConverters.asScala(
            List.of(PartitionDirectory.apply(InternalRow.empty(), statuses)))
        .toSeq();
  }

  @Override
  public String[] inputFiles() {
    return files.stream().map(FolderFiles.Listed::path).toArray(String[]::new);
  }

  @Override
  public void refresh() {
    // They stay those that were listed: who resumes a run lists them anew.
  }

  @Override
  public long sizeInBytes() {
    return files.stream().mapToLong(FolderFiles.Listed::length).sum();
  }

  @Override
  public StructType partitionSchema() {
    return new StructType();
  }
}
