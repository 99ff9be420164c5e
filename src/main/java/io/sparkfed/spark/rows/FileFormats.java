package io.sparkfed.spark.rows;

import io.sparkfed.data.DataException;
import java.util.Optional;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.execution.datasources.DataSource;
import org.apache.spark.sql.execution.datasources.FileFormat;
import org.apache.spark.sql.execution.datasources.v2.FileDataSourceV2;
import org.apache.spark.sql.sources.DataSourceRegister;

/** Spark's data sources by their names. */
public final class FileFormats {
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
   * Refuses another name of a format of Spark's, such as that of its class: rules and options go by
   * the short name.
   *
   * @throws DataException with the short name
   */
  static void requireShortName(SparkSession spark, String name) {
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
