package io.sparkfed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * The settings that workers' answers depend on. Where rows lie, who relays and writes, and how long
 * it may take are the driver's half.
 *
 * @param settings all of them, defaults too, as canonical text by key: JSON, numbers in their
 *     shortest form
 * @param given the keys among them that somebody set
 */
public record WorkersHalf(SortedMap<String, String> settings, List<String> given) {
  private static final String VALUE = "value";

  /** From how many zeros on a number has an exponent. */
  private static final int MOST_ZEROS = 20;

  /** Where the name of a worker's own key stands in its path. */
  private static final int OF_WORKER = 3;

  /** What of {@code data} says how rows are read; what a worker can have of its own is among it. */
  private static final Set<String> READING =
      Set.of("format", "schema", "columns", "decimal", "missing-values");

  /** Keys and sections that are the driver's. */
  static final List<String> DRIVERS =
      List.of(
          "name",
          "study",
          "data.workers",
          "data.path",
          "data.worker-column",
          "data.simulation",
          "data.relay-keys",
          "aggregation.keys",
          "aggregation.deadline",
          "cluster",
          "output",
          "checkpoint",
          "predictions",
          "tracking");

  /** Copies both. */
  public WorkersHalf {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
    given = given.stream().sorted().toList();
  }

  /**
   * Takes the half.
   *
   * @param user what was set, without defaults
   * @param resolved with defaults
   */
  static WorkersHalf of(Config user, Config resolved) {
    SortedMap<String, String> settings = texts(resolved);
    List<String> given = new ArrayList<>(texts(user).keySet());
    given.retainAll(settings.keySet());
    return new WorkersHalf(settings, given);
  }

  private static SortedMap<String, String> texts(Config config) {
    Map<String, ConfigValue> values = new LinkedHashMap<>();
    KeyPaths.collectValues(config.root(), new ArrayList<>(), values);
    SortedMap<String, String> texts = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          if (value.valueType() != ConfigValueType.NULL && !isDrivers(key)) {
            texts.put(key, canonical(value));
          }
        });
    return texts;
  }

  private static boolean isDrivers(String key) {
    return DRIVERS.stream().anyMatch(own -> key.equals(own) || key.startsWith(own + "."))
        && ofWorker(key).isEmpty();
  }

  /** Returns whose csv files a key is about; empty where it is about no single worker's. */
  private static Optional<String> ofWorker(String key) {
    List<String> names = ConfigUtil.splitPath(key);
    boolean isOwn =
        names.size() > OF_WORKER
            && key.startsWith(WorkersReader.KEY + ".")
            && WorkersReader.CSV_KEYS.contains(names.get(OF_WORKER));
    return isOwn ? Optional.of(names.get(OF_WORKER - 1)) : Optional.empty();
  }

  /** Returns the data set by its name; empty where the driver says where rows are. */
  public Optional<String> dataset() {
    return Optional.ofNullable(settings.get(WorkersReader.DATASET)).map(WorkersHalf::plain);
  }

  /**
   * Returns how a worker's rows are read where it isn't as by default, as plain text by key: those
   * of {@code data}, below the worker's own.
   */
  public SortedMap<String, String> reading(String worker) {
    SortedMap<String, String> defaults = texts(ConfigLoader.reference());
    SortedMap<String, String> reading = new TreeMap<>();
    settings.forEach(
        (key, value) -> {
          String name = key.substring(key.indexOf('.') + 1);
          if (isReading(name) && key.startsWith("data.") && !value.equals(defaults.get(key))) {
            reading.put(name, plain(value));
          }
        });
    settings.forEach(
        (key, value) -> {
          if (ofWorker(key).filter(worker::equals).isPresent()) {
            List<String> names = ConfigUtil.splitPath(key);
            reading.put(ConfigUtil.joinPath(names.subList(OF_WORKER, names.size())), plain(value));
          }
        });
    return reading;
  }

  private static boolean isReading(String name) {
    return READING.contains(name) || (name.startsWith("options.") && !name.equals("options"));
  }

  private static String canonical(ConfigValue value) {
    if (value.unwrapped() instanceof Number number && Double.isFinite(number.doubleValue())) {
      BigDecimal exact = new BigDecimal(number.toString()).stripTrailingZeros();
      boolean isShort = Math.abs(exact.scale()) < MOST_ZEROS;
      return exact.signum() == 0 ? "0" : isShort ? exact.toPlainString() : exact.toString();
    }
    if (value instanceof ConfigList list) {
      return list.stream().map(WorkersHalf::canonical).collect(Collectors.joining(",", "[", "]"));
    }
    if (value instanceof ConfigObject section) {
      return new TreeMap<>(section)
          .entrySet().stream()
              .map(e -> quoted(e.getKey()) + ":" + canonical(e.getValue()))
              .collect(Collectors.joining(",", "{", "}"));
    }
    return value.render(ConfigRenderOptions.concise());
  }

  private static String quoted(String text) {
    return ConfigFactory.parseMap(Map.of(VALUE, text))
        .getValue(VALUE)
        .render(ConfigRenderOptions.concise());
  }

  /** Returns the text that a canonical one stands for: without quotes, and lists with commas. */
  private static String plain(String canonical) {
    Object value = parsed(canonical);
    if (value instanceof List<?> list) {
      return list.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
    return value instanceof String text ? text : canonical;
  }

  /** Returns what was set, {@code key = value}, without what is secret by its key. */
  public List<String> shown() {
    return given.stream()
        .map(key -> key + " = " + (Secrets.isSecret(key) ? "(redacted)" : settings.get(key)))
        .toList();
  }

  private static Object parsed(String canonical) {
    return ConfigFactory.parseString(VALUE + " = " + canonical).root().get(VALUE).unwrapped();
  }

  /**
   * Returns the configuration of a worker that holds this half, as far as its owner needs to know
   * it: there are no paths in it.
   *
   * @throws ConfigurationException if the half is not one that this version would take, or its
   *     defaults are others here
   */
  public TrainingConfig of(String worker) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (String key : given) {
      values.put(key, parsed(settings.get(key)));
    }
    if (!given.contains("data.synthetic.workers")) {
      Set<String> workers = new TreeSet<>(Set.of(worker));
      given.forEach(key -> ofWorker(key).ifPresent(workers::add));
      boolean isNamed = given.contains(WorkersReader.DATASET);
      for (String each : workers) {
        values.put(
            ConfigReader.under(WorkersReader.KEY, each, isNamed ? "hosts" : "path"),
            isNamed ? List.of(each) : each);
      }
    }
    TrainingConfig config = ConfigLoader.of(worker, values, List.of());
    if (!config.asked().equals(this)) {
      throw new ConfigurationException(
          "a study's defaults must be those of the version that answers it");
    }
    return config;
  }
}
