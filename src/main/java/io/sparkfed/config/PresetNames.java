package io.sparkfed.config;

import java.util.List;

/** The values of {@code algorithm.preset}. */
public final class PresetNames {
  /** Stands for the lossless preset that fits the data. */
  public static final String AUTO = "auto";

  private PresetNames() {}

  /** Returns the names, sorted. */
  public static List<String> all() {
    return Preset.ALL.stream().map(Preset::name).sorted().toList();
  }

  /** Returns whether a preset finds the optimum of all rows. */
  public static boolean isLossless(String preset) {
    return Preset.of(preset).filter(Preset::isLossless).isPresent();
  }
}
