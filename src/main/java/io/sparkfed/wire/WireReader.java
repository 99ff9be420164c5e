package io.sparkfed.wire;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/**
 * Reads the canonical format of {@link WireWriter}. Every read checks its bounds before it
 * allocates; {@link #end} checks that nothing is left.
 */
public final class WireReader {
  private final ByteBuffer in;

  /** Reads from {@code bytes}. */
  public WireReader(byte[] bytes) {
    this.in = ByteBuffer.wrap(bytes);
  }

  /**
   * Reads a 32-bit integer.
   *
   * @throws ProtocolException if the message is too short
   */
  public int integer() {
    try {
      return in.getInt();
    } catch (BufferUnderflowException e) {
      throw tooShort();
    }
  }

  /**
   * Reads the number of entries that follow.
   *
   * @throws ProtocolException if it is negative, or the message is too short
   */
  public int count() {
    int count = integer();
    if (count < 0) {
      throw new ProtocolException("a count must not be negative");
    }
    return count;
  }

  /**
   * Reads a 64-bit integer.
   *
   * @throws ProtocolException if the message is too short
   */
  public long longInteger() {
    try {
      return in.getLong();
    } catch (BufferUnderflowException e) {
      throw tooShort();
    }
  }

  /**
   * Reads the number of entries that follow.
   *
   * @param unit least number of bytes of an entry
   * @throws ProtocolException if so many can't follow
   */
  public int count(int unit) {
    return length(unit);
  }

  /**
   * Reads a truth value.
   *
   * @throws ProtocolException if it is neither 0 nor 1, or the message is too short
   */
  public boolean flag() {
    int value = integer();
    if (value != 0 && value != 1) {
      throw new ProtocolException("a truth value must be 0 or 1");
    }
    return value == 1;
  }

  /**
   * Reads a number, with the bits it has.
   *
   * @throws ProtocolException if the message is too short
   */
  public double number() {
    return Double.longBitsToDouble(longInteger());
  }

  /**
   * Reads an array of numbers, with the bits they have.
   *
   * @throws ProtocolException if the message is too short
   */
  public double[] numbers() {
    double[] values = new double[length(Double.BYTES)];
    in.asDoubleBuffer().get(values);
    in.position(in.position() + Double.BYTES * values.length);
    return values;
  }

  /**
   * Reads a byte string.
   *
   * @throws ProtocolException if the message is too short
   */
  public byte[] bytes() {
    byte[] value = new byte[length(1)];
    in.get(value);
    return value;
  }

  /**
   * Reads a byte string of a given length.
   *
   * @throws ProtocolException if its length differs
   */
  public byte[] bytes(int expected) {
    byte[] value = bytes();
    if (value.length != expected) {
      throw new ProtocolException("a field must have " + expected + " bytes");
    }
    return value;
  }

  /**
   * Reads a text.
   *
   * @throws ProtocolException if it isn't UTF-8
   */
  public String text() {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes())).toString();
    } catch (CharacterCodingException e) {
      throw new ProtocolException("a text must be UTF-8");
    }
  }

  /**
   * Reads an array of 64-bit integers of a given length.
   *
   * @throws ProtocolException if its length differs
   */
  public long[] longs(int expected) {
    long[] values = longs();
    if (values.length != expected) {
      throw new ProtocolException("a vector must have " + expected + " entries");
    }
    return values;
  }

  /**
   * Reads an array of 64-bit integers.
   *
   * @throws ProtocolException if the message is too short
   */
  public long[] longs() {
    long[] values = new long[length(Long.BYTES)];
    in.asLongBuffer().get(values);
    in.position(in.position() + Long.BYTES * values.length);
    return values;
  }

  /**
   * Ends the reading.
   *
   * @throws ProtocolException if bytes are left
   */
  public void end() {
    if (in.hasRemaining()) {
      throw new ProtocolException("a message must not have trailing bytes");
    }
  }

  private int length(int unit) {
    int length = integer();
    if (length < 0 || length > in.remaining() / unit) {
      throw tooShort();
    }
    return length;
  }

  private static ProtocolException tooShort() {
    return new ProtocolException("a message must not be cut short");
  }
}
