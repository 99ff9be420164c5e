package io.sparkfed.spark.rows;

import io.sparkfed.csv.CsvDialect;
import io.sparkfed.csv.CsvException;
import io.sparkfed.csv.CsvHeader;
import io.sparkfed.csv.CsvHeader.Verdict;
import io.sparkfed.csv.CsvRecords;
import io.sparkfed.data.DataException;
import io.sparkfed.recipe.OwnersConsent;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.TaskFailures;
import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.util.SerializableConfiguration;

/**
 * Lists csv files, and reads of each the first record alone, in tasks where the files can be
 * reached. The driver learns names, sizes and columns of files, but of files on a worker's own
 * hosts no text of the first record: only where the columns stand that are asked for. A first
 * record that may be a row stays where it is.
 */
final class CsvFiles {
  private final JavaSparkContext context;
  private final Broadcast<SerializableConfiguration> hadoop;
  private final OwnersConsent consent;

  CsvFiles(
      JavaSparkContext context,
      Broadcast<SerializableConfiguration> hadoop,
      OwnersConsent consent) {
    this.consent = consent;
    this.context = context;
    this.hadoop = hadoop;
  }

  /**
   * What to look for, as it travels to the task.
   *
   * @param place where the path can be reached
   * @param path a file, a folder or a pattern
   * @param dialect how its files are read
   * @param positional the columns of files without a header, in order; empty to name them by
   *     position
   * @param needed the columns that will be read, each with the key that says so
   * @param asked the lower case of the names that are told where they stand, if the place isn't
   *     anywhere; empty to be told of all
   */
  record Search(
      Place place,
      String path,
      CsvDialect dialect,
      ArrayList<String> positional,
      LinkedHashMap<String, String> needed,
      HashSet<String> asked)
      implements Serializable {

    private boolean tells(String name) {
      return place.isAnywhere() || asked.isEmpty() || asked.contains(CsvHeader.key(name));
    }
  }

  /**
   * A file with rows, or with a header alone.
   *
   * @param listed where it is
   * @param names its columns in their order, without those of its folders; one that isn't told is
   *     empty
   * @param numbered as {@link CsvHeader#numbered} has it
   */
  record CsvFile(Listed listed, ArrayList<String> names, HashMap<String, String> numbered)
      implements Serializable {

    /** Returns the names of all its columns by their lower case, those of its folders last. */
    Map<String, String> columns() {
      Map<String, String> columns = new LinkedHashMap<>();
      names.stream()
          .filter(name -> !name.isEmpty())
          .forEach(name -> columns.putIfAbsent(CsvHeader.key(name), name));
      listed.partition().keySet().forEach(name -> columns.putIfAbsent(CsvHeader.key(name), name));
      return columns;
    }

    /** Whether these are the names of its columns, as far as they are told. */
    boolean hasNames(List<String> all) {
      return all.size() == names.size()
          && IntStream.range(0, all.size())
              .allMatch(k -> names.get(k).isEmpty() || names.get(k).equals(all.get(k)));
    }

    /** Returns a folder's column as the folder spells it; null where no folder gives it. */
    String partitionKey(String column) {
      return listed.partition().keySet().stream()
          .filter(name -> name.equalsIgnoreCase(column))
          .findFirst()
          .orElse(null);
    }

    /** Returns the path as messages have it. */
    String shown() {
      return CsvFiles.shown(listed.path());
    }
  }

  /** What a task tells of a path. */
  private record Found(ArrayList<CsvFile> files, String problem, String host)
      implements Serializable {}

  /**
   * Returns the files of each search, in its order, those without any record left out.
   *
   * @throws DataException if a path doesn't exist, a file can't be read, or a file's first record
   *     may be a row and should be its header
   */
  List<List<CsvFile>> find(List<Search> searches) {
    OwnersConsent owners = consent;
    List<Found> found =
        FileTasks.ask(
            context,
            hadoop,
            searches.stream().map(Search::place).toList(),
            searches,
            (place, search, configuration) -> find(search, owners, configuration),
            "the workers' files could not be listed");
    List<List<CsvFile>> files = new ArrayList<>();
    for (int k = 0; k < searches.size(); k++) {
      Place place = searches.get(k).place();
      if (found.get(k).problem() != null) {
        throw new DataException(
            found.get(k).problem() + (place.isAnywhere() ? "" : " on " + found.get(k).host()));
      }
      files.add(found.get(k).files());
    }
    return files;
  }

  /** Runs in a task on the worker's host. */
  private static Found find(Search search, OwnersConsent owners, Configuration hadoop) {
    ArrayList<CsvFile> files = new ArrayList<>();
    String problem = null;
    String worker = search.place().party();
    String key = (worker == null ? "data.path" : "data.workers." + worker) + ": ";
    try {
      List<Listed> listed = FolderFiles.of(owners.path(worker, search.path()), hadoop);
      if (listed == null) {
        problem = key + "path " + search.path() + " does not exist";
      } else {
        for (Listed file : listed) {
          CsvFile found = file(file, search, hadoop);
          if (found != null) {
            files.add(found);
          }
        }
      }
    } catch (CsvException e) {
      problem = (worker == null ? "" : "worker " + worker + ": ") + e.getMessage();
    } catch (DataException | UnreachableException e) {
      problem = key + e.getMessage();
    } catch (IOException | RuntimeException e) {
      problem = key + search.path() + " can't be read as csv: " + TaskFailures.tag(e);
    }
    return new Found(files, problem, SparkEnv.get().blockManager().blockManagerId().host());
  }

  /** Returns a file with the names of its columns; null where it has no record. */
  private static CsvFile file(Listed file, Search search, Configuration hadoop) throws IOException {
    if (search.dialect().hidesRows() && !search.dialect().hasHeader()) {
      // Whether it holds a row is nobody's business.
      return new CsvFile(file, new ArrayList<>(search.positional()), new HashMap<>());
    }
    if (file.length() == 0) {
      return null;
    }
    try (InputStream input = open(file.path(), hadoop)) {
      CsvRecords records = CsvRecords.of(input, search.dialect());
      if (!records.next()) {
        return null;
      }
      if (!search.dialect().hasHeader()) {
        List<String> names =
            search.positional().isEmpty()
                ? CsvHeader.positions(records.size())
                : search.positional();
        return new CsvFile(file, new ArrayList<>(names), new HashMap<>());
      }
      List<String> names = CsvHeader.names(records.cells());
      requireHeader(names, file, search);
      ArrayList<String> told = new ArrayList<>(names);
      told.replaceAll(name -> search.tells(name) ? name : "");
      HashMap<String, String> numbered = new HashMap<>(CsvHeader.numbered(records.cells()));
      numbered.keySet().removeIf(name -> !search.tells(name));
      return new CsvFile(file, told, numbered);
    } catch (CsvException e) {
      throw new CsvException(0, place(file.path(), e.record(), search.dialect()) + e.getMessage());
    } catch (IOException e) {
      throw new CsvException(
          0,
          place(file.path(), 0, search.dialect())
              + "can't be read or is incomplete ("
              + TaskFailures.tag(e)
              + ")");
    }
  }

  private static void requireHeader(List<String> names, Listed file, Search search) {
    Set<String> fromFolders = new HashSet<>();
    file.partition().keySet().forEach(name -> fromFolders.add(CsvHeader.key(name)));
    List<String> needed =
        search.needed().keySet().stream()
            .filter(name -> !fromFolders.contains(CsvHeader.key(name)))
            .toList();
    if (CsvHeader.judge(names, needed) != Verdict.PERHAPS_A_ROW) {
      return;
    }
    Set<String> there = new HashSet<>();
    names.forEach(name -> there.add(CsvHeader.key(name)));
    String lacking =
        needed.stream().filter(name -> !there.contains(CsvHeader.key(name))).findFirst().get();
    throw new CsvException(
        0,
        "column "
            + lacking
            + " ("
            + search.needed().get(lacking)
            + ") does not exist, and the first line may be a row instead of the header, so it is not"
            + " shown: without a header, set data.options.header = false and data.columns");
  }

  /** Opens a file, decompressed as its name says. Called in tasks. */
  static InputStream open(String path, Configuration hadoop) throws IOException {
    Path file = new Path(path);
    InputStream raw = file.getFileSystem(hadoop).open(file);
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    try {
      return codec == null ? raw : codec.createInputStream(raw);
    } catch (IOException | RuntimeException e) {
      raw.close();
      throw e;
    }
  }

  /** Returns where a rule is broken, for the front of a message. */
  static String place(String path, long record, CsvDialect dialect) {
    if (record == 0) {
      return "file " + shown(path) + ": ";
    }
    long row = record - (dialect.hasHeader() ? 1 : 0);
    return "file " + shown(path) + ", " + (row == 0 ? "header" : "row " + row) + ": ";
  }

  /** Returns a path as messages have it. */
  static String shown(String path) {
    return path.startsWith("file:") ? new Path(path).toUri().getPath() : path;
  }
}
