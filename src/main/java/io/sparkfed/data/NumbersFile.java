package io.sparkfed.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.DoubleBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Doubles in a file of their own, written once from front to back and then read anywhere through
 * the operating system's cache, which keeps of them what memory there is.
 *
 * <p>The file has no name once it is open, where the file system allows that: nobody else can open
 * it, and its room is free again when the last reader is gone, however the process ends.
 */
final class NumbersFile {
  /** Numbers of a piece: a mapping holds less than 2^31 bytes. */
  private static final int PIECE = 1 << 27;

  private static final int BUFFERED = 1 << 16;

  private final DoubleBuffer[] pieces;

  private NumbersFile(DoubleBuffer[] pieces) {
    this.pieces = pieces;
  }

  /** Writes a file. Not thread-safe. */
  static final class Writer implements AutoCloseable {
    private final FileChannel channel;
    private final ByteBuffer buffer =
        ByteBuffer.allocateDirect(BUFFERED * Double.BYTES).order(ByteOrder.nativeOrder());
    private final DoubleBuffer numbers = buffer.asDoubleBuffer();
    private long count;

    /**
     * Starts a file.
     *
     * @throws UncheckedIOException if the folder can't be written to
     */
    static Writer in(Path folder) {
      try {
        Files.createDirectories(folder);
        Path file = privateFile(folder);
        Writer writer = to(file);
        forget(file);
        return writer;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    /**
     * Starts to write to a file that is there.
     *
     * @throws UncheckedIOException if it can't be written to
     */
    static Writer to(Path file) {
      try {
        return new Writer(
            FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private Writer(FileChannel channel) {
      this.channel = channel;
    }

    private static void forget(Path file) {
      try {
        Files.delete(file);
      } catch (IOException e) {
        file.toFile().deleteOnExit();
      }
    }

    private static Path privateFile(Path folder) throws IOException {
      return folder.getFileSystem().supportedFileAttributeViews().contains("posix")
          ? Files.createTempFile(
              folder,
              "shard",
              ".rows",
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))
          : Files.createTempFile(folder, "shard", ".rows");
    }

    /**
     * Adds numbers.
     *
     * @throws UncheckedIOException if they can't be written, as on a full disk
     */
    void add(double[] from, int at, int length) {
      for (int done = 0; done < length; ) {
        int some = Math.min(length - done, numbers.remaining());
        numbers.put(from, at + done, some);
        done += some;
        if (!numbers.hasRemaining()) {
          flush();
        }
      }
      count += length;
    }

    private void flush() {
      buffer.position(0).limit(numbers.position() * Double.BYTES);
      try {
        while (buffer.hasRemaining()) {
          channel.write(buffer);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      numbers.clear();
    }

    /**
     * Ends writing.
     *
     * @throws UncheckedIOException if the rest can't be written
     */
    NumbersFile end() {
      flush();
      int pieces = (int) ((count + PIECE - 1) / PIECE);
      DoubleBuffer[] mapped = new DoubleBuffer[pieces];
      try {
        for (int i = 0; i < pieces; i++) {
          long from = (long) i * PIECE;
          mapped[i] =
              channel
                  .map(
                      MapMode.READ_ONLY,
                      from * Double.BYTES,
                      Math.min(PIECE, count - from) * Double.BYTES)
                  .order(ByteOrder.nativeOrder())
                  .asDoubleBuffer();
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } finally {
        close();
      }
      return new NumbersFile(mapped);
    }

    /** Ends the use of the file for writing; what {@link #end} has returned stays. */
    @Override
    public void close() {
      try {
        channel.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  double get(long i) {
    return pieces[(int) (i / PIECE)].get((int) (i % PIECE));
  }

  /** Copies numbers from a place on. */
  void copy(long start, int length, double[] out, int at) {
    for (int done = 0; done < length; ) {
      long from = start + done;
      int within = (int) (from % PIECE);
      int some = Math.min(length - done, PIECE - within);
      pieces[(int) (from / PIECE)].get(within, out, at + done, some);
      done += some;
    }
  }
}
