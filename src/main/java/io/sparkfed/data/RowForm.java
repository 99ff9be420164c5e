package io.sparkfed.data;

import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.Labels;
import io.sparkfed.model.Response;
import java.io.Serializable;

/**
 * What a raw row has at its places, one after the other, and what it becomes.
 *
 * @param response whose label rule holds; null when no label is read
 * @param encoding of the feature columns, at their places in the row from 0
 * @param rules how cells are read
 * @param survey whether rows are looked at for what the encoding doesn't know yet
 * @param label the label; its columns follow the features unless {@code response} is null
 * @param weight name of the weight column that follows; null for weight 1
 * @param offset the offset, whose columns follow; null for offset 0
 * @param part the column that follows and says which part a row belongs to; null when none does
 * @param person name of the column that follows and says whose a row is; null when nobody asks
 * @param bounds what numbers of rows that are hidden are cut to; null where they aren't hidden
 */
public record RowForm(
    Response response,
    FeatureEncoding encoding,
    CellRules rules,
    boolean survey,
    Scalar label,
    String weight,
    Scalar offset,
    PartColumn part,
    String person,
    PublicBounds bounds)
    implements Serializable {

  /**
   * A column that splits rows into parts.
   *
   * @param name its name
   * @param train its value for training rows
   * @param test its value for test rows
   */
  public record PartColumn(String name, String train, String test) implements Serializable {}

  /** Returns how many cells at the front of a row are read. */
  public int width() {
    return encoding.columns().size()
        + (response == null ? 0 : label.columns().size())
        + (weight == null ? 0 : 1)
        + (offset == null ? 0 : offset.columns().size())
        + (part == null ? 0 : 1)
        + (person == null ? 0 : 1);
  }

  /**
   * Returns whether the value of each cell is all that counts, as that of a number, so that it may
   * be read as a double whatever its type.
   */
  public boolean isOfNumbers() {
    return part == null
        && person == null
        && !rules.missing().anyNumber()
        && (response == null || !(response.labels() instanceof Labels.Classes))
        && encoding.columns().stream().allMatch(Numeric.class::isInstance);
  }
}
