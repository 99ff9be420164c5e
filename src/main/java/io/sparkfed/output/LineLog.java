package io.sparkfed.output;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import org.apache.hadoop.fs.FSDataOutputStream;

/** A text file that grows by whole lines, each visible to readers at once where they allow it. */
public final class LineLog implements Closeable {
  private final FSDataOutputStream out;

  LineLog(FSDataOutputStream out) {
    this.out = out;
  }

  /**
   * Adds a line.
   *
   * @throws UncheckedIOException if it can't be written
   */
  public void add(String line) {
    try {
      out.write((line + "\n").getBytes(StandardCharsets.UTF_8));
      out.hflush();
    } catch (IOException e) {
      throw new UncheckedIOException("the output can't be written: " + e.getMessage(), e);
    }
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
