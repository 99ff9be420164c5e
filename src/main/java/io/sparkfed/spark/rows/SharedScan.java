package io.sparkfed.spark.rows;

import io.sparkfed.data.CellRows;
import io.sparkfed.spark.rows.WorkerTables.Table;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.apache.spark.Dependency;
import org.apache.spark.NarrowDependency;
import org.apache.spark.Partition;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.util.CaseInsensitiveMap$;
import org.apache.spark.sql.execution.datasources.FileIndex;
import org.apache.spark.sql.execution.datasources.FilePartition;
import org.apache.spark.sql.execution.datasources.FileStatusWithMetadata;
import org.apache.spark.sql.execution.datasources.HadoopFsRelation;
import org.apache.spark.sql.execution.datasources.LogicalRelation;
import org.apache.spark.sql.execution.datasources.PartitionDirectory;
import org.apache.spark.sql.execution.datasources.PartitionedFile;
import org.apache.spark.sql.types.StructType;
import scala.Option;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;

/**
 * The rows of several tables by one query: planned, and its settings sent to the tasks, once and
 * not for each. The tables must be files with the same columns, of which nothing but columns is
 * taken. Each table's files are a partition of their own, so that one task alone reads them.
 */
final class SharedScan extends RDD<CellRows> {
  private static final long serialVersionUID = 1L;

  private final transient List<FilePartition> files;

  private SharedScan(RDD<CellRows> rows, List<FilePartition> files, Dependency<?> onRows) {
    super(
        rows.context(),
        CollectionConverters.asScala(List.<Dependency<?>>of(onRows)).toSeq(),
        rows.elementClassTag());
    this.files = files;
  }

  /**
   * Returns the rows, a partition for each table, in order; empty where each needs a query of its
   * own.
   *
   * @param columns which are read of a table; of all tables the same
   */
  static Optional<JavaRDD<CellRows>> of(List<Table> tables, Function<Table, List<Column>> columns) {
    List<HadoopFsRelation> relations =
        tables.stream().map(SharedScan::relation).flatMap(Optional::stream).toList();
    if (tables.size() < 2 || relations.size() < tables.size() || !areAlike(relations)) {
      return Optional.empty();
    }
    Map<String, Integer> owners = new HashMap<>();
    List<FileIndex> places = new ArrayList<>();
    for (int k = 0; k < relations.size(); k++) {
      FileIndex own = relations.get(k).location();
      places.add(own);
      for (FileStatusWithMetadata file : filesOf(own)) {
        if (owners.put(file.getPath().toString(), k) != null) {
          return Optional.empty();
        }
      }
    }
    Table first = tables.get(0);
    Dataset<Row> together = together(relations.get(0), new Places(places));
    Table table =
        new Table(
            first.worker(), together, first.place(), first.unfit(), Map.of(), first.unmarked());
    Dataset<Row> selected = together.select(columns.apply(table).toArray(new Column[0]));
    return TableCells.ofFiles(selected).flatMap(rows -> byTable(rows, owners, tables.size()));
  }

  private static Dataset<Row> together(HadoopFsRelation like, FileIndex places) {
    return like.sparkSession()
        .baseRelationToDataFrame(
            new HadoopFsRelation(
                places,
                new StructType(),
                like.dataSchema(),
                Option.empty(),
                like.fileFormat(),
                CaseInsensitiveMap$.MODULE$.apply(like.options().removed("path")),
                like.sparkSession()));
  }

  /** Returns the relation that is all of a table, if it has no columns but those of its files. */
  private static Optional<HadoopFsRelation> relation(Table table) {
    return table.rows().queryExecution().analyzed() instanceof LogicalRelation whole
            && whole.relation() instanceof HadoopFsRelation files
            && files.partitionSchema().isEmpty()
            && files.bucketSpec().isEmpty()
        ? Optional.of(files)
        : Optional.empty();
  }

  private static boolean areAlike(List<HadoopFsRelation> relations) {
    HadoopFsRelation first = relations.get(0);
    return relations.stream()
        .allMatch(
            other ->
                other.dataSchema().equals(first.dataSchema())
                    && other.fileFormat().getClass() == first.fileFormat().getClass());
  }

  private static List<FileStatusWithMetadata> filesOf(FileIndex place) {
    Seq<Expression> all = CollectionConverters.asScala(List.<Expression>of()).toSeq();
    List<FileStatusWithMetadata> files = new ArrayList<>();
    for (PartitionDirectory folder : CollectionConverters.asJava(place.listFiles(all, all))) {
      files.addAll(CollectionConverters.asJava(folder.files()));
    }
    return files;
  }

  private static Optional<JavaRDD<CellRows>> byTable(
      JavaRDD<CellRows> rows, Map<String, Integer> owners, int tables) {
    List<List<PartitionedFile>> files = new ArrayList<>();
    List<List<Object>> from = new ArrayList<>();
    for (int k = 0; k < tables; k++) {
      files.add(new ArrayList<>());
      from.add(new ArrayList<>());
    }
    for (Partition partition : rows.rdd().partitions()) {
      if (!(partition instanceof FilePartition mixed)) {
        return Optional.empty();
      }
      for (PartitionedFile file : mixed.files()) {
        int owner = owners.get(file.toPath().toString());
        files.get(owner).add(file);
        if (!from.get(owner).contains(partition.index())) {
          from.get(owner).add(partition.index());
        }
      }
    }
    List<FilePartition> own = new ArrayList<>();
    for (int k = 0; k < tables; k++) {
      own.add(new FilePartition(k, files.get(k).toArray(new PartitionedFile[0])));
    }
    return Optional.of(
        new SharedScan(rows.rdd(), own, new PartsOf<>(rows.rdd(), from)).toJavaRDD());
  }

  @Override
  public Partition[] getPartitions() {
    return files.toArray(new Partition[0]);
  }

  /** What is below reads the files of the partition that it is given. */
  @Override
  public Iterator<CellRows> compute(Partition partition, TaskContext task) {
    return this.<CellRows>firstParent(elementClassTag()).iterator(partition, task);
  }

  @Override
  public Seq<String> getPreferredLocations(Partition partition) {
    return CollectionConverters.asScala(List.of(((FilePartition) partition).preferredLocations()))
        .toSeq();
  }

  /** That a partition has parts of several. */
  private static final class PartsOf<T> extends NarrowDependency<T> {
    private static final long serialVersionUID = 1L;

    private final transient List<List<Object>> from;

    PartsOf(RDD<T> rdd, List<List<Object>> from) {
      super(rdd);
      this.from = from;
    }

    @Override
    public Seq<Object> getParents(int partition) {
      return CollectionConverters.asScala(from.get(partition)).toSeq();
    }
  }

  /** The files of several places. */
  private record Places(List<FileIndex> each) implements FileIndex {
    @Override
    public Seq<org.apache.hadoop.fs.Path> rootPaths() {
      List<org.apache.hadoop.fs.Path> all = new ArrayList<>();
      each.forEach(place -> all.addAll(CollectionConverters.asJava(place.rootPaths())));
      return CollectionConverters.asScala(all).toSeq();
    }

    @Override
    public Seq<PartitionDirectory> listFiles(
        Seq<Expression> partitionFilters, Seq<Expression> dataFilters) {
      List<PartitionDirectory> all = new ArrayList<>();
      each.forEach(
          place ->
              all.addAll(
                  CollectionConverters.asJava(place.listFiles(partitionFilters, dataFilters))));
      return CollectionConverters.asScala(all).toSeq();
    }

    @Override
    public String[] inputFiles() {
      return each.stream()
          .flatMap(place -> List.of(place.inputFiles()).stream())
          .toArray(String[]::new);
    }

    @Override
    public void refresh() {
      each.forEach(FileIndex::refresh);
    }

    @Override
    public long sizeInBytes() {
      return each.stream().mapToLong(FileIndex::sizeInBytes).sum();
    }

    @Override
    public StructType partitionSchema() {
      return new StructType();
    }
  }
}
