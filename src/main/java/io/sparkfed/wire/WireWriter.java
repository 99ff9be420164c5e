package io.sparkfed.wire;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Writes the canonical format: big-endian integers, and every byte string and array preceded by its
 * length. One value has exactly one encoding.
 */
public final class WireWriter {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Adds a 32-bit integer. */
  public WireWriter integer(int value) {
    out.writeBytes(ByteBuffer.allocate(Integer.BYTES).putInt(value).array());
    return this;
  }

  /** Adds a 64-bit integer. */
  public WireWriter longInteger(long value) {
    out.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    return this;
  }

  /** Adds a number, with the bits it has. */
  public WireWriter number(double value) {
    return longInteger(Double.doubleToRawLongBits(value));
  }

  /** Adds an array of numbers, with the bits they have. */
  public WireWriter numbers(double[] values) {
    integer(values.length);
    ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(Double.BYTES, values.length));
    buffer.asDoubleBuffer().put(values);
    out.writeBytes(buffer.array());
    return this;
  }

  /** Adds a byte string. */
  public WireWriter bytes(byte[] value) {
    integer(value.length);
    out.writeBytes(value);
    return this;
  }

  /** Adds a text as UTF-8. */
  public WireWriter text(String value) {
    return bytes(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds an array of 64-bit integers. */
  public WireWriter longs(long[] values) {
    integer(values.length);
    ByteBuffer buffer = ByteBuffer.allocate(Math.multiplyExact(Long.BYTES, values.length));
    buffer.asLongBuffer().put(values);
    out.writeBytes(buffer.array());
    return this;
  }

  /** Returns what was written. */
  public byte[] toByteArray() {
    return out.toByteArray();
  }
}
