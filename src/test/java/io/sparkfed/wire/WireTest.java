package io.sparkfed.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WireTest {
  private static final byte[] MESSAGE =
      new WireWriter()
          .integer(-2)
          .longInteger(0x0102030405060708L)
          .bytes(new byte[] {1, 2, 3})
          .text("äb")
          .longs(new long[] {-1, 1})
          .toByteArray();

  @Test
  void writer_everyType_hasOneBigEndianForm() {
    assertEquals(
        "fffffffe0102030405060708"
            + "00000003010203"
            + "00000003c3a462"
            + "00000002ffffffffffffffff0000000000000001",
        HexFormat.of().formatHex(MESSAGE));
  }

  @Test
  void reader_whatWasWritten_isReadBack() {
    WireReader in = new WireReader(MESSAGE);
    assertEquals(-2, in.integer());
    assertEquals(0x0102030405060708L, in.longInteger());
    assertArrayEquals(new byte[] {1, 2, 3}, in.bytes(3));
    assertEquals("äb", in.text());
    assertArrayEquals(new long[] {-1, 1}, in.longs(2));
    in.end();
  }

  @Test
  void reader_everyTruncation_isRefused() {
    for (int length = 0; length < MESSAGE.length; length++) {
      byte[] cut = Arrays.copyOf(MESSAGE, length);
      assertThrows(ProtocolException.class, () -> readAll(cut), "length " + length);
    }
  }

  @Test
  void end_trailingBytes_areRefused() {
    for (int more = 1; more < 10; more++) {
      byte[] longer = Arrays.copyOf(MESSAGE, MESSAGE.length + more);
      assertEquals(
          "a message must not have trailing bytes",
          assertThrows(ProtocolException.class, () -> readAll(longer)).getMessage());
    }
  }

  /** A length is checked against what is there, so none of these makes a large array. */
  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, Integer.MAX_VALUE, 1 << 28, 1 << 29, 1 << 30, 9})
  void reader_lengthBeyondTheMessage_isRefusedBeforeItAllocates(int length) {
    byte[] message = new WireWriter().integer(length).longInteger(0).toByteArray();

    assertThrows(ProtocolException.class, () -> new WireReader(message).bytes());
    assertThrows(ProtocolException.class, () -> new WireReader(message).bytes(length));
    assertThrows(ProtocolException.class, () -> new WireReader(message).text());
    assertThrows(ProtocolException.class, () -> new WireReader(message).longs(length));
  }

  @Test
  void reader_lengthOtherThanExpected_isRefused() {
    byte[] bytes = new WireWriter().bytes(new byte[32]).toByteArray();
    byte[] longs = new WireWriter().longs(new long[4]).toByteArray();

    assertThrows(ProtocolException.class, () -> new WireReader(bytes).bytes(31));
    assertThrows(ProtocolException.class, () -> new WireReader(bytes).bytes(33));
    assertThrows(ProtocolException.class, () -> new WireReader(longs).longs(3));
    assertThrows(ProtocolException.class, () -> new WireReader(longs).longs(5));
  }

  /** A lone continuation byte, an overlong slash, a lone surrogate, a cut sequence. */
  @ParameterizedTest
  @ValueSource(strings = {"80", "c0af", "eda080", "c3"})
  void text_notUtf8_isRefused(String hex) {
    byte[] message = new WireWriter().bytes(HexFormat.of().parseHex(hex)).toByteArray();

    assertThrows(ProtocolException.class, () -> new WireReader(message).text());
  }

  private static void readAll(byte[] message) {
    WireReader in = new WireReader(message);
    in.integer();
    in.longInteger();
    in.bytes();
    in.text();
    in.longs(2);
    in.end();
  }
}
