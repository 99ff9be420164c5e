package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The data owners' own folders: {@code DIR/WORKER} on the host of each worker. See {@link
 * KeyFolder}.
 *
 * <p>Opening a key store takes a deliberate while, so an executor keeps what it opened until a file
 * changes.
 */
public final class KeyFolders implements KeyRing {
  private static final long serialVersionUID = 1L;
  private static final ConcurrentHashMap<Path, Opened> OPENED = new ConcurrentHashMap<>();

  private final String dir;
  private final List<String> rosterLines;

  /** An owner with the state of the files it was read from. */
  private record Opened(List<FileTime> times, Owner owner) {}

  /**
   * Refers to the folders.
   *
   * @param dir the folder of folders, a path on the workers' hosts
   * @param rosterLines the driver's copy of the roster
   * @throws ProtocolException if the roster is malformed
   */
  public KeyFolders(String dir, List<String> rosterLines) {
    this.dir = dir;
    this.rosterLines = RosterFile.parse(rosterLines).lines();
  }

  @Override
  public Owner open(String worker) {
    Path folder = Path.of(dir, worker);
    List<FileTime> times = times(folder);
    return OPENED
        .compute(
            folder,
            (path, known) ->
                known != null && known.times().equals(times)
                    ? known
                    : new Opened(times, new KeyFolder(path).open(worker)))
        .owner();
  }

  private static List<FileTime> times(Path folder) {
    return List.of(KeyFolder.STORE, KeyFolder.PASSWORD, KeyFolder.ROSTER, KeyFolder.POLICY).stream()
        .map(file -> time(folder.resolve(file)))
        .toList();
  }

  private static FileTime time(Path file) {
    try {
      return Files.getLastModifiedTime(file);
    } catch (IOException e) {
      throw new ProtocolException("the owner's folder must hold " + file.getFileName());
    }
  }

  @Override
  public Roster roster() {
    return RosterFile.parse(rosterLines);
  }
}
