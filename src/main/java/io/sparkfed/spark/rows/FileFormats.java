package io.sparkfed.spark.rows;

import io.sparkfed.data.DataException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.DataSource;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.v2.FileDataSourceV2;
import org.apache.spark.sql.sources.DataSourceRegister;

/** Spark's data sources by their names. */
public final class FileFormats {
  /** Spark's, and what packages bring. */
  private static final SortedSet<String> TABLES =
      new TreeSet<>(
          List.of(
              "avro", "csv", "delta", "hudi", "iceberg", "jdbc", "json", "libsvm", "orc", "parquet",
              "xml"));

  private FileFormats() {}

  /**
   * A data source.
   *
   * @param format how it reads and writes files; empty for one that isn't about files
   */
  public record Source(Optional<FileFormat> format) {}

  /** Returns the data source of a name, e.g. csv; empty when this Spark has none. */
  public static Optional<Source> of(SparkSession spark, String name) {
    try {
      Class<?> source = DataSource.lookupDataSource(name, spark.sessionState().conf());
      Object made = source.getDeclaredConstructor().newInstance();
      if (made instanceof FileDataSourceV2 v2) {
        made = v2.fallbackFileFormat().getDeclaredConstructor().newInstance();
      }
      return Optional.of(
          new Source(made instanceof FileFormat format ? Optional.of(format) : Optional.empty()));
    } catch (Exception e) {
      // Scala throws it undeclared: ClassNotFoundException, or Spark's of another name.
      return e instanceof NoSuchMethodException
          ? Optional.of(new Source(Optional.empty()))
          : Optional.empty();
    }
  }

  /**
   * Refuses data sources whose rows aren't those of a table, such as Spark's binaryFile and text:
   * whatever file a worker can read would be a row. A source that this Spark doesn't have is left
   * to whoever opens it.
   *
   * @throws DataException with those that may be read
   */
  static void requireTables(SparkSession spark, String name) {
    requireShortName(spark, name);
    if (!TABLES.contains(name.toLowerCase(Locale.ROOT)) && of(spark, name).isPresent()) {
      throw new DataException(
          "data.format must be one of "
              + String.join(", ", TABLES)
              + ": other sources have rows that are no table's. Provided value: "
              + name);
    }
  }

  /**
   * Refuses another name of a format of Spark's, such as that of its class: rules and options go by
   * the short name.
   *
   * @throws DataException with the short name
   */
  private static void requireShortName(SparkSession spark, String name) {
    of(spark, name)
        .flatMap(Source::format)
        .filter(DataSourceRegister.class::isInstance)
        .map(format -> ((DataSourceRegister) format).shortName())
        .filter(shortName -> !shortName.equalsIgnoreCase(name))
        .ifPresent(
            shortName -> {
              throw new DataException(
                  "data.format = "
                      + name
                      + " is another name of "
                      + shortName
                      + ": set data.format = "
                      + shortName);
            });
  }

  /** Returns whether a format is Spark's of that short name. */
  public static boolean isNamed(FileFormat format, String name) {
    return format instanceof DataSourceRegister registered
        && registered.shortName().equalsIgnoreCase(name);
  }
}
