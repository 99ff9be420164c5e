package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.LocatedFileStatus;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.util.CaseInsensitiveMap$;
import org.apache.spark.sql.execution.datasources.DataSource;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.FileIndex;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.PartitionDirectory;
import org.apache.spark.sql.execution.datasources.v2.FileDataSourceV2;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.MapType;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/** Files that were listed already, maybe at another host: Spark's planner looks at none of them. */
final class ListedFiles implements FileIndex {
  private final List<FolderFiles.Listed> files;

  ListedFiles(List<FolderFiles.Listed> files) {
    this.files = List.copyOf(files);
  }

  /**
   * Returns the table that Spark would make of a worker's files, which it would list once more;
   * empty where it has something to say about them, or takes columns from their folders.
   *
   * @param schema as Spark takes it from them
   */
  static Optional<Dataset<Row>> table(
      SparkSession spark, DataConfig data, List<FolderFiles.Listed> files, StructType schema) {
    Set<String> names = new HashSet<>();
    boolean isPlain =
        files.stream().allMatch(file -> file.partition().isEmpty())
            && Arrays.stream(schema.fieldNames()).allMatch(name -> names.add(CsvHeader.key(name)))
            && Arrays.stream(schema.fields()).noneMatch(field -> isNested(field.dataType()));
    try {
      return isPlain
          ? Optional.of(new ListedFiles(files).table(spark, data, schema))
          : Optional.empty();
    } catch (ReflectiveOperationException e) {
      return Optional.empty();
    }
  }

  /** Columns within a column may have the same name, which Spark refuses. */
  private static boolean isNested(DataType type) {
    return type instanceof StructType || type instanceof ArrayType || type instanceof MapType;
  }

  /** Returns the table that these files are. */
  Dataset<Row> table(SparkSession spark, DataConfig data, StructType schema)
      throws ReflectiveOperationException {
    return spark.baseRelationToDataFrame(
        new HadoopFsRelation(
            this,
            new StructType(),
            schema.asNullable(),
            Option.empty(),
            fileFormat(spark, data),
            CaseInsensitiveMap$.MODULE$.apply(HadoopSettings.options(data)),
            spark));
  }

  private static FileFormat fileFormat(SparkSession spark, DataConfig data)
      throws ReflectiveOperationException {
    Class<?> source = DataSource.lookupDataSource(data.format(), spark.sessionState().conf());
    Object made = source.getDeclaredConstructor().newInstance();
    if (made instanceof FileDataSourceV2 v2) {
      made = v2.fallbackFileFormat().getDeclaredConstructor().newInstance();
    }
    if (made instanceof FileFormat format) {
      return format;
    }
    throw new DataException(
        "data.format = "
            + data.format()
            + " isn't a format of files, but data.workers.NAME.hosts needs one");
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
    FileStatus[] statuses = files.stream().map(ListedFiles::status).toArray(FileStatus[]::new);
    return CollectionConverters.asScala(
            List.of(PartitionDirectory.apply(InternalRow.empty(), statuses)))
        .toSeq();
  }

  private static FileStatus status(FolderFiles.Listed file) {
    FileStatus status =
        new FileStatus(file.length(), false, 1, 0, file.modified(), new Path(file.path()));
    String[] hosts = file.hosts().toArray(new String[0]);
    return hosts.length == 0
        ? status
        : new LocatedFileStatus(
            status, new BlockLocation[] {new BlockLocation(hosts, hosts, 0, file.length())});
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
