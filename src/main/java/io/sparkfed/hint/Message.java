package io.sparkfed.hint;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A message for users in which settings stand as {@link Hint}s.
 *
 * @param parts each a text or a hint, in their order
 */
public record Message(List<Serializable> parts) implements Serializable {
  private static final long serialVersionUID = 1L;

  public Message {
    parts = List.copyOf(parts);
  }

  /**
   * Puts a message together.
   *
   * @param parts hints, other messages, and anything else as its text
   */
  public static Message of(Object... parts) {
    List<Serializable> flat = new ArrayList<>();
    for (Object part : parts) {
      if (part instanceof Message message) {
        flat.addAll(message.parts());
      } else {
        flat.add(part instanceof Hint hint ? hint : String.valueOf(part));
      }
    }
    return new Message(flat);
  }

  /** Returns the message in a user's words. */
  public String in(Wording wording) {
    return parts.stream()
        .map(part -> part instanceof Hint hint ? wording.of(hint) : part.toString())
        .collect(Collectors.joining());
  }

  /** Returns whether it reads the same for every user. */
  public boolean isPlain() {
    return parts.stream().noneMatch(Hint.class::isInstance);
  }

  /** Returns the message with what settings are, not what they are called. */
  @Override
  public String toString() {
    return in(Hint::plain);
  }
}
