package io.sparkfed.agent;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;

/**
 * A file that one process has at a time, until it ends, however it ends. The file stays: who
 * deletes a locked file lets two have it.
 */
public final class HeldLock implements Closeable {
  private final FileChannel file;

  private HeldLock(FileChannel file) {
    this.file = file;
  }

  /**
   * Takes a lock.
   *
   * @return empty where another process has it
   * @throws IOException if the file can't be made
   */
  public static Optional<HeldLock> take(Path path) throws IOException {
    FileChannel file =
        FileChannel.open(
            path,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      if (file.tryLock() != null) {
        return Optional.of(new HeldLock(file));
      }
    } catch (OverlappingFileLockException e) {
      // Another part of this process has it.
    } catch (IOException e) {
      file.close();
      throw e;
    }
    file.close();
    return Optional.empty();
  }

  @Override
  public void close() throws IOException {
    file.close();
  }
}
