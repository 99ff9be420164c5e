package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;

/** A journal that can't be read or written, so that its owner answers nothing. */
public final class JournalException extends ProtocolException {
  private static final long serialVersionUID = 1L;

  /** Creates the exception with what the system says of a file. */
  JournalException(Path file, IOException cause) {
    super("the owner's journal can't be written: " + file + ": " + reason(cause));
    initCause(cause);
  }

  private static String reason(IOException cause) {
    String said =
        cause instanceof FileSystemException known ? known.getReason() : cause.getMessage();
    return said == null ? cause.getClass().getSimpleName() : said;
  }
}
