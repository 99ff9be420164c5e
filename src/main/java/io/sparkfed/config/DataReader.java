package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.config.DataConfig.Category;
import io.sparkfed.config.DataConfig.Columns;
import io.sparkfed.config.DataConfig.Missing;
import io.sparkfed.config.DataConfig.NoSplit;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.DataConfig.Preprocessing;
import io.sparkfed.config.DataConfig.Source;
import io.sparkfed.config.DataConfig.Split;
import io.sparkfed.config.DataConfig.SplitByColumn;
import io.sparkfed.config.DataConfig.SplitByFraction;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.data.LeastRows;
import io.sparkfed.data.Storage;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.Spelling;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads {@code data}: where the rows are, how they are read, and what is made of them. */
final class DataReader {
  /** The strategy that fills in what is public. */
  static final String CONSTANT = "constant";

  private static final List<String> OF_ROWS_THAT_ARE_READ =
      List.of(
          "data.options",
          "data.schema",
          "data.derive",
          "data.where",
          "data.weight-column",
          "data.offset-column",
          "data.features-column",
          "data.formula",
          "data.split.column");

  private final Config user;
  private final ConfigReader read;
  private final ColumnsReader columns;

  /**
   * Creates a reader.
   *
   * @param user what was set, without defaults
   */
  DataReader(Config user, ConfigReader read, ColumnsReader columns) {
    this.user = user;
    this.read = read;
    this.columns = columns;
  }

  /**
   * Returns the section.
   *
   * @throws ConfigurationException if a key's value is out of its domain, or doesn't go with others
   */
  DataConfig data() {
    Source source = source();
    String format = read.string("data.format").strip();
    Optional<String> schema = read.optionalString("data.schema");
    boolean isCsv = format.equalsIgnoreCase("csv") && !(source instanceof Synthetic);
    return new DataConfig(
        format,
        isCsv ? read.freeSection("data.options") : new FormatSettings(read).options(format),
        schema,
        source,
        derive(),
        read.optionalString("data.where"),
        columns.columns(source),
        split(),
        preprocessing(source),
        MissingTexts.of(read.strings("data.missing-values")),
        read.oneOf("data.missing", Missing.class),
        leastRows(source),
        workersPerTask(source),
        read.oneOf("data.storage", Storage.class),
        isCsv ? Optional.of(new CsvSettings(read).csv(schema.isPresent())) : Optional.empty(),
        Map.of());
  }

  /** Simulated workers may be of any size; where rows are hidden, so is who has how many. */
  private LeastRows leastRows(Source source) {
    int rows = read.integer("data.min-worker-rows", 1, Integer.MAX_VALUE);
    boolean isFree =
        !(source instanceof WorkerPaths) || new PrivacyReader(user, read).isProtecting();
    return isFree ? LeastRows.ANY : new LeastRows(rows);
  }

  private OptionalInt workersPerTask(Source source) {
    String key = "data.simulation.workers-per-task";
    if (read.optionalString(key).isEmpty()) {
      return OptionalInt.empty();
    }
    if (source instanceof WorkerPaths) {
      throw read.invalid(
          key, "is for simulated workers: workers with rows of their own have tasks of their own");
    }
    return OptionalInt.of(read.integer(key, 1, Integer.MAX_VALUE));
  }

  private Preprocessing preprocessing(Source source) {
    Map<String, Category> categories = new LinkedHashMap<>();
    columns
        .formula()
        .ifPresent(
            formula ->
                formula
                    .factors()
                    .forEach(
                        n ->
                            categories.put(
                                n, new Category(Optional.empty(), List.of(), Spelling.VALUE))));
    List<String> named = read.sectionNames("data.categorical");
    ColumnNames.requireOnce("data.categorical", named);
    for (String name : named) {
      categories.put(featureColumn(source, "data.categorical", name), category(name));
    }
    List<String> imputed = new ArrayList<>();
    for (String name : read.strings("data.impute.columns")) {
      String feature = featureColumn(source, "data.impute.columns", name);
      if (categories.containsKey(feature)) {
        throw read.invalid("data.impute.columns", "must not name a category: " + name);
      }
      imputed.add(feature);
    }
    ColumnNames.requireOnce("data.impute.columns", imputed);
    boolean isConstant =
        read.oneOf("data.impute.strategy", List.of("mean", CONSTANT)).equals(CONSTANT);
    if (isConstant && !new PrivacyReader(user, read).isProtecting()) {
      throw read.invalid(
          "data.impute.strategy", "needs privacy.bounds, whose middle is what is filled in");
    }
    return new Preprocessing(
        categories,
        imputed,
        Map.of(),
        read.integer("data.min-level-rows", 1, Integer.MAX_VALUE),
        read.integer("data.min-level-workers", 1, Integer.MAX_VALUE));
  }

  private Category category(String name) {
    String key = ConfigReader.under("data.categorical", name);
    List<String> keys = List.of("reference", "levels", "spelling");
    for (String known : read.keysIn(key)) {
      if (!keys.contains(known)) {
        throw new ConfigurationException(
            "unknown key "
                + ConfigReader.under(key, known)
                + "; the nearest known key is "
                + ConfigReader.under(key, NearestName.of(known, keys).orElse("reference")));
      }
    }
    String spellingKey = ConfigReader.under(key, "spelling");
    Spelling spelling =
        read.isSet(spellingKey) ? read.oneOf(spellingKey, Spelling.class) : Spelling.VALUE;
    String referenceKey = ConfigReader.under(key, "reference");
    Optional<String> reference = read.optionalString(referenceKey).map(spelling::level);
    String levelsKey = ConfigReader.under(key, "levels");
    List<String> levels = read.strings(levelsKey).stream().map(spelling::level).toList();
    MissingTexts missing = MissingTexts.of(read.strings("data.missing-values"));
    if (!levels.stream().allMatch(InputColumn::isLevel)) {
      throw read.invalid(levelsKey, "must be texts of 1 to 64 bytes");
    }
    if (levels.stream().anyMatch(missing::contains)) {
      throw read.invalid(levelsKey, "must not hold a text of data.missing-values");
    }
    if (reference.filter(missing::contains).isPresent()) {
      throw read.invalid(referenceKey, "must not be a text of data.missing-values");
    }
    int distinct = new HashSet<>(levels).size();
    if (distinct < levels.size() || distinct == 1 || distinct > OneHot.MAX_LEVELS) {
      throw read.invalid(
          levelsKey,
          "must be 2 to "
              + OneHot.MAX_LEVELS
              + " levels, none of them twice"
              + (spelling == Spelling.VALUE ? ", nor in two spellings of one value" : ""));
    }
    if (!levels.isEmpty() && reference.isPresent() && !levels.contains(reference.get())) {
      throw read.invalid(referenceKey, "must be one of the levels of " + levelsKey);
    }
    return new Category(reference, InputColumn.inOrder(levels), spelling);
  }

  /** Returns a feature column as the features spell it. */
  private String featureColumn(Source source, String key, String name) {
    Columns own = columns.columns(source);
    return ColumnNames.spelled(name, own.features())
        .filter(feature -> !(source instanceof Synthetic))
        .orElseThrow(
            () ->
                new ConfigurationException(
                    key
                        + " names the column "
                        + name
                        + ", which is not among "
                        + (own.formula().isPresent()
                            ? "those of data.formula"
                            : "data.feature-columns")
                        + NearestName.of(name, own.features())
                            .map(near -> "; the nearest is " + near)
                            .orElse("")));
  }

  private Source source() {
    WorkerPaths workers = new WorkersReader(read).workers();
    boolean synthetic = !read.optionalString("data.synthetic.workers").isEmpty();
    if (!synthetic && user.hasPath("data.synthetic")) {
      throw new ConfigurationException(
          "data.synthetic.workers is not set, so the other keys of data.synthetic do nothing");
    }
    Optional<String> workerColumn = read.optionalString("data.worker-column");
    Optional<String> path = read.optionalString("data.path");
    boolean pooled = path.isPresent() || workerColumn.isPresent();
    int given = (workers.paths().isEmpty() ? 0 : 1) + (synthetic ? 1 : 0) + (pooled ? 1 : 0);
    if (given != 1) {
      throw new ConfigurationException(
          "exactly one of data.workers, data.path with data.worker-column, and"
              + " data.synthetic.workers must be set. Set: "
              + given);
    }
    if (!workers.paths().isEmpty()) {
      return workers;
    }
    if (pooled) {
      return new PooledTable(
          path, workerColumn.orElseThrow(() -> read.missing("data.worker-column")));
    }
    for (String key : OF_ROWS_THAT_ARE_READ) {
      if (user.hasPath(key)) {
        throw read.invalid(key, "is for rows that are read, but data.synthetic generates them");
      }
    }
    return new Synthetic(
        read.integer("data.synthetic.workers", 1, 10_000_000),
        read.integer("data.synthetic.rows-per-worker", 1, 100_000_000),
        read.integer("data.synthetic.features", 1, 10_000_000),
        read.number("data.synthetic.model-skew", "must be a number >= 0", v -> v >= 0.0),
        read.number("data.synthetic.feature-skew", "must be a number >= 0", v -> v >= 0.0));
  }

  private Map<String, String> derive() {
    Map<String, String> derived = read.freeSection("data.derive");
    derived.forEach(
        (name, expression) -> {
          if (expression.isBlank()) {
            throw new ConfigurationException(
                ConfigReader.under("data.derive", name) + " must not be blank");
          }
        });
    return derived;
  }

  private Split split() {
    Optional<String> column = read.optionalString("data.split.column");
    boolean fraction = user.hasPath("data.split.test-fraction");
    if (column.isPresent() && fraction) {
      throw new ConfigurationException(
          "only one of data.split.column and data.split.test-fraction may be set");
    }
    if (column.isPresent()) {
      SplitByColumn byColumn =
          new SplitByColumn(
              column.get(),
              Spelling.VALUE.level(read.string("data.split.train")),
              Spelling.VALUE.level(read.string("data.split.test")));
      if (byColumn.train().equals(byColumn.test())) {
        throw read.invalid("data.split.test", "must differ from data.split.train");
      }
      return byColumn;
    }
    requireSplitColumn();
    if (fraction) {
      return new SplitByFraction(
          read.number(
              "data.split.test-fraction", "must be a number in (0, 1)", v -> v > 0.0 && v < 1.0));
    }
    return new NoSplit();
  }

  /** Without a column nothing would be held out, and nobody told; null takes it back on purpose. */
  private void requireSplitColumn() {
    if (user.hasPathOrNull("data.split.column")) {
      return;
    }
    for (String key : List.of("data.split.train", "data.split.test")) {
      if (user.hasPath(key)) {
        throw read.invalid(key, "needs data.split.column, whose values it names");
      }
    }
  }
}
