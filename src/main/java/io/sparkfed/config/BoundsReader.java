package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.config.DataConfig.Columns;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.PrivacySettings.Unit;
import io.sparkfed.math.Interval;
import io.sparkfed.model.Family;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** Reads what {@code privacy} says of the numbers in rows: how large they can be, and how many. */
final class BoundsReader {
  private static final String BOUNDS = "privacy.bounds";
  private static final String VECTOR_SIZE = "privacy.vector-size";
  private static final String LABEL_BOUNDS = "privacy.label-bounds";
  private static final int MOST_FEATURES = 100_000_000;
  private static final String INTERVAL = "must be [low, high], finite numbers with low < high";

  private final Config user;
  private final ConfigReader read;

  /**
   * Creates a reader.
   *
   * @param user what was set, without defaults
   */
  BoundsReader(Config user, ConfigReader read) {
    this.user = user;
    this.read = read;
  }

  /**
   * Returns what each column of numbers is cut to.
   *
   * @throws ConfigurationException if one has no bounds, or none that are bounds of a number
   */
  SortedMap<String, Interval> ofColumns(DataConfig data) {
    Columns columns = data.columns();
    Collection<String> bounded = bounded(data, columns);
    SortedMap<String, Interval> bounds = new TreeMap<>();
    List<String> named = read.isSet(BOUNDS) ? read.keysIn(BOUNDS) : List.of();
    ColumnNames.requireOnce(BOUNDS, named);
    for (String name : named) {
      String key = ConfigReader.under(BOUNDS, name);
      if (read.isSet(key)) {
        bounds.put(spelled(key, name, bounded, data), interval(key));
      }
    }
    List<String> without = new ArrayList<>(bounded);
    without.removeAll(bounds.keySet());
    if (!without.isEmpty()) {
      throw new ConfigurationException(
          BOUNDS
              + " must have [low, high] for each feature column of numbers. Without: "
              + String.join(", ", without));
    }
    return bounds;
  }

  /**
   * Returns how many features a vector has: a length that is read of a vector would be one row's.
   *
   * @throws ConfigurationException if it is missing, out of its domain, or there are no vectors
   */
  OptionalInt vectorSize(Columns columns, Unit unit) {
    boolean isSet = read.isSet(VECTOR_SIZE);
    if (columns.featuresVector().isEmpty()) {
      if (isSet) {
        throw read.invalid(
            VECTOR_SIZE,
            "needs data.features-column: other columns say how many features there are");
      }
      return OptionalInt.empty();
    }
    if (!isSet) {
      throw new ConfigurationException(
          VECTOR_SIZE
              + " must be set with data.features-column"
              + unit.under()
              + ": otherwise rows would say how many features there are");
    }
    return OptionalInt.of(read.integer(VECTOR_SIZE, 1, MOST_FEATURES));
  }

  /** Returns the columns whose numbers reach the model. */
  private static Collection<String> bounded(DataConfig data, Columns columns) {
    if (data.source() instanceof Synthetic synthetic) {
      return synthetic.names(columns.features());
    }
    if (columns.featuresVector().isPresent()) {
      return List.of(columns.featuresVector().get());
    }
    return columns.numbers(data.preprocessing().categories().keySet());
  }

  private static String spelled(
      String key, String name, Collection<String> bounded, DataConfig data) {
    return ColumnNames.spelled(name, bounded)
        .orElseThrow(
            () ->
                new ConfigurationException(
                    key
                        + (ColumnNames.spelled(name, data.preprocessing().categories().keySet())
                                .isPresent()
                            ? " is for numbers, and the column is a category, which needs no bounds"
                            : " names a column that is no number among the features"
                                + NearestName.of(name, bounded)
                                    .map(near -> "; the nearest is " + near)
                                    .orElse(""))));
  }

  private static boolean areOfLabels(Family family) {
    return !family.isClassifier() && PrivacyValidation.canHide(family);
  }

  /**
   * Returns what labels are cut to; empty for classes.
   *
   * @throws ConfigurationException if a family of numbers has none, or classes have some
   */
  Optional<Interval> ofLabels(Family family) {
    boolean needed = areOfLabels(family);
    if (!needed && user.hasPath(LABEL_BOUNDS)) {
      throw read.invalid(
          LABEL_BOUNDS,
          "belongs to model.family = "
              + EnumNames.inWords(EnumNames.of(Family.class, BoundsReader::areOfLabels), "or")
              + ": the classes of the others are bounds enough");
    }
    if (needed && !read.isSet(LABEL_BOUNDS)) {
      throw read.missing(LABEL_BOUNDS);
    }
    return needed ? Optional.of(labels()) : Optional.empty();
  }

  /** The lengths that gradients are cut to are in their units. */
  private Interval labels() {
    Interval labels = interval(LABEL_BOUNDS);
    boolean hasRoom =
        Math.abs(labels.low()) <= PrivacyReader.MOST
            && Math.abs(labels.high()) <= PrivacyReader.MOST;
    if (!hasRoom || labels.halfWidth() < PrivacyReader.LEAST) {
      throw read.invalid(
          LABEL_BOUNDS, "must be numbers from -1e20 to 1e20 that are 2e-20 or more apart");
    }
    return labels;
  }

  private Interval interval(String key) {
    List<Double> ends = read.numbers(key, INTERVAL);
    if (ends.size() != 2 || !(ends.get(0) < ends.get(1))) {
      throw read.invalid(key, INTERVAL);
    }
    Interval interval = new Interval(ends.get(0), ends.get(1));
    if (Double.isInfinite(1.0 / interval.halfWidth())) {
      throw read.invalid(key, INTERVAL + " by more than 1e-307");
    }
    return interval;
  }
}
