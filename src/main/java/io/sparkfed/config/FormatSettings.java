package io.sparkfed.config;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Reads the options of formats other than csv. They are Spark's own, but for those under which it
 * would leave out, or read as missing, what it can't read: these have one value.
 */
final class FormatSettings {
  private static final String OPTIONS = "data.options";
  private static final String MODE = "mode";

  /** Formats of files whose readers are Spark's. */
  private static final Set<String> OF_FILES =
      Set.of("avro", "json", "libsvm", "orc", "parquet", "text", "xml");

  /** Those of them whose readers go on after a malformed record unless they are told not to. */
  private static final Set<String> OF_RECORDS = Set.of("json", "xml");

  /** Without it a page whose bytes have changed on the disk is read as other numbers. */
  private static final String CHECKSUMS = "parquet.page.verify-checksum.enabled";

  private static final List<String> OF_UNREADABLE_FILES =
      List.of("ignoreCorruptFiles", "ignoreMissingFiles");

  private final ConfigReader read;

  FormatSettings(ConfigReader read) {
    this.read = read;
  }

  /**
   * Returns the options of a format, with those that it must have.
   *
   * @throws ConfigurationException if one of them has another value, or a key is set that belongs
   *     to csv
   */
  Map<String, String> options(String format) {
    refuseOfCsv();
    Map<String, String> options = new LinkedHashMap<>(read.freeSection(OPTIONS));
    String name = format.toLowerCase(Locale.ROOT);
    if (OF_RECORDS.contains(name)) {
      require(options, MODE, "FAILFAST", "a record that can't be read is an error");
    }
    if (OF_FILES.contains(name)) {
      for (String option : OF_UNREADABLE_FILES) {
        require(options, option, "false", "a file that can't be read is an error");
      }
    }
    if (name.equals("parquet")) {
      require(options, CHECKSUMS, "true", "pages that carry a checksum must have it");
    }
    return options;
  }

  private void require(Map<String, String> options, String name, String only, String reason) {
    options.forEach(
        (given, value) -> {
          if (given.equalsIgnoreCase(name) && !value.equalsIgnoreCase(only)) {
            String quoted = ConfigReader.under(OPTIONS, given);
            throw read.invalid(
                read.isSet(quoted) ? quoted : OPTIONS + "." + given,
                "must be " + only + ", the default: " + reason);
          }
        });
    options.keySet().removeIf(name::equalsIgnoreCase);
    options.put(name, only);
  }

  private void refuseOfCsv() {
    for (String key : List.of("data.decimal", "data.columns")) {
      if (read.isSet(key)) {
        throw belongsToCsv(key);
      }
    }
    for (String worker : WorkersReader.sections(read)) {
      String section = ConfigReader.under(WorkersReader.KEY, worker);
      for (String key : read.keysIn(section)) {
        if (WorkersReader.CSV_KEYS.contains(key)) {
          throw belongsToCsv(ConfigReader.under(section, key));
        }
      }
    }
  }

  private ConfigurationException belongsToCsv(String key) {
    return read.invalid(key, "belongs to data.format = csv");
  }
}
