package io.sparkfed.config;

import java.util.List;

/** The values of {@code algorithm.preset}. */
public final class PresetNames {
  /**
   * Stands for the lossless preset that fits the data; where rows are hidden, for the private one.
   */
  public static final String AUTO = "auto";

  /** Trains where rows are hidden, unless another is named. */
  public static final String PRIVATE = "private";

  private PresetNames() {}

  /** Returns the names, sorted. */
  public static List<String> all() {
    return Preset.ALL.stream().map(Preset::name).sorted().toList();
  }

  /** Returns whether a preset finds the optimum of all rows. */
  public static boolean isLossless(String preset) {
    return Preset.of(preset).filter(Preset::isLossless).isPresent();
  }

  /** Returns whether a preset trains from noisy sums alone. */
  public static boolean isNoised(String preset) {
    return Preset.of(preset).filter(Preset::isNoised).isPresent();
  }

  /** Returns whether a preset averages what workers train. */
  static boolean isAveraging(String preset) {
    return Preset.of(preset).filter(named -> !named.isLossless() && !named.isNoised()).isPresent();
  }

  /** Returns the names of such presets, sorted. */
  static List<String> averaging() {
    return all().stream().filter(PresetNames::isAveraging).toList();
  }

  /** Returns the names of the presets that train from noisy sums alone, sorted. */
  static List<String> noised() {
    return all().stream().filter(PresetNames::isNoised).toList();
  }
}
