package io.sparkfed.spark.rows;

import io.sparkfed.data.DataException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.ChecksumFileSystem;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A path of a configuration: a pattern of Hadoop's, or a file or folder whose name only looks like
 * one, such as {@code x[1].csv}.
 *
 * @param text the path as it is written
 */
public record PathPattern(String text) {
  private static final String SPECIAL = "*?[]{}\\";

  /** Returns whether it may be meant as a pattern. */
  boolean looksLikeOne() {
    return text.chars().anyMatch(c -> SPECIAL.indexOf(c) >= 0);
  }

  /**
   * Returns the path for a reader that takes patterns: what exists under this very name is meant.
   *
   * @throws DataException if it is a name and a pattern of others, too
   */
  String readable(Configuration hadoop) throws IOException {
    if (!looksLikeOne()) {
      return text;
    }
    FileSystem fs = new Path(text).getFileSystem(hadoop);
    return isName(fs) ? escaped() : text;
  }

  /**
   * Returns what the path stands for; empty when nothing.
   *
   * @throws DataException if it is a name and a pattern of others, too, or a file that can't be
   *     opened because of its name
   */
  List<FileStatus> matches(FileSystem fs) throws IOException {
    List<FileStatus> matches =
        looksLikeOne() && !isName(fs) ? pattern(fs) : List.of(fs.getFileStatus(new Path(text)));
    for (FileStatus match : matches) {
      requireOpenable(fs, match);
    }
    return matches;
  }

  /** The same, where nothing is no failure. */
  public List<FileStatus> matchesOrNone(FileSystem fs) throws IOException {
    try {
      return matches(fs);
    } catch (FileNotFoundException e) {
      return List.of();
    }
  }

  /**
   * Checks that a file can be opened.
   *
   * @throws DataException if not: Hadoop takes what is before a colon for a scheme, in the name of
   *     the checksum beside a local file
   */
  static void requireOpenable(FileSystem fs, FileStatus status) {
    if (fs instanceof ChecksumFileSystem
        && status.isFile()
        && status.getPath().getName().contains(":")) {
      throw new DataException(
          "file "
              + status.getPath().toUri().getPath()
              + ": a local file with a colon in its name can't be read by Spark; rename it");
    }
  }

  /** Returns the folder above the first name that is a pattern. */
  Path base() {
    Path base = new Path(text);
    for (Path path = base; path != null; path = path.getParent()) {
      if (new PathPattern(path.getName()).looksLikeOne()) {
        base = path.getParent() == null ? new Path(Path.CUR_DIR) : path.getParent();
      }
    }
    return base;
  }

  private boolean isName(FileSystem fs) throws IOException {
    FileStatus named;
    try {
      named = fs.getFileStatus(new Path(text));
    } catch (FileNotFoundException | IllegalArgumentException e) {
      return false;
    }
    if (pattern(fs).stream().anyMatch(match -> !match.getPath().equals(named.getPath()))) {
      throw new DataException(
          "path "
              + text
              + " exists, and is a pattern of others, too: to read it, write a backslash before"
              + " each of "
              + String.join(" ", SPECIAL.split(""))
              + "; to read the others, rename it");
    }
    return true;
  }

  private List<FileStatus> pattern(FileSystem fs) throws IOException {
    FileStatus[] matches;
    try {
      matches = fs.globStatus(new Path(text));
    } catch (IOException e) {
      // Brackets that aren't closed: no pattern, so at most a name.
      return List.of();
    }
    return matches == null ? List.of() : Arrays.asList(matches);
  }

  private String escaped() {
    StringBuilder escaped = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      if (SPECIAL.indexOf(text.charAt(i)) >= 0) {
        escaped.append('\\');
      }
      escaped.append(text.charAt(i));
    }
    return escaped.toString();
  }
}
