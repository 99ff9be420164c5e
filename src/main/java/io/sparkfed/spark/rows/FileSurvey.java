package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.data.DataException;
import io.sparkfed.spark.cluster.Kept;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.TaskFailures;
import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Compares the columns of a table's files, where the files are. Spark takes the columns of one of
 * them for those of all, and reads what a file lacks as missing.
 */
final class FileSurvey {
  private static final String[] NONE = {};

  private final SparkSession spark;
  private final DataConfig data;
  private final RecordFiles.Options how;

  FileSurvey(SparkSession spark, DataConfig data) {
    this.spark = spark;
    this.data = data;
    this.how = RecordFiles.Options.of(data.format(), data.options());
  }

  /** Files for one task. */
  private record Bin(Place place, ArrayList<Listed> files, StructType schema)
      implements Serializable {}

  /**
   * What a task tells.
   *
   * @param files the first file of each set of columns
   * @param schema that of the first file, of a format that has one; null of any other
   * @param problem what is wrong with a file; null when nothing is
   */
  private record Told(LinkedHashMap<FileColumns, Listed> files, StructType schema, String problem)
      implements Serializable {}

  /**
   * What the files tell, by worker, which is null for a pooled table.
   *
   * @param unfit the columns that can't be read from all files of a place, each with the rule that
   *     is broken, by the lower case of their names
   * @param schemas those that Spark takes from the first file of a place, of a format that has one
   * @param files those that were looked at, the empty ones among them
   */
  record Found(
      Map<String, Map<String, String>> unfit,
      Map<String, StructType> schemas,
      Map<String, List<Listed>> files) {}

  /**
   * Looks into files.
   *
   * @param schemas of the tables, as Spark reads them; none where the files tell their columns
   * @throws DataException if a file can't be read
   */
  Found of(Map<Place, List<Listed>> files, Map<Place, StructType> schemas) {
    Map<String, Map<String, String>> unfit = new HashMap<>();
    Map<String, StructType> first = new HashMap<>();
    boolean areTold = FileColumns.areToldBy(how.format()) || how.areOfRecords();
    List<Bin> bins = areTold ? bins(files, schemas) : List.of();
    List<Told> told = told(bins);
    Map<Place, Map<Listed, FileColumns>> byPlace = new LinkedHashMap<>();
    for (int k = 0; k < bins.size(); k++) {
      Place place = bins.get(k).place();
      if (told.get(k).problem() != null) {
        throw new DataException(
            (place.party() == null ? "data.path" : "data.workers." + place.party())
                + ": "
                + told.get(k).problem());
      }
      Map<Listed, FileColumns> own = byPlace.computeIfAbsent(place, p -> new LinkedHashMap<>());
      told.get(k).files().forEach((columns, file) -> own.put(file, columns));
      first.putIfAbsent(place.party(), told.get(k).schema());
    }
    byPlace.forEach(
        (place, own) ->
            unfit.put(
                place.party(),
                compared(own, how.areOfRecords() ? schemas.get(place).fieldNames() : NONE)));
    Map<String, List<Listed>> named = new HashMap<>();
    files.forEach((place, own) -> named.put(place.party(), own));
    return new Found(unfit, first, named);
  }

  private List<Bin> bins(Map<Place, List<Listed>> files, Map<Place, StructType> schemas) {
    int most = Math.max(1, spark.sparkContext().defaultParallelism());
    List<Bin> bins = new ArrayList<>();
    files.forEach(
        (place, own) -> {
          List<Listed> holding = own.stream().filter(file -> file.length() > 0).toList();
          int size = Math.max(1, (holding.size() + most - 1) / most);
          for (int from = 0; from < holding.size(); from += size) {
            int to = Math.min(holding.size(), from + size);
            bins.add(
                new Bin(place, new ArrayList<>(holding.subList(from, to)), schemas.get(place)));
          }
        });
    return bins;
  }

  private List<Told> told(List<Bin> bins) {
    if (bins.isEmpty()) {
      return List.of();
    }
    Broadcast<SerializableConfiguration> hadoop = HadoopSettings.broadcast(spark, data);
    RecordFiles.Options read = how;
    try {
      return FileTasks.ask(
          JavaSparkContext.fromSparkContext(spark.sparkContext()),
          hadoop,
          bins.stream().map(Bin::place).toList(),
          bins,
          (place, bin, configuration) -> told(bin, read, configuration),
          "the workers' files could not be looked at");
    } finally {
      Kept.forget(spark.sparkContext(), hadoop);
    }
  }

  /** Runs in a task where the files are. */
  private static Told told(Bin bin, RecordFiles.Options how, Configuration hadoop) {
    LinkedHashMap<FileColumns, Listed> files = new LinkedHashMap<>();
    StructType first = null;
    for (Listed file : bin.files()) {
      try {
        if (how.areOfRecords()) {
          files.putIfAbsent(RecordFiles.columns(how, bin.schema(), file.path(), hadoop), file);
        } else if (PlacedFiles.tellSchema(how.format())) {
          StructType schema = PlacedFiles.parquetSchema(new Path(file.path()), hadoop);
          files.putIfAbsent(FileColumns.of(schema), file);
          first = first == null ? schema : first;
        } else {
          files.putIfAbsent(FileColumns.of(how.format(), file.path(), hadoop), file);
        }
      } catch (RecordFiles.RecordException e) {
        return new Told(files, null, "file " + shown(file) + " " + e.getMessage());
      } catch (IOException | RuntimeException e) {
        return new Told(
            files,
            null,
            CsvFiles.shown(file.path())
                + " can't be read as "
                + how.format()
                + ": "
                + TaskFailures.tag(e));
      }
    }
    return new Told(files, first, null);
  }

  private static Map<String, String> compared(Map<Listed, FileColumns> files, String... expected) {
    Map<String, String> unfit = new TreeMap<>();
    Map<String, String> types = new HashMap<>();
    Map<String, Listed> holders = new HashMap<>();
    files.forEach(
        (file, columns) ->
            columns
                .types()
                .forEach(
                    (name, type) -> {
                      String key = CsvHeader.key(name);
                      String before = types.putIfAbsent(key, type);
                      holders.putIfAbsent(key, file);
                      if (before != null && !before.equals(type)) {
                        unfit.putIfAbsent(
                            key,
                            "is of type %s in file %s, and of type %s in file %s"
                                .formatted(before, shown(holders.get(key)), type, shown(file)));
                      }
                    }));
    Set<String> keys = new TreeSet<>(types.keySet());
    Stream.of(expected).map(CsvHeader::key).forEach(keys::add);
    files.forEach(
        (file, columns) -> {
          List<String> own = columns.types().keySet().stream().map(CsvHeader::key).toList();
          List<String> given = file.partition().keySet().stream().map(CsvHeader::key).toList();
          for (String key : keys) {
            if (!own.contains(key) && !given.contains(key)) {
              unfit.putIfAbsent(key, "does not exist in file " + shown(file));
            } else if (own.contains(key) && given.contains(key)) {
              unfit.putIfAbsent(
                  key, "stands in file " + shown(file) + " and in the name of its folder");
            }
          }
        });
    return unfit;
  }

  private static String shown(Listed file) {
    return CsvFiles.shown(file.path());
  }
}
