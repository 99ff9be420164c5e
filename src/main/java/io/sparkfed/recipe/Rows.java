package io.sparkfed.recipe;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.model.FeatureEncoding;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Where a {@link Training}'s rows come from, each worker's to itself. */
public interface Rows {

  /**
   * Returns what these rows themselves say of the section {@code data}, by key.
   *
   * @param given the keys that somebody set
   * @throws ConfigurationException naming one that has no meaning for these rows
   */
  Map<String, Object> settings(Set<String> given);

  /**
   * Brings each worker's rows to its place.
   *
   * @throws io.sparkfed.data.DataException if rows can't be used
   * @throws io.sparkfed.aggregate.CohortException if fewer workers hold training rows than the
   *     minimum
   */
  Loaded load(TrainingConfig config);

  /** Workers with their rows, to be closed after use. */
  interface Loaded extends AutoCloseable {

    /** Returns the workers. */
    Federation<Shard> federation();

    /** Returns how columns became features. */
    FeatureEncoding encoding();

    /** Returns the names of the features, in the order of the coefficients. */
    default List<String> features() {
      return encoding().features();
    }

    @Override
    void close();
  }
}
