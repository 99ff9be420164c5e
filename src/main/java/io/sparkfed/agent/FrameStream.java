package io.sparkfed.agent;

import io.sparkfed.agent.AgentException.Kind;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;

/** Reads and writes frames, each in its time. Used by one thread. */
final class FrameStream {
  /** "SFAG". */
  static final int MAGIC = 0x53464147;

  /** Changes whenever a frame's form does. */
  static final short VERSION = 1;

  static final int HEAD = 20;

  private static final int JOINED = 1 << 13;

  private final Link link;
  private final FrameLimits limits;

  FrameStream(Link link, FrameLimits limits) {
    this.link = link;
    this.limits = limits;
  }

  /** Room for a payload, before it is there. */
  @FunctionalInterface
  interface Room {
    /** Returns so many bytes. */
    byte[] of(int length) throws IOException;
  }

  /**
   * The beginning of a frame.
   *
   * @param length of the payload, at most what its kind may have
   */
  record Head(Frame.Kind kind, long number, int length) {}

  /**
   * Reads the beginning of the next frame.
   *
   * @param patience how long its first byte may take
   * @return null where the peer has closed the connection between two frames
   * @throws SilentException if it isn't there in time
   * @throws BadFrameException if it is none of ours
   */
  Head head(Duration patience) throws IOException {
    byte[] bytes = new byte[HEAD];
    int first = inTime(patience, () -> link.read(bytes, 0, HEAD));
    if (first < 0) {
      return null;
    }
    inTime(limits.frame(), () -> fill(bytes, first));
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (in.getInt() != MAGIC) {
      throw new BadFrameException(Kind.BROKEN, "a frame must begin with the magic number");
    }
    int version = in.getShort();
    if (version != VERSION) {
      throw new BadFrameException(
          Kind.OTHER_VERSION,
          "frames must be of version " + VERSION + ". Provided value: " + version);
    }
    short code = in.getShort();
    long number = in.getLong();
    int length = in.getInt();
    Frame.Kind kind =
        Frame.Kind.of(code)
            .orElseThrow(
                () ->
                    new BadFrameException(Kind.BROKEN, "a frame must be of a kind that there is"));
    int longest = kind.isWords() ? Frame.LONGEST_WORDS : limits.longest();
    if (length < 0 || length > longest) {
      throw new BadFrameException(
          Kind.TOO_LONG, "a frame's payload must have at most " + longest + " bytes");
    }
    return new Head(kind, number, length);
  }

  /**
   * Reads the rest of a frame.
   *
   * @throws SilentException if it isn't there in time
   */
  Frame rest(Head head, Room room) throws IOException {
    byte[] payload = room.of(head.length());
    inTime(limits.timeFor(head.length()), () -> fill(payload, 0));
    return new Frame(head.kind(), head.number(), payload);
  }

  /**
   * Writes a frame.
   *
   * @throws SilentException if the peer doesn't take it in time
   */
  void write(Frame frame) throws IOException {
    byte[] payload = frame.payload();
    // With the head in one piece: for what is short, a call costs more than the copy.
    int joined = Math.min(payload.length, JOINED);
    ByteBuffer start = ByteBuffer.allocate(HEAD + joined);
    start.putInt(MAGIC).putShort(VERSION).putShort(frame.kind().code());
    start.putLong(frame.number()).putInt(payload.length).put(payload, 0, joined);
    inTime(
        limits.timeFor(payload.length),
        () -> {
          link.write(start.array(), 0, HEAD + joined);
          link.write(payload, joined, payload.length - joined);
          return 0;
        });
  }

  private int fill(byte[] bytes, int from) throws IOException {
    int at = from;
    while (at < bytes.length) {
      int read = link.read(bytes, at, bytes.length - at);
      if (read < 0) {
        throw new EOFException("a frame must not be cut short");
      }
      at += read;
    }
    return at;
  }

  @FunctionalInterface
  private interface Step {
    int run() throws IOException;
  }

  private int inTime(Duration time, Step step) throws IOException {
    Deadline deadline = Deadline.of(link, time);
    try {
      return step.run();
    } catch (IOException e) {
      if (deadline.isMissed()) {
        throw new SilentException(time, e);
      }
      throw e;
    } finally {
      deadline.close();
    }
  }
}
