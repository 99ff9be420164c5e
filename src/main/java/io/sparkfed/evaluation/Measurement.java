package io.sparkfed.evaluation;

import java.util.Locale;

/**
 * What is measured of a round beside its metrics. Files, tables, charts, metrics of the driver and
 * the tracking server show whatever stands here.
 */
public enum Measurement {
  /** Coordinates of updates, over all workers, that were cut to the range of the sum. */
  SATURATED(Unit.COUNT, "Saturated", "Coordinates", "Saturated coordinates by round"),
  /** Workers' updates that were scaled down to the bound their owners set. */
  CLIPPED(Unit.COUNT, "Clipped", "Updates", "Clipped updates by round"),
  /** Payload bytes that traveled: the model to workers, and messages from them. */
  BYTES(Unit.BYTES, "Payload", "Bytes", "Payload by round");

  private final Unit unit;
  private final String heading;
  private final String axis;
  private final String caption;

  /** What a value counts. */
  public enum Unit {
    /** Events: none is the rule, so only some are worth a column or a chart. */
    COUNT,
    /** Bytes. */
    BYTES
  }

  Measurement(Unit unit, String heading, String axis, String caption) {
    this.unit = unit;
    this.heading = heading;
    this.axis = axis;
    this.caption = caption;
  }

  /** Returns the name in files and metrics. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Returns what a value counts. */
  public Unit unit() {
    return unit;
  }

  /** Returns the heading of a column. */
  public String heading() {
    return heading;
  }

  /** Returns what stands at the axis of a chart. */
  public String axis() {
    return axis;
  }

  /** Returns the caption of a chart. */
  public String caption() {
    return caption;
  }
}
