package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * A file as an owner left it.
 *
 * @param content what differs once its content does, as far as the system says: when it was changed
 *     and how long it is, and which file it is and when anything about it was changed, since an
 *     editor may put back the time of the content; of a folder always the same
 * @param permissions who may do what with it; empty where the system has no such permissions
 */
record FileState(List<Object> content, Optional<Set<PosixFilePermission>> permissions) {
  private static final String POSIX = "posix";
  private static final String UNIX = "unix";

  private static final Set<PosixFilePermission> OF_OTHERS =
      PosixFilePermissions.fromString("---rwxrwx");

  private static final Set<PosixFilePermission> WRITING_OF_OTHERS =
      PosixFilePermissions.fromString("----w--w-");

  /**
   * Looks at a file or a folder.
   *
   * @return nothing if there is none
   * @throws ProtocolException if it can't be looked at
   */
  static Optional<FileState> of(Path file) {
    try {
      if (!hasPermissions(file)) {
        BasicFileAttributes known = Files.readAttributes(file, BasicFileAttributes.class);
        return Optional.of(new FileState(content(file, known), Optional.empty()));
      }
      PosixFileAttributes known = Files.readAttributes(file, PosixFileAttributes.class);
      return Optional.of(new FileState(content(file, known), Optional.of(known.permissions())));
    } catch (NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException e) {
      throw new ProtocolException("the owner's folder must let its owner look at " + name(file));
    }
  }

  /** Returns whether the system of a file has POSIX permissions. */
  static boolean hasPermissions(Path file) {
    return hasView(file, POSIX);
  }

  private static boolean hasView(Path file, String name) {
    return file.getFileSystem().supportedFileAttributeViews().contains(name);
  }

  private static List<Object> content(Path file, BasicFileAttributes known) throws IOException {
    if (known.isDirectory()) {
      return List.of();
    }
    List<Object> content = new ArrayList<>(List.of(known.lastModifiedTime(), known.size()));
    if (hasView(file, UNIX)) {
      content.addAll(new TreeMap<>(Files.readAttributes(file, UNIX + ":ino,ctime")).values());
    }
    return content;
  }

  /**
   * Checks that nobody but its owner can read, change or enter a file or a folder.
   *
   * @throws ProtocolException otherwise, with what mends it
   */
  void requireClosed(Path file) {
    require(OF_OTHERS, "its owner's alone", "go-rwx", file);
  }

  /**
   * Checks that nobody but its owner can change a file.
   *
   * @throws ProtocolException otherwise, with what mends it
   */
  void requireUnchangeable(Path file) {
    require(WRITING_OF_OTHERS, "for its owner alone to change", "go-w", file);
  }

  private void require(Set<PosixFilePermission> forbidden, String rule, String mending, Path file) {
    if (permissions.isEmpty()) {
      return;
    }
    Set<PosixFilePermission> open = EnumSet.noneOf(PosixFilePermission.class);
    open.addAll(permissions.get());
    open.retainAll(forbidden);
    if (!open.isEmpty()) {
      throw new ProtocolException(
          name(file)
              + " must be "
              + rule
              + " (chmod "
              + mending
              + "). Provided value: "
              + PosixFilePermissions.toString(permissions.get()));
    }
  }

  private static String name(Path file) {
    return String.valueOf(file.getFileName());
  }
}
