package io.sparkfed.evaluation;

import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;

/**
 * What was measured of a round: sums over workers, at least 0. Immutable; what nobody measured is
 * 0.
 *
 * @param values by measurement
 */
public record Measurements(Map<Measurement, Long> values) {
  private static final Measurements NONE = new Measurements(Map.of());

  /** Takes a copy, with zeros for what is not there. */
  public Measurements {
    Map<Measurement, Long> all = new EnumMap<>(Measurement.class);
    for (Measurement each : Measurement.values()) {
      all.put(each, values.getOrDefault(each, 0L));
    }
    values = all;
  }

  /** Returns that nothing was measured. */
  public static Measurements none() {
    return NONE;
  }

  /** Reads measurements, each by its key. */
  public static Measurements read(ToLongFunction<String> byKey) {
    Map<Measurement, Long> all = new EnumMap<>(Measurement.class);
    for (Measurement each : Measurement.values()) {
      all.put(each, byKey.applyAsLong(each.key()));
    }
    return new Measurements(all);
  }

  /** Returns the same with another value of one. */
  public Measurements with(Measurement measurement, long value) {
    Map<Measurement, Long> all = new EnumMap<>(values);
    all.put(measurement, value);
    return new Measurements(all);
  }

  /** Returns a value. */
  public long get(Measurement measurement) {
    return values.get(measurement);
  }

  /** Hands out each value by its key, in the order of the measurements. */
  public void forEach(BiConsumer<String, Long> action) {
    values.forEach((measurement, value) -> action.accept(measurement.key(), value));
  }

  /** Returns the values by their keys, in the order of the measurements. */
  public Map<String, Long> byKey() {
    Map<String, Long> all = new LinkedHashMap<>();
    forEach(all::put);
    return all;
  }
}
