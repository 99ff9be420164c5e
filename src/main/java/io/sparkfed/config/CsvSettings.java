package io.sparkfed.config;

import io.sparkfed.config.DataConfig.Csv;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.csv.CsvDialect.Text;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.PlainText;
import java.nio.charset.Charset;
import java.nio.charset.IllegalCharsetNameException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads how csv files are read: Spark's options, of all workers and of one, beside {@code decimal},
 * {@code missing-values} and {@code columns}. An option that doesn't go with how rows are read here
 * is refused, with what to do instead: none is taken and ignored.
 */
final class CsvSettings {
  private static final String DATA = "data";
  private static final String OPTIONS = "options";
  private static final String DECIMAL = "decimal";
  private static final String MISSING = "missing-values";
  private static final String COLUMNS = "columns";

  /** Other names of options, in lower case. */
  private static final Map<String, String> SYNONYMS =
      Map.of("delimiter", "sep", "charset", "encoding");

  private static final Set<String> TAKEN =
      Set.of(
          "sep",
          "encoding",
          "quote",
          "escape",
          "comment",
          "header",
          "inferSchema",
          "multiLine",
          "lineSep",
          "nullValue",
          "ignoreLeadingWhiteSpace",
          "ignoreTrailingWhiteSpace",
          "mode",
          "enforceSchema",
          "samplingRatio",
          "recursiveFileLookup");

  /** Spark's options that are refused, with what to do instead. */
  private static final Map<String, String> REFUSED = refused();

  private final ConfigReader read;

  CsvSettings(ConfigReader read) {
    this.read = read;
  }

  private static Map<String, String> refused() {
    Map<String, String> refused = new TreeMap<>();
    String dates = "dates are read as 2024-02-29 alone; others with data.derive, e.g. to_date";
    for (String name :
        List.of(
            "dateFormat",
            "timestampFormat",
            "timestampNTZFormat",
            "preferDate",
            "enableDateTimeParsingFallback",
            "timeZone",
            "locale")) {
      refused.put(name, dates);
    }
    String missing = "set data.missing-values";
    for (String name : List.of("emptyValue", "nanValue", "positiveInf", "negativeInf")) {
      refused.put(name, missing);
    }
    String pattern = "give the files by a pattern in the path, e.g. /folder/*.csv";
    for (String name : List.of("pathGlobFilter", "modifiedBefore", "modifiedAfter", "basePath")) {
      refused.put(name, pattern);
    }
    String none = "leave it out: there is no such limit or choice";
    for (String name :
        List.of(
            "maxColumns",
            "maxCharsPerColumn",
            "inputBufferSize",
            "columnPruning",
            "unescapedQuoteHandling",
            "charToEscapeQuoteEscaping",
            "singleVariantColumn",
            "mergeSchema")) {
      refused.put(name, none);
    }
    String lost = "a row or a file that can't be read is an error";
    for (String name :
        List.of("columnNameOfCorruptRecord", "ignoreCorruptFiles", "ignoreMissingFiles")) {
      refused.put(name, lost);
    }
    refused.put("compression", "leave it out: a file's name tells, e.g. .gz");
    refused.put("path", "set data.workers or data.path");
    return Map.copyOf(refused);
  }

  /** Returns how csv files are read. */
  Csv csv(boolean hasSchema) {
    Map<String, String> options = options(DATA);
    Map<String, CsvDialect> byWorker = new LinkedHashMap<>();
    CsvDialect all = dialect(DATA, options, hasSchema, read);
    for (String worker : WorkersReader.sections(read)) {
      String section = ConfigReader.under(WorkersReader.KEY, worker);
      if (read.keysIn(section).stream().anyMatch(WorkersReader.CSV_KEYS::contains)) {
        Map<String, String> own = options(section);
        if (own.containsKey("inferSchema")) {
          throw read.invalid(
              key(section, "inferSchema"),
              "is for all workers alike: set data.options.inferSchema");
        }
        Map<String, String> merged = new LinkedHashMap<>(options);
        if (read.isSet(ConfigReader.under(section, COLUMNS))) {
          merged.put("header", "false");
        }
        merged.putAll(own);
        byWorker.put(PlainText.of(worker), dialect(section, merged, hasSchema, read));
      }
    }
    return new Csv(all, Map.copyOf(byWorker), !isFalse(options.get("inferSchema")));
  }

  private CsvDialect dialect(
      String section, Map<String, String> options, boolean hasSchema, ConfigReader read) {
    List<String> columns = own(section, COLUMNS);
    Set<String> distinct = new HashSet<>();
    for (String column : columns) {
      if (column.isBlank() || !distinct.add(column.strip().toLowerCase(Locale.ROOT))) {
        throw read.invalid(
            where(section, COLUMNS), "must be names, none of them blank and none of them twice");
      }
    }
    boolean hasHeader =
        options.containsKey("header")
            ? options.get("header").equalsIgnoreCase("true")
            : columns.isEmpty() && !hasSchema;
    if (hasHeader && !section.equals(DATA) && !read.isSet(ConfigReader.under(section, COLUMNS))) {
      // Those of all workers are for the others' files.
      columns = List.of();
    }
    if (hasHeader && !columns.isEmpty()) {
      throw read.invalid(
          where(section, COLUMNS),
          "names the columns of files without a header, but header is true");
    }
    List<String> missing = new ArrayList<>(own(section, MISSING));
    if (options.containsKey("nullValue")) {
      missing.add(options.get("nullValue"));
    }
    Text standard = Text.standard();
    Text text =
        new Text(
            options.getOrDefault("encoding", standard.encoding()),
            options.getOrDefault("sep", standard.separator()),
            character(options, "quote", standard.quote()),
            character(options, "escape", standard.escape()),
            character(options, "comment", standard.comment()),
            lineEnd(options.get("lineSep")),
            !isFalse(options.get("multiLine")),
            isTrue(options.get("ignoreLeadingWhiteSpace")),
            isTrue(options.get("ignoreTrailingWhiteSpace")));
    return new CsvDialect(
        text,
        hasHeader,
        columns.stream().map(String::strip).toList(),
        decimal(section),
        MissingTexts.of(missing),
        false);
  }

  /** Returns a list of a worker, or that of all where it has none. */
  private List<String> own(String section, String key) {
    return read.strings(where(section, key));
  }

  private String where(String section, String key) {
    String own = ConfigReader.under(section, key);
    return read.isSet(own) ? own : DATA + "." + key;
  }

  private char decimal(String section) {
    String key = where(section, DECIMAL);
    String mark = read.optionalString(key).orElse(".");
    if (!mark.equals(".") && !mark.equals(",")) {
      throw read.invalid(key, "must be \".\" or \",\"");
    }
    return mark.charAt(0);
  }

  /** Returns a section's options, checked, by Spark's own spelling of their names. */
  private Map<String, String> options(String section) {
    Map<String, String> options = new LinkedHashMap<>();
    String under = ConfigReader.under(section, OPTIONS);
    read.freeSection(under)
        .forEach(
            (name, value) -> {
              if (name.contains(".")) {
                // Of the file system, which is set up once.
                if (!section.equals(DATA)) {
                  throw new ConfigurationException(
                      under + " must hold no option of a file system: set it in data.options");
                }
              } else {
                String known = known(under, name);
                if (options.put(known, checked(section, name, known, value)) != null) {
                  throw read.invalid(
                      ConfigReader.under(under, name), "is set twice, under two spellings");
                }
              }
            });
    return options;
  }

  private String known(String section, String name) {
    String lower = name.toLowerCase(Locale.ROOT);
    String meant = SYNONYMS.getOrDefault(lower, lower);
    for (String taken : TAKEN) {
      if (taken.equalsIgnoreCase(meant)) {
        return taken;
      }
    }
    for (Map.Entry<String, String> refused : REFUSED.entrySet()) {
      if (refused.getKey().equalsIgnoreCase(meant)) {
        throw read.invalid(
            ConfigReader.under(section, name),
            "isn't an option of this reader; " + refused.getValue());
      }
    }
    throw read.invalid(
        ConfigReader.under(section, name),
        "isn't an option of csv files; those are " + String.join(", ", new TreeSet<>(TAKEN)));
  }

  private String checked(String section, String name, String known, String value) {
    String rule =
        switch (known) {
          case "header",
              "inferSchema",
              "multiLine",
              "ignoreLeadingWhiteSpace",
              "ignoreTrailingWhiteSpace" ->
              isTrue(value) || isFalse(value) ? null : "must be true or false";
          case "sep" ->
              separator(value).isEmpty() || separator(value).matches("[\r\n].*")
                  ? "must be at least one character, and no line end"
                  : null;
          case "encoding" -> isCharset(value) ? null : "must be a character set, e.g. ISO-8859-1";
          case "quote", "escape", "comment" ->
              value.length() <= 1 ? null : "must be one character, or empty for none";
          case "lineSep" ->
              value.length() == 1 || unescaped(value).matches("\r?\n|\r")
                  ? null
                  : "must be one character, or a carriage return and a line feed";
          case "mode" ->
              value.equalsIgnoreCase("FAILFAST")
                  ? null
                  : "must be FAILFAST, the default: a row that doesn't fit its header is an error";
          case "enforceSchema" ->
              isFalse(value)
                  ? null
                  : "must be false, the default: the columns of files with a header are read by"
                      + " name";
          case "samplingRatio" ->
              value.matches("1(\\.0*)?") ? null : "must be 1: types are found over all rows";
          case "recursiveFileLookup" ->
              isTrue(value) ? null : "must be true, the default: files in subfolders are read";
          default -> null;
        };
    if (rule != null) {
      throw read.invalid(key(section, name), rule);
    }
    return known.equals("sep") ? separator(value) : value;
  }

  private static String key(String section, String option) {
    return ConfigReader.under(ConfigReader.under(section, OPTIONS), option);
  }

  private static String separator(String value) {
    return unescaped(value);
  }

  /** As Spark has it: on a command line a tab is two characters. */
  private static String unescaped(String value) {
    return value.replace("\\t", "\t").replace("\\r", "\r").replace("\\n", "\n");
  }

  private static char lineEnd(String value) {
    if (value == null || unescaped(value).matches("\r?\n|\r")) {
      return CsvDialect.NONE;
    }
    return value.charAt(0);
  }

  private static char character(Map<String, String> options, String name, char byDefault) {
    String value = options.get(name);
    if (value == null) {
      return byDefault;
    }
    return value.isEmpty() ? CsvDialect.NONE : value.charAt(0);
  }

  private static boolean isCharset(String name) {
    try {
      return Charset.isSupported(name);
    } catch (IllegalCharsetNameException e) {
      return false;
    }
  }

  private static boolean isTrue(String value) {
    return "true".equalsIgnoreCase(value);
  }

  private static boolean isFalse(String value) {
    return "false".equalsIgnoreCase(value);
  }
}
