package io.sparkfed.config;

import io.sparkfed.model.Family;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.Labels;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.Spelling;
import io.sparkfed.model.formula.Formula;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;

/** Reads what stands in the label's column: {@code data.label-levels, data.label-proportions}. */
final class LabelsReader {
  private static final String LEVELS = "data.label-levels";
  private static final String PROPORTIONS = "data.label-proportions";

  private final ConfigReader read;

  LabelsReader(ConfigReader read) {
    this.read = read;
  }

  Labels labels(Family family, Optional<Formula> formula) {
    boolean proportions = read.bool(PROPORTIONS);
    if (proportions && !family.isBinomial()) {
      throw read.invalid(
          PROPORTIONS,
          "belongs to model.family = "
              + String.join(" | ", EnumNames.of(Family.class, Family::isBinomial)));
    }
    if (!read.isSet(LEVELS)) {
      return proportions ? new Labels.Proportions() : new Labels.Numbers();
    }
    if (proportions) {
      throw read.invalid(LEVELS, "does not go with data.label-proportions");
    }
    if (formula.flatMap(Formula::response).filter(y -> y.onlyColumn() == null).isPresent()) {
      throw read.invalid(LEVELS, "needs a formula with a column alone on its left side");
    }
    return classes(family);
  }

  private Labels classes(Family family) {
    if (!family.isClassifier()) {
      throw read.invalid(
          LEVELS,
          "belongs to model.family = "
              + String.join(" | ", EnumNames.of(Family.class, Family::isClassifier)));
    }
    List<String> levels = read.strings(LEVELS).stream().map(Spelling.VALUE::level).toList();
    MissingTexts missing = MissingTexts.of(read.strings("data.missing-values"));
    if (!levels.stream().allMatch(InputColumn::isLevel)
        || levels.stream().anyMatch(missing::contains)) {
      throw read.invalid(
          LEVELS, "must be texts of 1 to 64 bytes, none of them one of data.missing-values");
    }
    if (new HashSet<>(levels).size() < levels.size()) {
      throw read.invalid(
          LEVELS, "must have no class twice, nor in two spellings of one number or boolean");
    }
    if (!family.isMultinomial()) {
      if (levels.size() != 2) {
        throw read.invalid(LEVELS, "must be the negative class, then the positive one");
      }
    } else if (levels.size() < 2 || levels.size() > Validation.MOST_CLASSES) {
      throw read.invalid(LEVELS, "must be 2 to " + Validation.MOST_CLASSES + " classes");
    } else if (read.isSet("model.classes")
        && read.integer("model.classes", 2, Validation.MOST_CLASSES) != levels.size()) {
      throw read.invalid("model.classes", "must be the number of classes in " + LEVELS);
    }
    return new Labels.Classes(levels);
  }
}
