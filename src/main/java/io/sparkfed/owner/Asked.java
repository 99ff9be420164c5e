package io.sparkfed.owner;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a study asks for, as far as an owner has a say in it. Names of columns are in lower case, as
 * columns are compared without it.
 *
 * @param dataset the name that the owners gave the rows; empty where the study names none
 * @param reading how the rows are read where it isn't as by default, by key
 * @param columns all columns that are used as numbers, categories, labels, weights or offsets
 * @param labels those that the label is made of
 * @param categories those whose levels are told, or were told before
 * @param split the column that tells which rows are held out with the values that do; empty for
 *     none
 * @param where which rows are used, in SQL; empty for all
 * @param derived columns that are computed, in SQL by name
 * @param family of the model
 * @param algorithm how it is trained
 * @param minLevelRows how many rows a level must have to be told
 * @param minLevelWorkers how many workers must have rows of it
 * @param samplesWorkers whether a round is of some workers, chosen anew each time
 */
public record Asked(
    Optional<String> dataset,
    SortedMap<String, String> reading,
    SortedSet<String> columns,
    SortedSet<String> labels,
    SortedSet<String> categories,
    Optional<Split> split,
    Optional<String> where,
    SortedMap<String, String> derived,
    String family,
    String algorithm,
    int minLevelRows,
    int minLevelWorkers,
    boolean samplesWorkers) {

  /**
   * A column that tells which rows are held out.
   *
   * @param column its name
   * @param train of training rows
   * @param test of test rows
   */
  public record Split(String column, String train, String test) {}

  /** Copies what it is made of. */
  public Asked {
    reading = Collections.unmodifiableSortedMap(new TreeMap<>(reading));
    columns = sorted(columns);
    labels = sorted(labels);
    categories = sorted(categories);
    derived = Collections.unmodifiableSortedMap(new TreeMap<>(derived));
  }

  private static SortedSet<String> sorted(Set<String> names) {
    return Collections.unmodifiableSortedSet(new TreeSet<>(names));
  }
}
