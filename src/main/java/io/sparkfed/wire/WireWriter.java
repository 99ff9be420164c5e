package io.sparkfed.wire;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the canonical format: big-endian integers, and every byte string and array preceded by its
 * length. One value has exactly one encoding.
 */
public final class WireWriter {
  private static final int FIRST_ROOM = 64;

  private ByteBuffer out = ByteBuffer.allocate(FIRST_ROOM);

  /** Returns the buffer with room for so many bytes more. */
  private ByteBuffer room(int bytes) {
    if (out.remaining() < bytes) {
      int needed = Math.addExact(out.position(), bytes);
      int twice = (int) Math.min(2L * out.capacity(), Integer.MAX_VALUE - Long.BYTES);
      out = ByteBuffer.allocate(Math.max(needed, twice)).put(out.flip());
    }
    return out;
  }

  /** Adds a 32-bit integer. */
  public WireWriter integer(int value) {
    room(Integer.BYTES).putInt(value);
    return this;
  }

  /** Adds a 64-bit integer. */
  public WireWriter longInteger(long value) {
    room(Long.BYTES).putLong(value);
    return this;
  }

  /** Adds a number, with the bits it has. */
  public WireWriter number(double value) {
    return longInteger(Double.doubleToRawLongBits(value));
  }

  /** Adds an array of numbers, with the bits they have. */
  public WireWriter numbers(double[] values) {
    integer(values.length);
    int bytes = Math.multiplyExact(Double.BYTES, values.length);
    room(bytes).asDoubleBuffer().put(values);
    out.position(out.position() + bytes);
    return this;
  }

  /** Adds a byte string. */
  public WireWriter bytes(byte[] value) {
    integer(value.length);
    room(value.length).put(value);
    return this;
  }

  /** Adds a text as UTF-8. */
  public WireWriter text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds an array of 64-bit integers. */
  public WireWriter longs(long[] values) {
    integer(values.length);
    int bytes = Math.multiplyExact(Long.BYTES, values.length);
    room(bytes).asLongBuffer().put(values);
    out.position(out.position() + bytes);
    return this;
  }

  /** Adds what another has written, as it is. */
  public WireWriter raw(WireWriter other) {
    ByteBuffer written = other.out.duplicate().flip();
    room(written.remaining()).put(written);
    return this;
  }

  /** Returns what was written. */
  public byte[] toByteArray() {
    return Arrays.copyOf(out.array(), out.position());
  }
}
