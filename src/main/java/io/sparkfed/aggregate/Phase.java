package io.sparkfed.aggregate;

import java.util.Locale;

/** What part of a sum a visit is. */
public enum Phase {
  /** Parties make keys for the sums to come. */
  ADVERTISE,
  /** Workers train or evaluate; with secure sums they mask their vectors, or seal them. */
  WORK,
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
