package io.sparkfed.spark.rows;

import io.sparkfed.csv.CsvDialect;
import io.sparkfed.data.CellRows;
import io.sparkfed.spark.cluster.Partitionwise;
import io.sparkfed.spark.rows.CsvFiles.CsvFile;
import io.sparkfed.spark.rows.CsvRows.Output;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.rdd.RDD;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.InternalRow;
import org.apache.spark.sql.internal.SQLConf;
import org.apache.spark.sql.sources.BaseRelation;
import org.apache.spark.sql.sources.PrunedScan;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;
import scala.collection.immutable.Seq;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;

/**
 * Csv files as a table for Spark's planner, which asks it for some of its columns. A file is read
 * by one task, whatever its size: a quoted cell may go on in the next line, so lines can't be told
 * from their middle.
 */
final class CsvRelation extends BaseRelation implements PrunedScan, CellSource {
  private final SparkSession spark;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final List<CsvFile> files;
  private final CsvDialect dialect;
  private final List<Output> outputs;

  CsvRelation(
      SparkSession spark,
      Broadcast<SerializableConfiguration> hadoop,
      List<CsvFile> files,
      CsvDialect dialect,
      List<Output> outputs) {
    this.spark = spark;
    this.hadoop = hadoop;
    this.files = List.copyOf(files);
    this.dialect = dialect;
    this.outputs = List.copyOf(outputs);
  }

  @Override
  public SQLContext sqlContext() {
    return spark.sqlContext();
  }

  @Override
  public StructType schema() {
    return new StructType(
        outputs.stream()
            .map(o -> DataTypes.createStructField(o.name(), o.cells().type(), true))
            .toArray(StructField[]::new));
  }

  /** The rows are Spark's own already. */
  @Override
  public boolean needConversion() {
    return false;
  }

  @Override
  public long sizeInBytes() {
    return files.stream().mapToLong(file -> file.listed().length()).sum();
  }

  @Override
  public RDD<Row> buildScan(String[] required) {
    List<Output> asked = outputs(Arrays.asList(required));
    CsvDialect read = dialect;
    Broadcast<SerializableConfiguration> settings = hadoop;
    JavaRDD<InternalRow> rows =
        bins(spark, files)
            .flatMap(bin -> new CsvRows(bin.iterator(), read, asked, settings.value().value()));
    // What needConversion promises.
    @SuppressWarnings({"unchecked", "rawtypes"})
    RDD<Row> promised = (RDD) rows.rdd();
    return promised;
  }

  @Override
  public JavaRDD<CellRows> cells(List<String> columns) {
    List<Output> asked = outputs(columns);
    CsvDialect read = dialect;
    Broadcast<SerializableConfiguration> settings = hadoop;
    return Partitionwise.each(
        bins(spark, files),
        bin -> new CsvCellRows(bin.iterator(), read, asked, settings.value().value()));
  }

  private List<Output> outputs(List<String> names) {
    List<Output> asked = new ArrayList<>();
    for (String name : names) {
      outputs.stream().filter(o -> o.name().equals(name)).findFirst().ifPresent(asked::add);
    }
    return asked;
  }

  /** Returns the files, in a partition each, small ones together as Spark's own readers have it. */
  static JavaRDD<List<CsvFile>> bins(SparkSession spark, List<CsvFile> files) {
    SQLConf conf = spark.sessionState().conf();
    long opening = conf.filesOpenCostInBytes();
    long all = files.stream().mapToLong(file -> file.listed().length() + opening).sum();
    long most =
        Math.min(
            conf.filesMaxPartitionBytes(),
            Math.max(opening, all / spark.sparkContext().defaultParallelism()));
    List<Tuple2<List<CsvFile>, Seq<String>>> bins = new ArrayList<>();
    List<CsvFile> bin = new ArrayList<>();
    long size = 0;
    for (CsvFile file : files) {
      if (!bin.isEmpty() && size + file.listed().length() > most) {
        bins.add(placed(bin));
        bin = new ArrayList<>();
        size = 0;
      }
      bin.add(file);
      size += file.listed().length() + opening;
    }
    if (!bin.isEmpty()) {
      bins.add(placed(bin));
    }
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .sc()
        .makeRDD(
            CollectionConverters.asScala(bins).toSeq(),
            ClassTag$.MODULE$.<List<CsvFile>>apply(List.class))
        .toJavaRDD();
  }

  private static Tuple2<List<CsvFile>, Seq<String>> placed(List<CsvFile> bin) {
    return new Tuple2<>(bin, CollectionConverters.asScala(bin.get(0).listed().hosts()).toSeq());
  }
}
