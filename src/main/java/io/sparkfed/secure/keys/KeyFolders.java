package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The data owners' own folders: {@code DIR/WORKER} on the host of each worker. See {@link
 * KeyFolder}.
 *
 * <p>Opening a key store takes a deliberate while, so an executor keeps what it opened until a
 * file, or who may read it, changes.
 */
public final class KeyFolders implements KeyRing {
  private static final long serialVersionUID = 1L;
  private static final ConcurrentHashMap<Path, Opened> OPENED = new ConcurrentHashMap<>();

  private final String dir;
  private final List<String> rosterLines;

  /** An owner with the state of the files it was read from. */
  private record Opened(List<Optional<FileState>> state, Owner owner) {}

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
    Path folder = Path.of(dir, RosterFile.requireId(worker));
    KeyFolder files = new KeyFolder(folder);
    List<Optional<FileState>> state = files.state();
    return OPENED
        .compute(
            folder,
            (path, known) ->
                known != null && known.state().equals(state)
                    ? known
                    : new Opened(state, files.open(worker)))
        .owner();
  }

  @Override
  public Roster roster() {
    return RosterFile.parse(rosterLines);
  }
}
