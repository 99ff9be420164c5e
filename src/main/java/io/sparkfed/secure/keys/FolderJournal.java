package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HexFormat;
import java.util.stream.Stream;

/**
 * A journal in a folder: one file a sum, created exclusively and forced to disk before the answer
 * leaves. A file that a crash left empty stands for an opening that nobody knows, so the sum stays
 * closed.
 *
 * @param folder created when first needed
 * @param maxSums most sums that may be recorded
 */
record FolderJournal(Path folder, long maxSums) implements Journal {

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
      if (!Files.readString(entry).equals(text)) {
        throw new ProtocolException("a sum is opened once, and the journal holds another opening");
      }
    } catch (IOException e) {
      throw new ProtocolException("the owner's journal can't be written");
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
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
    return true;
  }
}
