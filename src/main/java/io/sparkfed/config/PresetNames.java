package io.sparkfed.config;

import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The values of {@code algorithm.preset}. */
public final class PresetNames {
  /** Stands for the lossless preset that fits the data. */
  public static final String AUTO = "auto";

  /** They average what workers trained. */
  private static final Set<String> AVERAGING = Set.of("fed-avg");

  /** They find the optimum of all rows. */
  private static final Set<String> LOSSLESS =
      Set.of(AUTO, "fed-newton", "fed-lbfgs", "normal-equations", "fed-sgd");

  private PresetNames() {}

  /** Returns the names, sorted. */
  public static List<String> all() {
    return Stream.concat(AVERAGING.stream(), LOSSLESS.stream()).sorted().toList();
  }

  /** Returns whether a preset finds the optimum of all rows. */
  public static boolean isLossless(String preset) {
    return LOSSLESS.contains(preset);
  }
}
