package io.sparkfed.csv;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CoderResult;
import java.nio.charset.CodingErrorAction;

/**
 * Bytes as text. What stands before bytes that are no text is returned before they are refused, or
 * replaced by U+FFFD.
 */
final class DecodedText implements CsvText.Source {
  private static final int BYTES = 1 << 16;

  private final InputStream bytes;
  private final CharsetDecoder decoder;
  private final ByteBuffer read = ByteBuffer.allocate(BYTES).flip();
  private boolean ended;
  private boolean isFlushed;

  /**
   * Prepares.
   *
   * @param replaces whether bytes that are no text are replaced; they are refused otherwise
   */
  DecodedText(InputStream bytes, String encoding, boolean replaces) {
    CodingErrorAction action = replaces ? CodingErrorAction.REPLACE : CodingErrorAction.REPORT;
    this.bytes = bytes;
    this.decoder =
        Charset.forName(encoding)
            .newDecoder()
            .onMalformedInput(action)
            .onUnmappableCharacter(action);
  }

  /**
   * Fills a place of at least two characters to its end, or to the last but one where two are one,
   * unless the text ends before.
   *
   * @throws CharacterCodingException if bytes are no text in the encoding
   */
  @Override
  public int read(char[] text, int from, int length) throws IOException {
    CharBuffer place = CharBuffer.wrap(text, from, length);
    while (place.hasRemaining() && !isFlushed) {
      CoderResult result = decoder.decode(read, place, ended);
      if (result.isError()) {
        if (place.position() > from) {
          break;
        }
        result.throwException();
      }
      if (result.isOverflow()) {
        break;
      }
      if (ended) {
        isFlushed = decoder.flush(place).isUnderflow();
      } else {
        readMore();
      }
    }
    int count = place.position() - from;
    return count == 0 && isFlushed ? -1 : count;
  }

  private void readMore() throws IOException {
    read.compact();
    int count = bytes.read(read.array(), read.position(), read.remaining());
    ended = count < 0;
    read.position(read.position() + Math.max(0, count)).flip();
  }
}
