package io.sparkfed.output;

import java.io.IOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.GlobExpander;
import org.apache.hadoop.fs.GlobFilter;
import org.apache.hadoop.fs.Path;

/**
 * Where a path leads. One path can have several locations: as it is spelled, and where symbolic
 * links lead it; Hadoop takes {@code a/link/..} for {@code a}, the operating system follows the
 * link first.
 *
 * @param store the file system; ports are no part of it
 * @param names the names from its root
 * @param plain how many of them, from the first, are names; those that follow are glob patterns
 */
record Location(String store, List<String> names, int plain) {
  private static final String LOCAL = "file:";
  private static final int MOST_LINKS = 40;

  /** Schemes that lead to the same files. */
  private static final Map<String, String> SAME_STORE =
      Map.of(
          "s3",
          "s3a",
          "s3n",
          "s3a",
          "webhdfs",
          "hdfs",
          "swebhdfs",
          "hdfs",
          "abfss",
          "abfs",
          "wasbs",
          "wasb",
          "local",
          "file");

  /** How a place that is written lies to one that is read. */
  enum Meeting {
    IS("is"),
    LIES_IN("lies in"),
    HOLDS("holds");

    private final String words;

    Meeting(String words) {
      this.words = words;
    }

    String words() {
      return words;
    }
  }

  private static Location of(String store, List<String> names) {
    return new Location(store, List.copyOf(names), names.size());
  }

  /**
   * Returns the locations of a path as Hadoop's file systems take it.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Set<Location> of(Configuration hadoop, String spelling) {
    Path path = new Path(spelling);
    if (isLocal(hadoop, path)) {
      Set<Location> found = new LinkedHashSet<>(ofFile(path.toUri().getPath()));
      found.addAll(ofFile(withoutScheme(spelling)));
      return found;
    }
    return Set.of(of(store(hadoop, path), names(inWorkingFolder(hadoop, path).toUri().getPath())));
  }

  /**
   * Returns the locations that a path leads to where it is read: as {@link #of}, and if it is a
   * glob, those of its pattern and of what matches it now; and for folders on a local disk, where
   * the symbolic links in them lead. What can't be seen from here is known by its spelling alone.
   */
  static Set<Location> ofRead(Configuration hadoop, String spelling) {
    Set<Location> found = new LinkedHashSet<>();
    try {
      found.addAll(of(hadoop, spelling));
      for (String pattern : GlobExpander.expand(spelling)) {
        found.addAll(ofPattern(hadoop, new Path(pattern)));
      }
    } catch (IOException | RuntimeException e) {
      // Whoever reads it says better what is wrong with it.
      return found;
    }
    for (Location location : List.copyOf(found)) {
      if (location.store().equals(LOCAL) && location.plain() == location.names().size()) {
        addLinks(location.asFile(), found);
      }
    }
    return found;
  }

  /** Returns the locations of a path on a local disk. */
  static Set<Location> ofFile(String spelling) {
    try {
      java.nio.file.Path absolute = java.nio.file.Path.of(spelling).toAbsolutePath();
      Set<Location> found = new LinkedHashSet<>();
      found.add(of(LOCAL, names(absolute.normalize().toString())));
      found.add(of(LOCAL, names(resolved(absolute).toString())));
      return found;
    } catch (InvalidPathException e) {
      return Set.of();
    }
  }

  /** Returns the locations of a folder on a local disk, and where links in it lead. */
  static Set<Location> ofFolder(String spelling) {
    Set<Location> found = new LinkedHashSet<>(ofFile(spelling));
    for (Location location : List.copyOf(found)) {
      addLinks(location.asFile(), found);
    }
    return found;
  }

  private static Set<Location> ofPattern(Configuration hadoop, Path pattern) throws IOException {
    List<String> names = names(pattern.toUri().getPath());
    int plain = 0;
    while (plain < names.size() && !isGlob(names.get(plain))) {
      plain++;
    }
    if (plain == names.size()) {
      return of(hadoop, pattern.toString());
    }
    Path folder = pattern;
    for (int k = plain; k < names.size(); k++) {
      folder = folder.getParent() == null ? new Path(Path.CUR_DIR) : folder.getParent();
    }
    Set<Location> found = new LinkedHashSet<>();
    for (Location above : of(hadoop, folder.toString())) {
      List<String> all = new ArrayList<>(above.names());
      all.addAll(names.subList(plain, names.size()));
      found.add(new Location(above.store(), List.copyOf(all), above.names().size()));
    }
    try {
      FileStatus[] matches = pattern.getFileSystem(hadoop).globStatus(pattern);
      for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
        found.addAll(of(hadoop, match.getPath().toString()));
      }
    } catch (IOException | RuntimeException e) {
      return found;
    }
    return found;
  }

  private static boolean isGlob(String name) {
    return name.chars().anyMatch(c -> "*?[{\\".indexOf(c) >= 0);
  }

  /**
   * Says how {@code written} lies to this location; empty where they are apart. Above a glob it
   * lies only where it is above all that could match.
   */
  Optional<Meeting> meeting(Location written) {
    int common = Math.min(names.size(), written.names.size());
    if (!store.equals(written.store)) {
      return Optional.empty();
    }
    for (int k = 0; k < common; k++) {
      if (!matches(k, written.names.get(k))) {
        return Optional.empty();
      }
    }
    if (written.names.size() < names.size()) {
      return written.names.size() <= plain ? Optional.of(Meeting.HOLDS) : Optional.empty();
    }
    return Optional.of(written.names.size() == names.size() ? Meeting.IS : Meeting.LIES_IN);
  }

  private boolean matches(int k, String name) {
    if (k < plain) {
      return names.get(k).equals(name);
    }
    try {
      return new GlobFilter(names.get(k)).accept(new Path(Path.SEPARATOR, name));
    } catch (IOException | IllegalArgumentException e) {
      return names.get(k).equals(name);
    }
  }

  /** Returns whether this is the root of its file system. */
  boolean isRoot() {
    return names.isEmpty();
  }

  private java.nio.file.Path asFile() {
    return java.nio.file.Path.of("/" + String.join("/", names));
  }

  private static List<String> names(String path) {
    List<String> names = new ArrayList<>();
    for (String name : path.split("/", -1)) {
      if (!name.isEmpty()) {
        names.add(name);
      }
    }
    return names;
  }

  private static String scheme(URI uri) {
    String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
    return SAME_STORE.getOrDefault(scheme, scheme);
  }

  private static boolean isLocal(Configuration hadoop, Path path) {
    String scheme = scheme(path.toUri());
    return scheme.equals("file")
        || (scheme.isEmpty() && scheme(FileSystem.getDefaultUri(hadoop)).equals("file"));
  }

  private static String store(Configuration hadoop, Path path) {
    URI byDefault = FileSystem.getDefaultUri(hadoop);
    String own = scheme(path.toUri());
    String scheme = own.isEmpty() ? scheme(byDefault) : own;
    String authority = path.toUri().getAuthority();
    if (authority == null && scheme.equals(scheme(byDefault))) {
      authority = byDefault.getAuthority();
    }
    return scheme
        + "://"
        + String.valueOf(authority).toLowerCase(Locale.ROOT).replaceFirst(":\\d+$", "");
  }

  private static Path inWorkingFolder(Configuration hadoop, Path path) {
    if (path.isAbsolute()) {
      return path;
    }
    try {
      return new Path(path.getFileSystem(hadoop).getWorkingDirectory(), path);
    } catch (IOException | RuntimeException e) {
      return new Path("/user/" + System.getProperty("user.name"), path);
    }
  }

  /** Takes {@code file:} and an empty host away; the rest stays as it is spelled. */
  private static String withoutScheme(String spelling) {
    return spelling.replaceFirst("^(?i)(file|local):(//[^/]*)?(?=/|$)", "");
  }

  /** Follows links as the operating system does, also where the last of them leads to nothing. */
  private static java.nio.file.Path resolved(java.nio.file.Path absolute) {
    Deque<java.nio.file.Path> left = new ArrayDeque<>();
    absolute.forEach(left::add);
    java.nio.file.Path at = absolute.getRoot();
    int links = 0;
    while (!left.isEmpty()) {
      String name = left.removeFirst().toString();
      java.nio.file.Path next = at.resolve(name);
      if (name.equals("..")) {
        at = at.getParent() == null ? at : at.getParent();
      } else if (!name.isEmpty() && !name.equals(".")) {
        Optional<java.nio.file.Path> target = links < MOST_LINKS ? target(next) : Optional.empty();
        if (target.isPresent()) {
          links++;
          at = target.get().isAbsolute() ? absolute.getRoot() : at;
          List<java.nio.file.Path> first = new ArrayList<>();
          target.get().forEach(first::add);
          for (int k = first.size() - 1; k >= 0; k--) {
            left.addFirst(first.get(k));
          }
        } else {
          at = next;
        }
      }
    }
    return at;
  }

  private static Optional<java.nio.file.Path> target(java.nio.file.Path path) {
    try {
      return Files.isSymbolicLink(path)
          ? Optional.of(Files.readSymbolicLink(path))
          : Optional.empty();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /** Adds where the links in a folder lead, and the links in the folders that they lead to. */
  private static void addLinks(java.nio.file.Path folder, Set<Location> found) {
    Deque<java.nio.file.Path> folders = new ArrayDeque<>(List.of(folder));
    while (!folders.isEmpty()) {
      try {
        Files.walkFileTree(
            folders.remove(),
            new SimpleFileVisitor<>() {
              @Override
              public FileVisitResult visitFile(
                  java.nio.file.Path file, BasicFileAttributes attributes) {
                if (attributes.isSymbolicLink()) {
                  java.nio.file.Path target = resolved(file.toAbsolutePath());
                  if (found.add(of(LOCAL, names(target.toString())))) {
                    folders.add(target);
                  }
                }
                return FileVisitResult.CONTINUE;
              }

              @Override
              public FileVisitResult visitFileFailed(java.nio.file.Path file, IOException e) {
                return FileVisitResult.CONTINUE;
              }
            });
      } catch (IOException | SecurityException e) {
        // What can't be listed here is not read from here either.
        found.add(of(LOCAL, names(folder.toString())));
      }
    }
  }
}
