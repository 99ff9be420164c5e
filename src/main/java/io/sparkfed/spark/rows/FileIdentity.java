package io.sparkfed.spark.rows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.SparkEnv;

/**
 * What a file is known by, whatever the path to it: two files with a text in common are one. Of a
 * file on a local disk these are its path without links, which holds where that disk is seen, and
 * its number on the host's disk.
 */
final class FileIdentity {
  private static final String LOCAL = "file:";

  private FileIdentity() {}

  static List<String> of(FileSystem fs, Path path) {
    List<String> known = new ArrayList<>();
    if (!fs.getScheme().equals("file")) {
      known.add(path.toString());
      return known;
    }
    try {
      java.nio.file.Path file = java.nio.file.Path.of(path.toUri().getPath());
      known.add(LOCAL + file.toRealPath());
      Object number = Files.readAttributes(file, BasicFileAttributes.class).fileKey();
      if (number != null) {
        known.add(SparkEnv.get().blockManager().blockManagerId().host() + number);
      }
    } catch (IOException | InvalidPathException e) {
      // Whoever reads it says what is wrong with it.
      known.add(path.toString());
    }
    return known;
  }

  /** Whether it holds for this host alone, or for those that see the same disk. */
  static boolean isOfADisk(String known) {
    return known.startsWith(LOCAL);
  }
}
