package io.sparkfed.config;

import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.PrivacySettings.Unit;
import io.sparkfed.csv.CsvDialect;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/** Refuses formats whose columns would be found in rows that are hidden. */
final class HiddenFormats {
  /** Formats of records that name their own fields. */
  private static final Set<String> OF_RECORDS = Set.of("json", "xml");

  private HiddenFormats() {}

  /**
   * Refuses them.
   *
   * @throws ConfigurationException naming the key, and what to do instead
   */
  static void require(DataConfig data, Unit unit) {
    if (data.source() instanceof Synthetic) {
      return;
    }
    String under = unit.under() + ": ";
    String format = data.format().toLowerCase(Locale.ROOT);
    if (OF_RECORDS.contains(format)) {
      throw new ConfigurationException(
          "data.format must not be "
              + format
              + under
              + "which columns there are is found in its rows, and a malformed one ends a run. Write"
              + " them as parquet, or as csv with a header");
    }
    boolean hasWidth =
        data.options().keySet().stream().anyMatch(name -> name.equalsIgnoreCase("numFeatures"));
    if (format.equals("libsvm") && !hasWidth) {
      throw new ConfigurationException(
          "data.options.numFeatures must be set" + under + "without it, it is found in rows");
    }
    if (data.csv().isPresent() && data.schema().isEmpty()) {
      withoutNames(data)
          .ifPresent(
              section -> {
                throw new ConfigurationException(
                    section
                        + ".columns must be set"
                        + under
                        + "without names and without a header, the number of columns is found in"
                        + " rows");
              });
    }
  }

  /** Returns the first section of files that have neither a header nor names of their columns. */
  private static Optional<String> withoutNames(DataConfig data) {
    DataConfig.Csv csv = data.csv().orElseThrow();
    if (!(data.source() instanceof WorkerPaths paths)) {
      return isWithoutNames(csv.all()) ? Optional.of("data") : Optional.empty();
    }
    return paths.paths().keySet().stream()
        .sorted()
        .filter(worker -> isWithoutNames(csv.of(worker)))
        .map(
            worker ->
                csv.byWorker().containsKey(worker)
                    ? ConfigReader.under(WorkersReader.KEY, worker)
                    : "data")
        .findFirst();
  }

  private static boolean isWithoutNames(CsvDialect dialect) {
    return !dialect.hasHeader() && dialect.columns().isEmpty();
  }
}
