package io.sparkfed.secure.protocol;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.wire.ProtocolException;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** Runs a party's part in a phase, where the party is. */
public final class PhaseTask {
  private static final byte[] DROPOUT = new byte[0];
  private static final System.Logger LOG = System.getLogger(PhaseTask.class.getName());

  private PhaseTask() {}

  /**
   * Returns the party's message. Where it has none it is empty, or, if the owner's policy doesn't
   * allow it, a byte that says which rule; see {@link #orTag}.
   *
   * @param phase what is done, for the party's own log
   */
  public static byte[] orDropout(String phase, Supplier<byte[]> message) {
    return orTag(
        phase,
        message,
        failure -> rule(failure).map(broken -> new byte[] {(byte) broken.code()}).orElse(DROPOUT));
  }

  /** Returns the rule of the owner's policy that a failure is about, if it is about one. */
  public static Optional<OwnersRule> rule(Exception failure) {
    return failure instanceof RefusedException refused
        ? Optional.of(refused.rule())
        : Optional.empty();
  }

  /**
   * Returns what the party makes. Whatever goes wrong becomes one coarse tag: an exception's text
   * could hold a row, and one that leaves a task travels to the driver. Its type, or the rule that
   * was broken, is logged where it happened.
   *
   * @param phase what is done, for the party's own log
   * @param tag what is told instead
   */
  public static <T> T orTag(String phase, Supplier<T> made, Function<Exception, T> tag) {
    try {
      return made.get();
    } catch (Exception e) {
      // Scala's methods declare no checked exceptions.
      LOG.log(
          System.Logger.Level.ERROR,
          "{0} failed; this party takes no part in it ({1})",
          phase,
          e instanceof ProtocolException ? e.getMessage() : e.getClass().getSimpleName());
      return tag.apply(e);
    }
  }

  /** Adds up the payload bytes of the messages of a sum, and who refused by which rule. */
  public static final class Traffic {
    private final Set<OwnersRule> refused = EnumSet.noneOf(OwnersRule.class);
    private long bytes;

    /** Counts the messages and returns those that are not the tag of a dropout. */
    public List<byte[]> received(List<byte[]> messages) {
      bytes += messages.stream().mapToLong(message -> message.length).sum();
      messages.stream()
          .filter(message -> message.length == 1)
          .flatMap(message -> OwnersRule.of(message[0]).stream())
          .forEach(refused::add);
      return messages.stream().filter(message -> message.length > 1).toList();
    }

    /** Returns the rules of owners' policies that what was asked for broke. */
    public Set<OwnersRule> refused() {
      return refused;
    }

    /** Returns the bytes counted. */
    public long bytes() {
      return bytes;
    }
  }
}
