package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * A journal in a folder: one file a sum, created exclusively and forced to disk before the answer
 * leaves. Of two attempts at once one creates it, and the other waits until it is whole. A file
 * that a crash left empty stands for an opening that nobody knows, so the sum stays closed.
 *
 * @param folder created when first needed
 * @param maxSums most sums that may be recorded
 * @param patience how long to wait for an entry that another attempt is writing
 */
record FolderJournal(Path folder, long maxSums, Duration patience) implements Journal {
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final long POLL_MILLIS = 20;

  /** Opens a journal that waits as long as a disk may take. */
  FolderJournal(Path folder, long maxSums) {
    this(folder, maxSums, PATIENCE);
  }

  @Override
  public void record(byte[] runId, int sum, byte[] opening) {
    Path entry = folder.resolve(MemoryJournal.nameOf(runId, sum));
    String text = HexFormat.of().formatHex(opening);
    try {
      Files.createDirectories(folder);
      if (!Files.exists(entry)) {
        requireRoom();
        if (create(entry, text)) {
          return;
        }
      }
      if (!written(entry, text).equals(text)) {
        throw new ProtocolException("a sum is opened once, and the journal holds another opening");
      }
      force(entry);
    } catch (IOException e) {
      throw new ProtocolException("the owner's journal can't be written");
    }
  }

  /** Returns what an entry holds, once nothing is missing from it or patience is at its end. */
  private String written(Path entry, String text) throws IOException {
    long deadline = System.nanoTime() + patience.toNanos();
    String found = Files.readString(entry);
    while (found.length() < text.length() && System.nanoTime() < deadline) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new ProtocolException("interrupted while another attempt writes the journal");
      }
      found = Files.readString(entry);
    }
    return found;
  }

  /** The attempt that wrote the entry may not have come so far. */
  private void force(Path entry) throws IOException {
    try (FileChannel file = FileChannel.open(entry, StandardOpenOption.WRITE)) {
      file.force(true);
    }
    forceFolder();
  }

  private void forceFolder() throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }

  private void requireRoom() throws IOException {
    if (maxSums == Long.MAX_VALUE) {
      return;
    }
    try (Stream<Path> entries = Files.list(folder)) {
      if (entries.count() >= maxSums) {
        throw new ProtocolException("the owner's policy allows no more sums");
      }
    }
  }

  /** Returns whether this call created the entry. */
  private boolean create(Path entry, String text) throws IOException {
    try (FileChannel out =
        FileChannel.open(entry, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII)));
      out.force(true);
    } catch (FileAlreadyExistsException e) {
      return false;
    }
    forceFolder();
    return true;
  }
}
