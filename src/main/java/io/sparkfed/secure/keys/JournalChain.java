package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;
import java.util.HexFormat;

/**
 * The hashes that chain a journal's lines: each line ends with one over itself and the one before.
 * Who changes a line, or takes out some before the last, breaks it. That lines are missing at the
 * end only shows beside an earlier hash.
 */
final class JournalChain {
  private static final HexFormat HEX = HexFormat.of();
  private static final int BYTES = 16;

  private byte[] last = new byte[BYTES];
  private long lines;

  /** Returns a line with the hash that is to end it, once it is written. */
  String chained(String line) {
    return line + " " + HEX.formatHex(next(line));
  }

  /**
   * Goes on behind a line.
   *
   * @return the line without its hash
   * @throws ProtocolException if it doesn't follow the one before
   */
  String follow(String chained) {
    int end = chained.lastIndexOf(' ');
    String line = chained.substring(0, Math.max(0, end));
    byte[] hash = next(line);
    lines++;
    if (!chained.substring(end + 1).equals(HEX.formatHex(hash))) {
      throw new ProtocolException(
          "the owner's journal must be as it was written: line "
              + lines
              + " was changed, or lines before it are gone");
    }
    last = hash;
    return line;
  }

  /** Returns the hash of the last line, in hexadecimal. */
  String hash() {
    return HEX.formatHex(last);
  }

  /** Returns the hash of the last line. */
  byte[] bytes() {
    return last.clone();
  }

  private byte[] next(String line) {
    return Arrays.copyOf(Kdf.sha256(new WireWriter().bytes(last).text(line).toByteArray()), BYTES);
  }
}
