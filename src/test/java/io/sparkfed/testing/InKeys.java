package io.sparkfed.testing;

import io.sparkfed.config.KeyWords;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.hint.Message;
import io.sparkfed.hint.Worded;
import java.util.List;

/** What the core says, as the user of a configuration reads it. */
public final class InKeys {
  private InKeys() {}

  /** Returns a message. */
  public static String said(Message message) {
    return message.in(KeyWords::of);
  }

  /** Returns the message of a failure. */
  public static String said(Worded failure) {
    return failure.in(KeyWords::of).getMessage();
  }

  /** Returns messages. */
  public static List<String> said(List<Message> messages) {
    return messages.stream().map(InKeys::said).toList();
  }

  /** Returns the message of a training that diverged. */
  public static String divergence(TrainingResult result) {
    return said(result.divergence().orElseThrow().message());
  }
}
