package io.sparkfed.spark.agents;

import io.sparkfed.model.ColumnType;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.InputColumn.Vectors;
import io.sparkfed.wire.ProtocolException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * What was found of a feature column of a study, at all workers together; the study itself says
 * what is made of it.
 *
 * @param type what it holds
 * @param reference of a category the level without a feature; empty while it isn't known
 * @param levels of a category, in order; empty while they aren't known
 * @param fill what replaces a missing number; NaN when nothing does, or while it isn't known
 * @param width of a column of vectors; 0 while it isn't known
 */
public record FoundColumn(
    ColumnType type, String reference, List<String> levels, double fill, int width) {

  /** Takes a copy of the levels. */
  public FoundColumn {
    levels = List.copyOf(levels);
  }

  /** Returns what an encoding says of its columns. */
  public static List<FoundColumn> of(FeatureEncoding encoding) {
    return encoding.columns().stream().map(FoundColumn::of).toList();
  }

  private static FoundColumn of(InputColumn column) {
    OneHot category = column instanceof OneHot one ? one : null;
    return new FoundColumn(
        column.type(),
        category == null ? "" : category.reference(),
        category == null ? List.of() : category.levels(),
        column instanceof Numeric number ? number.fill() : Double.NaN,
        column instanceof Vectors vectors ? vectors.width() : 0);
  }

  /**
   * Returns a study's encoding with what was found.
   *
   * @param draft as the study alone has it; nothing that it says can be found otherwise
   * @param found of its columns, in order
   * @throws ProtocolException if that is not of these columns, or contradicts the study
   */
  public static FeatureEncoding completed(FeatureEncoding draft, List<FoundColumn> found) {
    require(found.size() == draft.columns().size());
    List<InputColumn> columns = new ArrayList<>();
    for (int j = 0; j < found.size(); j++) {
      columns.add(found.get(j).completed(draft.columns().get(j)));
    }
    return new FeatureEncoding(columns, draft.terms());
  }

  private InputColumn completed(InputColumn draft) {
    boolean isVector = draft instanceof Vectors;
    require(isVector == (type == ColumnType.VECTOR) && (isVector || width == 0) && width >= 0);
    if (draft instanceof Vectors vectors) {
      require(vectors.width() == 0 || vectors.width() == width);
      return new Vectors(vectors.name(), width);
    }
    if (draft instanceof Numeric number) {
      require(reference.isEmpty() && levels.isEmpty());
      require(number.imputed() ? !Double.isInfinite(fill) : Double.isNaN(fill));
      require(Double.isNaN(number.fill()) || number.fill() == fill);
      return new Numeric(number.name(), type, number.imputed(), fill);
    }
    OneHot category = (OneHot) draft;
    require(Double.isNaN(fill) && areOf(category));
    return new OneHot(category.name(), type, reference, levels, category.spelling());
  }

  private boolean areOf(OneHot draft) {
    boolean areLevels =
        levels.stream().allMatch(InputColumn::isLevel)
            && levels.size() <= OneHot.MAX_LEVELS
            && new HashSet<>(levels).size() == levels.size()
            && (reference.isEmpty() || levels.isEmpty() || levels.contains(reference));
    return areLevels
        && (draft.levels().isEmpty() || draft.levels().equals(levels))
        && (draft.reference().isEmpty() || draft.reference().equals(reference));
  }

  private static void require(boolean isKept) {
    if (!isKept) {
      throw new ProtocolException("what was found must be of the study's own columns");
    }
  }
}
