package io.sparkfed.aggregate;

import java.util.Locale;

/** What part of a sum a visit is. */
public enum Phase {
  /** Parties make keys for the sums to come. */
  ADVERTISE,
  /** Workers train or evaluate; with secure sums they commit to their vectors, or seal them. */
  WORK,
  /** Workers work again and send what they committed to, under masks. */
  MASK,
  /** Workers reveal what unmasks their sum. */
  UNMASK,
  /** Aggregators open the sum. */
  OPEN;

  /** What is left of a round: the driver's own time. */
  public static final String DRIVER = "driver";

  /** Returns the name in files and metrics. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
