package io.sparkfed.federated;

import java.util.Collections;
import java.util.List;

/**
 * Which levels of categories are asked for, and how they are hashed into buckets.
 *
 * @param salts as many as the survey takes
 * @param buckets how many each category has under a salt, at least 1
 * @param columns names of the categories, as in the summaries
 * @param open whether a category's levels are asked for
 * @param known levels that have no part, sorted, for each category
 */
public record LevelQuery(
    List<byte[]> salts,
    int buckets,
    List<String> columns,
    boolean[] open,
    List<List<String>> known) {

  /**
   * @throws IllegalArgumentException if there is no bucket, or something isn't there for each
   *     category
   */
  public LevelQuery {
    if (buckets < 1 || open.length != columns.size() || known.size() != columns.size()) {
      throw new IllegalArgumentException(
          "levels must be asked for in buckets, of each category or not");
    }
  }

  /** Returns whether a level has a part. */
  boolean asksFor(int category, String level) {
    return open[category] && Collections.binarySearch(known.get(category), level) < 0;
  }

  /**
   * Returns the bucket of a level among those of all salts, {@code (salt * categories + category) *
   * buckets + bucket}.
   */
  int bucket(int salt, int category, String level) {
    return salt * bucketsOfSalt()
        + category * buckets
        + LevelCode.bucket(salts.get(salt), columns.get(category), level, buckets);
  }

  /** Returns how many buckets a salt has for all categories. */
  public int bucketsOfSalt() {
    return Math.multiplyExact(columns.size(), buckets);
  }
}
