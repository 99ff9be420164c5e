package io.sparkfed.agent;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/** The folder of a socket: who can write to it can put a socket of its own there. */
final class SocketFolder {
  private static final String ROOT = "root";

  private final Path folder;

  SocketFolder(AgentAddress.UnixSocket address) {
    this.folder = Path.of(address.path()).getParent();
  }

  /**
   * Makes the folder if there is none, where others may look and only its owner may write.
   *
   * @throws IOException if it can't be made
   */
  void make() throws IOException {
    if (Files.notExists(folder)) {
      Path parent = folder.getParent();
      if (parent == null || !Files.isDirectory(parent)) {
        throw new NoSuchFileException(folder.toString(), null, "the folder above must exist");
      }
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x--x")));
    }
  }

  /**
   * Returns what is wrong with it; empty where nobody else can write to it.
   *
   * @param owner the UNIX user to whom it should belong, unless it is root's
   * @throws IOException if it can't be looked at
   */
  Optional<String> fault(String owner) throws IOException {
    PosixFileAttributes known = Files.readAttributes(folder, PosixFileAttributes.class);
    Set<PosixFilePermission> permissions = known.permissions();
    if (permissions.contains(PosixFilePermission.GROUP_WRITE)
        || permissions.contains(PosixFilePermission.OTHERS_WRITE)) {
      return Optional.of(
          folder
              + " must be for its owner alone to write to (chmod go-w). Provided value: "
              + PosixFilePermissions.toString(permissions));
    }
    String user = known.owner().getName();
    if (!user.equals(owner) && !user.equals(ROOT)) {
      return Optional.of(
          folder + " must belong to " + owner + ", or to root. Provided value: " + user);
    }
    return Optional.empty();
  }
}
