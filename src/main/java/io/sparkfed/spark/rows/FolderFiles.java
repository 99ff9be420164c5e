package io.sparkfed.spark.rows;

import io.sparkfed.data.DataException;
import java.io.IOException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.BlockLocation;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.catalyst.catalog.ExternalCatalogUtils;

/**
 * The files below a path, as the process sees them that asks: those in sub-folders too, and none
 * that is hidden or being written. A folder {@code name=value} gives its files a column.
 */
final class FolderFiles {
  private static final String NULL_PARTITION = "__HIVE_DEFAULT_PARTITION__";

  private final FileSystem fs;
  private final List<Listed> files = new ArrayList<>();

  private FolderFiles(FileSystem fs) {
    this.fs = fs;
  }

  /**
   * A file.
   *
   * @param path where it is
   * @param length bytes
   * @param modified milliseconds since 1970
   * @param partition values of the columns that folders give it, by name; null for none
   * @param hosts where it lies, if anywhere in particular
   * @param identities as {@link FileIdentity#of} has them
   */
  record Listed(
      String path,
      long length,
      long modified,
      LinkedHashMap<String, String> partition,
      ArrayList<String> hosts,
      ArrayList<String> identities)
      implements Serializable {}

  /**
   * Returns the files, sorted by path; null when the path doesn't exist.
   *
   * @param path a file, a folder, or a pattern of them
   * @throws DataException as {@link PathPattern#matches} does
   * @throws UnreachableException if its file system can't be opened
   */
  static List<Listed> of(String path, Configuration hadoop) throws IOException {
    FolderFiles found = new FolderFiles(UnreachableException.open(hadoop, path));
    List<FileStatus> matches = new PathPattern(path).matchesOrNone(found.fs);
    if (matches.isEmpty()) {
      return null;
    }
    for (FileStatus match : matches) {
      found.add(match, found.partitionOf(match, path));
    }
    found.files.sort(Comparator.comparing(Listed::path));
    return found.files;
  }

  /**
   * Returns whether folders lie below a path, none of which gives a column: those that Spark's own
   * readers leave out unless they are told otherwise.
   */
  static boolean isNested(String path, Configuration hadoop) throws IOException {
    FileSystem fs = new Path(path).getFileSystem(hadoop);
    boolean any = false;
    for (FileStatus match : new PathPattern(path).matchesOrNone(fs)) {
      for (FileStatus child :
          match.isDirectory() ? fs.listStatus(match.getPath()) : new FileStatus[0]) {
        if (child.isDirectory() && child.getPath().getName().contains("=")) {
          return false;
        }
        any |= child.isDirectory() && !isHidden(child.getPath().getName());
      }
    }
    return any;
  }

  private static boolean isHidden(String name) {
    return name.startsWith(".")
        || (name.startsWith("_") && !name.contains("="))
        || name.endsWith("._COPYING_");
  }

  /**
   * Returns whether folders give columns to what a pattern stands for; none that lies above the
   * first name in it that is a pattern does.
   */
  static boolean isPartitioned(String pattern, Configuration hadoop) throws IOException {
    FolderFiles found = new FolderFiles(new Path(pattern).getFileSystem(hadoop));
    for (FileStatus match : new PathPattern(pattern).matchesOrNone(found.fs)) {
      if (!found.partitionOf(match, pattern).isEmpty()) {
        return true;
      }
    }
    return false;
  }

  /** What a pattern stands for is below its base, as what is below a path; the path gives none. */
  private Map<String, String> partitionOf(FileStatus match, String pattern) {
    Map<String, String> partition = new LinkedHashMap<>();
    if (fs.makeQualified(new Path(pattern)).equals(match.getPath())) {
      return partition;
    }
    Path base = fs.makeQualified(new PathPattern(pattern).base());
    List<Map<String, String>> upwards = new ArrayList<>();
    Path folder = match.isDirectory() ? match.getPath() : match.getPath().getParent();
    for (; folder != null && !folder.equals(base); folder = folder.getParent()) {
      upwards.add(partitionOf(folder));
    }
    for (int k = upwards.size() - 1; folder != null && k >= 0; k--) {
      partition.putAll(upwards.get(k));
    }
    return partition;
  }

  private void add(FileStatus status, Map<String, String> partition) throws IOException {
    if (status.isFile()) {
      PathPattern.requireOpenable(fs, status);
      files.add(
          new Listed(
              status.getPath().toString(),
              status.getLen(),
              status.getModificationTime(),
              new LinkedHashMap<>(partition),
              new ArrayList<>(hosts(status)),
              new ArrayList<>(FileIdentity.of(fs, status.getPath()))));
      return;
    }
    for (FileStatus child : fs.listStatus(status.getPath())) {
      String name = child.getPath().getName();
      if (!isHidden(name)) {
        Map<String, String> own = new LinkedHashMap<>(partition);
        if (child.isDirectory()) {
          own.putAll(partitionOf(child.getPath()));
        }
        add(child, own);
      }
    }
  }

  private static Map<String, String> partitionOf(Path folder) {
    String name = folder.getName();
    int equals = name.indexOf('=');
    Map<String, String> column = new LinkedHashMap<>();
    if (equals > 0) {
      String value = name.substring(equals + 1);
      column.put(
          ExternalCatalogUtils.unescapePathName(name.substring(0, equals)),
          value.equals(NULL_PARTITION) ? null : ExternalCatalogUtils.unescapePathName(value));
    }
    return column;
  }

  private List<String> hosts(FileStatus status) throws IOException {
    List<String> hosts = new ArrayList<>();
    BlockLocation[] blocks =
        status.getLen() == 0 ? new BlockLocation[0] : fs.getFileBlockLocations(status, 0, 1);
    if (blocks != null && blocks.length > 0) {
      for (String host : blocks[0].getHosts()) {
        if (!host.equals("localhost")) {
          hosts.add(host);
        }
      }
    }
    return hosts;
  }
}
