package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.model.Family;
import java.util.List;
import java.util.OptionalDouble;

/** The rules of the lossless presets, and of the keys that are theirs alone. */
final class LosslessValidation {
  private final Config user;
  private final ConfigReader read;

  LosslessValidation(Config user, ConfigReader read) {
    this.user = user;
    this.read = read;
  }

  /** Refuses what a preset can't have. */
  void validate(String preset, Family family) {
    refuseKeysOfOthers(preset);
    if (!PresetNames.isLossless(preset)) {
      refuse("algorithm.warm-start", "belongs to the lossless presets");
      return;
    }
    if (!preset.equals("fed-lbfgs") && !preset.equals(PresetNames.AUTO)) {
      requireNoL1(read, "algorithm.preset = " + preset, "fed-lbfgs");
    }
    if (preset.equals("normal-equations")) {
      if (!family.isQuadratic()) {
        throw read.invalid(
            "model.family",
            "must be "
                + EnumNames.inWords(EnumNames.of(Family.class, Family::isQuadratic), "or")
                + " for algorithm.preset = normal-equations");
      }
      refuse("algorithm.tolerance", "does not belong to normal-equations, which is one round");
      refuse("algorithm.rounds", "does not belong to normal-equations, which is one round");
      refuse("algorithm.warm-start", "does not belong to normal-equations, which is one round");
    }
    if (preset.equals("fed-newton")) {
      requireCurvature(read, family, "algorithm.preset = fed-newton", "fed-lbfgs");
    }
  }

  /** Returns when to stop; empty where nothing says so. */
  OptionalDouble tolerance() {
    return read.isSet("algorithm.tolerance")
        ? OptionalDouble.of(
            read.number("algorithm.tolerance", "must be a number >= 0", value -> value >= 0.0))
        : OptionalDouble.empty();
  }

  /** Returns the step size of fed-sgd; 0 for other presets. */
  double stepSize(String preset) {
    return preset.equals("fed-sgd")
        ? read.number("algorithm.step-size", "must be a number > 0", value -> value > 0.0)
        : 0.0;
  }

  /** Refuses an L1 penalty for what can't have one. */
  static void requireNoL1(ConfigReader read, String chosen, String instead) {
    if (read.number("model.l1", "must be a number >= 0", value -> value >= 0.0) > 0.0) {
      throw read.invalid("model.l1", "must be 0 for " + chosen + "; use " + instead);
    }
  }

  /** Refuses a family whose loss has no curvature, for Newton's method. */
  static void requireCurvature(ConfigReader read, Family family, String chosen, String instead) {
    if (!family.isCurved()) {
      throw read.invalid(
          "model.family",
          "must have a loss with curvature for "
              + chosen
              + " ("
              + String.join(", ", EnumNames.of(Family.class, Family::isCurved))
              + "); use "
              + instead);
    }
  }

  private void refuseKeysOfOthers(String chosen) {
    for (Preset preset : Preset.ALL) {
      for (String key : preset.keys()) {
        List<String> owners = Preset.owners(key);
        if (!owners.contains(chosen)) {
          refuse(key, "belongs to algorithm.preset = " + String.join(", ", owners));
        }
      }
    }
  }

  private void refuse(String key, String rule) {
    if (user.hasPath(key)) {
      throw read.invalid(key, rule);
    }
  }
}
