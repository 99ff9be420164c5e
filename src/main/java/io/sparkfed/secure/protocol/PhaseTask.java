package io.sparkfed.secure.protocol;

import io.sparkfed.wire.ProtocolException;
import java.util.List;
import java.util.function.Supplier;

/** Runs a party's part in a phase, where the party is. */
public final class PhaseTask {
  private static final byte[] DROPOUT = new byte[0];
  private static final System.Logger LOG = System.getLogger(PhaseTask.class.getName());

  private PhaseTask() {}

  /**
   * Returns the party's message, or the empty one where it has none; see {@link #orTag}.
   *
   * @param phase what is done, for the party's own log
   */
  public static byte[] orDropout(String phase, Supplier<byte[]> message) {
    return orTag(phase, message, DROPOUT);
  }

  /**
   * Returns what the party makes. Whatever goes wrong becomes one coarse tag: an exception's text
   * could hold a row, and one that leaves a task travels to the driver. Its type, or the rule that
   * was broken, is logged where it happened.
   *
   * @param phase what is done, for the party's own log
   * @param tag what is told instead
   */
  public static <T> T orTag(String phase, Supplier<T> made, T tag) {
    try {
      return made.get();
    } catch (Exception e) {
      // Scala's methods declare no checked exceptions.
      LOG.log(
          System.Logger.Level.ERROR,
          "{0} failed; this party takes no part in it ({1})",
          phase,
          e instanceof ProtocolException ? e.getMessage() : e.getClass().getSimpleName());
      return tag;
    }
  }

  /** Adds up the payload bytes of the messages of a sum, at the driver. */
  public static final class Traffic {
    private long bytes;

    /** Counts the messages and returns those that are not the tag of a dropout. */
    public List<byte[]> received(List<byte[]> messages) {
      bytes += messages.stream().mapToLong(message -> message.length).sum();
      return messages.stream().filter(message -> message.length > 0).toList();
    }

    /** Returns the bytes counted. */
    public long bytes() {
      return bytes;
    }
  }
}
