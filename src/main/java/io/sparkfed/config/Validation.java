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
import io.sparkfed.config.TrainingConfig.AggregationConfig;
import io.sparkfed.config.TrainingConfig.Algorithm;
import io.sparkfed.config.TrainingConfig.Checkpoints;
import io.sparkfed.config.TrainingConfig.Handling;
import io.sparkfed.config.TrainingConfig.Keys;
import io.sparkfed.config.TrainingConfig.Model;
import io.sparkfed.config.TrainingConfig.Output;
import io.sparkfed.config.TrainingConfig.Predictions;
import io.sparkfed.config.TrainingConfig.WherePaying;
import io.sparkfed.data.Storage;
import io.sparkfed.federated.Cohort;
import io.sparkfed.federated.Weighting;
import io.sparkfed.model.Family;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.Labels;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.Spelling;
import io.sparkfed.model.Standardize;
import io.sparkfed.model.formula.Formula;
import io.sparkfed.objective.Reduction;
import io.sparkfed.report.RunReport.Setting;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns a resolved configuration into records, refusing what can't be meant. */
public final class Validation {
  /** The metrics of softmax hold a number for each pair of classes. */
  static final int MOST_CLASSES = 1000;

  /** One machine would agree on keys for minutes a round. */
  private static final int MOST_MASKED_SIMULATED = 10_000;

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

  private static final String COHORT = "algorithm.cohort.";

  private final Config user;
  private final ConfigReader read;
  private final ColumnsReader columns;

  private Validation(Config user, Config resolved) {
    this.user = user;
    this.read = new ConfigReader(resolved);
    this.columns = new ColumnsReader(user, read);
  }

  static TrainingConfig validate(Config user, Config resolved, List<Setting> settings) {
    return new Validation(user, resolved).config(settings);
  }

  private TrainingConfig config(List<Setting> settings) {
    return new TrainingConfig(
        read.string("name"),
        read.longInteger("seed"),
        data(),
        model(),
        algorithm(),
        aggregation(),
        read.optionalDuration("cluster.timeout").orElseThrow(() -> read.missing("cluster.timeout")),
        read.integer("evaluation.auc-bins", 2, 100_000),
        read.number(
            "evaluation.auc-error", "must be a number in (0, 0.5]", v -> v > 0.0 && v <= 0.5),
        read.number(
            "evaluation.confidence-level", "must be a number in (0, 1)", v -> v > 0.0 && v < 1.0),
        new Output(
            read.optionalPlace("output.dir"),
            read.bool("output.overwrite"),
            read.bool("output.resume")),
        new Checkpoints(
            read.integer("checkpoint.every", 0, Integer.MAX_VALUE),
            read.optionalPlace("checkpoint.dir")),
        predictions(),
        new TrackingReader(read).mlflow(),
        settings);
  }

  private Predictions predictions() {
    String options = "predictions.options";
    Map<String, String> ofSink = read.freeSection(options);
    ofSink.keySet().stream()
        .filter("path"::equalsIgnoreCase)
        .forEach(name -> read.optionalPlace(ConfigReader.under(options, name)));
    return new Predictions(
        read.string("predictions.format"),
        ofSink,
        read.optionalPlace("predictions.path"),
        read.oneOf("predictions.mode", List.of("error", "overwrite", "append", "ignore")),
        read.oneOf("predictions.unseen", Handling.class),
        read.oneOf("predictions.missing", Handling.class));
  }

  private AggregationConfig aggregation() {
    AggregationMode mode = read.oneOf("aggregation.mode", AggregationMode.class);
    if (mode == AggregationMode.MASKED
        && source() instanceof Synthetic synthetic
        && synthetic.workers() > MOST_MASKED_SIMULATED) {
      throw read.invalid(
          "data.synthetic.workers",
          "must be at most "
              + MOST_MASKED_SIMULATED
              + " with aggregation.mode = masked, because each agrees on keys with its"
              + " neighbors; simulate more with insecure-plain or secure-worker");
    }
    SortedMap<String, String> aggregators =
        new TreeMap<>(read.freeSection("aggregation.aggregators"));
    aggregators.forEach(
        (name, host) -> {
          if (host.isBlank()) {
            throw new ConfigurationException(
                ConfigReader.under("aggregation.aggregators", name)
                    + " must be a host, or any for any");
          }
        });
    if (mode.aggregators().isEmpty()) {
      aggregators.clear();
    } else if (aggregators.isEmpty()) {
      mode.aggregators().forEach(name -> aggregators.put(name, AggregationConfig.ANY_HOST));
    } else if (!mode.acceptsAggregators(aggregators.size())) {
      throw read.invalid("aggregation.aggregators", mode.aggregatorRule());
    }
    return new AggregationConfig(
        mode, minWorkers(), read.optionalDuration("aggregation.deadline"), aggregators, keys());
  }

  private Model model() {
    Family family = read.oneOf("model.family", Family.class);
    Labels labels = new LabelsReader(read).labels(family, columns.formula());
    int classes = 0;
    if (family == Family.SOFTMAX) {
      classes =
          labels instanceof Labels.Classes named && !read.isSet("model.classes")
              ? named.levels().size()
              : read.integer("model.classes", 2, MOST_CLASSES);
      boolean byFormula = columns.formula().flatMap(Formula::offset).isPresent();
      if (byFormula || user.hasPath("data.offset-column")) {
        throw read.invalid(
            byFormula ? "data.formula" : "data.offset-column",
            (byFormula ? "must have no offset: it " : "")
                + "does not go with softmax: the same offset for every class");
      }
    } else if (user.hasPath("model.classes")) {
      throw read.invalid("model.classes", "belongs to model.family = softmax");
    }
    double huberDelta = 0.0;
    if (family == Family.HUBER) {
      huberDelta = read.number("model.huber-delta", "must be a number > 0", v -> v > 0.0);
    } else if (user.hasPath("model.huber-delta")) {
      throw read.invalid("model.huber-delta", "belongs to model.family = huber");
    }
    return new Model(
        family,
        family.loss(classes, huberDelta),
        labels,
        columns.intercept(),
        read.number("model.l1", "must be a number >= 0", v -> v >= 0.0),
        read.number("model.l2", "must be a number >= 0", v -> v >= 0.0),
        read.oneOf("model.standardize", Standardize.class),
        threshold(family));
  }

  private OptionalDouble threshold(Family family) {
    String key = "model.threshold";
    if (!read.isSet(key)) {
      return OptionalDouble.empty();
    }
    if (!family.hasThreshold()) {
      throw read.invalid(key, "belongs to model.family = logistic, svm or squared-hinge");
    }
    return OptionalDouble.of(
        family == Family.LOGISTIC
            ? read.number(key, "must be a probability, in [0, 1]", v -> v >= 0.0 && v <= 1.0)
            : read.number(key, "must be a finite number", v -> true));
  }

  private Optional<Keys> keys() {
    Optional<String> dir = read.optionalString("aggregation.keys.dir");
    Optional<String> roster = read.optionalString("aggregation.keys.roster");
    if (dir.isPresent() != roster.isPresent()) {
      throw read.missing(dir.isPresent() ? "aggregation.keys.roster" : "aggregation.keys.dir");
    }
    return dir.map(folder -> new Keys(folder, roster.orElseThrow()));
  }

  private Algorithm algorithm() {
    String preset = read.oneOf("algorithm.preset", PresetNames.all());
    Family family = read.oneOf("model.family", Family.class);
    LosslessValidation lossless = new LosslessValidation(user, read);
    lossless.validate(preset, family);
    return new Algorithm(
        preset,
        read.integer("algorithm.rounds", 1, 10_000_000),
        new SolverValidation(user, read).solver(family),
        read.oneOf("algorithm.local.loss", Reduction.class),
        read.oneOf("algorithm.weighting", Weighting.class),
        lossless.tolerance(),
        read.oneOfOrTruth("algorithm.warm-start", WherePaying.class),
        read.oneOfOrTruth("algorithm.preconditioner", WherePaying.class),
        read.number("algorithm.divergence-factor", "must be a number > 1", v -> v > 1.0),
        lossless.stepSize(preset),
        read.isSet("algorithm.proximal-mu")
            ? read.number("algorithm.proximal-mu", "must be a number >= 0", v -> v >= 0.0)
            : 0.0,
        Preset.of(preset).orElseThrow().server(read),
        cohort());
  }

  private Cohort cohort() {
    boolean hasFraction = read.isSet(COHORT + "fraction");
    boolean hasCount = read.isSet(COHORT + "count");
    if (!hasFraction && !hasCount) {
      return Cohort.everybody();
    }
    if (hasFraction && hasCount) {
      throw new ConfigurationException(
          "only one of algorithm.cohort.fraction and algorithm.cohort.count may be set");
    }
    if (read.isSet("algorithm.tolerance")) {
      throw read.invalid(
          "algorithm.tolerance",
          "can't be with algorithm.cohort: the losses of different cohorts don't tell what a round"
              + " has gained");
    }
    int least = minWorkers();
    if (hasFraction) {
      return new Cohort.Fraction(
          read.number(COHORT + "fraction", "must be a number in (0, 1]", v -> v > 0.0 && v <= 1.0),
          least);
    }
    int count = read.integer(COHORT + "count", 1, Integer.MAX_VALUE);
    if (count < least) {
      throw read.invalid(
          COHORT + "count", "must be at least aggregation.min-workers, which is " + least);
    }
    return new Cohort.Count(count);
  }

  private int minWorkers() {
    return read.integer("aggregation.min-workers", 2, Integer.MAX_VALUE);
  }

  private DataConfig data() {
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
        workersPerTask(source),
        read.oneOf("data.storage", Storage.class),
        isCsv ? Optional.of(new CsvSettings(read).csv(schema.isPresent())) : Optional.empty(),
        Map.of());
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
    read.oneOf("data.impute.strategy", List.of("mean"));
    return new Preprocessing(
        categories, imputed, read.integer("data.min-level-rows", 1, Integer.MAX_VALUE));
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
