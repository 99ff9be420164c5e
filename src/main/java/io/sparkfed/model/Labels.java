package io.sparkfed.model;

import java.io.Serializable;
import java.util.List;

/** What stands in the label's column. */
public sealed interface Labels extends Serializable {

  /** Numbers of the family's domain. */
  record Numbers() implements Labels {}

  /**
   * Classes by name.
   *
   * @param levels the texts of class 0, class 1 and so on, as {@link Spelling#VALUE} spells them
   */
  record Classes(List<String> levels) implements Labels {
    /** Takes a copy of the levels. */
    public Classes {
      levels = List.copyOf(levels);
    }

    /** Returns the class that a level is; -1 for none. */
    public int classOf(String level) {
      return levels.indexOf(level);
    }
  }

  /**
   * Shares of successes, from 0 to 1, among as many trials as the instance weight says: R's {@code
   * glm(binomial)} with weights.
   */
  record Proportions() implements Labels {}
}
