package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.config.DataConfig.Source;
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
import io.sparkfed.config.TrainingConfig.StudySettings;
import io.sparkfed.model.Family;
import io.sparkfed.model.Labels;
import io.sparkfed.model.PlainText;
import io.sparkfed.model.Standardize;
import io.sparkfed.model.formula.Formula;
import io.sparkfed.report.RunReport.Setting;
import io.sparkfed.secure.masked.MaskingAssumptions;
import java.time.Duration;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;

/** Turns a resolved configuration into records, refusing what can't be meant. */
public final class Validation {
  /** The metrics of softmax hold a number for each pair of classes. */
  static final int MOST_CLASSES = 1000;

  /** One machine would agree on keys for minutes a round. */
  private static final int MOST_MASKED_SIMULATED = 10_000;

  private final Config user;
  private final ConfigReader read;
  private final ColumnsReader columns;

  private Validation(Config user, Config resolved) {
    this.user = user;
    this.read = new ConfigReader(resolved);
    this.columns = new ColumnsReader(user, read);
  }

  static TrainingConfig validate(
      Config user, Config resolved, List<Setting> settings, WorkersHalf asked) {
    return new Validation(user, resolved).config(settings, asked);
  }

  private TrainingConfig config(List<Setting> settings, WorkersHalf asked) {
    String name = read.string("name");
    long seed = read.longInteger("seed");
    DataConfig data = new DataReader(user, read, columns).data();
    Model model = model();
    Algorithm algorithm = new AlgorithmReader(user, read).algorithm();
    Optional<PrivacySettings> privacy = new PrivacyReader(user, read).privacy(data, model.family());
    return new TrainingConfig(
        name,
        seed,
        privacy.map(rows -> data.filledWithin(rows.bounds())).orElse(data),
        model,
        algorithm,
        privacy,
        aggregation(data.source()),
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
        study(),
        asked,
        settings);
  }

  private StudySettings study() {
    Optional<String> until = read.optionalString("study.until");
    try {
      return new StudySettings(
          read.optionalString("study.purpose").orElse(""),
          until.map(LocalDate::parse),
          read.optionalString("study.analyst"),
          read.optionalDuration("study.approval-wait").orElse(Duration.ZERO));
    } catch (DateTimeParseException e) {
      throw read.invalid("study.until", "must be a day such as \"2027-06-30\"");
    }
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

  private AggregationConfig aggregation(Source source) {
    AggregationMode mode = read.oneOf("aggregation.mode", AggregationMode.class);
    if (mode == AggregationMode.MASKED
        && source instanceof Synthetic synthetic
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
    aggregators.replaceAll((name, host) -> PlainText.of(host));
    aggregators.forEach(
        (name, host) -> {
          if (host.isBlank()) {
            throw new ConfigurationException(
                ConfigReader.under("aggregation.aggregators", name)
                    + " must be a host or a label, or any for any");
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
        mode,
        AlgorithmReader.minWorkers(read),
        read.optionalDuration("aggregation.deadline"),
        aggregators,
        keys(source, mode),
        masked());
  }

  private MaskingAssumptions masked() {
    return new MaskingAssumptions(
        part("aggregation.masked.corrupted"),
        part("aggregation.masked.dropouts"),
        read.integer("aggregation.masked.full-graph-up-to", 3, Integer.MAX_VALUE));
  }

  private double part(String key) {
    return read.number(
        key,
        "must be in [0, " + MaskingAssumptions.MOST + "]",
        v -> v >= 0.0 && v <= MaskingAssumptions.MOST);
  }

  private Model model() {
    Family family = read.oneOf("model.family", Family.class);
    Labels labels = new LabelsReader(read).labels(family, columns.formula());
    int classes = 0;
    if (family.isMultinomial()) {
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
      throw read.invalid(
          key,
          "belongs to model.family = "
              + EnumNames.inWords(EnumNames.of(Family.class, Family::hasThreshold), "or"));
    }
    return OptionalDouble.of(
        family.isBinomial()
            ? read.number(key, "must be a probability, in [0, 1]", v -> v >= 0.0 && v <= 1.0)
            : read.number(key, "must be a finite number", v -> true));
  }

  private Optional<Keys> keys(Source source, AggregationMode mode) {
    Optional<String> dir = read.optionalString("aggregation.keys.dir");
    Optional<String> roster = read.optionalString("aggregation.keys.roster");
    boolean areWithAgents = source instanceof WorkerPaths paths && paths.areOfAgents();
    boolean needsDir = roster.isPresent() && !(areWithAgents && mode.aggregators().isEmpty());
    if (roster.isEmpty() && (dir.isPresent() || areWithAgents)) {
      throw read.missing("aggregation.keys.roster");
    }
    if (dir.isEmpty() && needsDir) {
      throw read.missing("aggregation.keys.dir");
    }
    return roster.map(file -> new Keys(dir, file));
  }
}
