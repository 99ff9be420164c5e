package io.sparkfed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.DoublePredicate;
import java.util.function.Function;

/** Typed reads that fail with key, rule, value and origin. */
final class ConfigReader {
  /** What makes a path a pattern of Hadoop's. */
  private static final String PATTERN = "*?[]{}\\";

  private static final String DECIMAL = "\\s*[-+]?(\\d+\\.?\\d*|\\.\\d+)([eE][-+]?\\d+)?\\s*";

  /** Clocks count in milliseconds, and add up several of these spans. */
  private static final Duration SHORTEST = Duration.ofMillis(1);

  private static final Duration LONGEST = Duration.ofDays(365);

  private final Config config;

  ConfigReader(Config config) {
    this.config = config;
  }

  String string(String key) {
    return optionalString(key).orElseThrow(() -> missing(key));
  }

  Optional<String> optionalString(String key) {
    if (!config.hasPath(key)) {
      return Optional.empty();
    }
    String value = read(key, "must be a string", config::getString);
    if (value.isBlank()) {
      throw invalid(key, "must not be blank");
    }
    return Optional.of(value);
  }

  /** Reads where something is written: one place, and no pattern of several. */
  Optional<String> optionalPlace(String key) {
    Optional<String> place = optionalString(key);
    if (place.isPresent() && place.get().chars().anyMatch(c -> PATTERN.indexOf(c) >= 0)) {
      throw invalid(
          key, "is written to, so it must be one place, without any of " + spaced(PATTERN));
    }
    return place;
  }

  private static String spaced(String characters) {
    return String.join(" ", characters.split(""));
  }

  Optional<Duration> optionalDuration(String key) {
    if (!config.hasPath(key)) {
      return Optional.empty();
    }
    String rule = "must be a duration with its unit, from 1 ms to 365 days, e.g. 30s or 5 minutes";
    if (!read(key, rule, config::getString).matches(DECIMAL + "[a-zA-Z]+\\s*")) {
      throw invalid(key, rule);
    }
    Duration value = read(key, rule, config::getDuration);
    if (value.compareTo(SHORTEST) < 0 || value.compareTo(LONGEST) > 0) {
      throw invalid(key, rule);
    }
    return Optional.of(value);
  }

  /** Returns whether a key has a value. */
  boolean isSet(String key) {
    return config.hasPath(key);
  }

  boolean bool(String key) {
    String rule = "must be true or false";
    Optional<Boolean> value = truth(read(key, rule, config::getString));
    return value.orElseThrow(() -> invalid(key, rule));
  }

  /** In any case of letters, as Python, R and SQL write them; HOCON's own other words too. */
  private static Optional<Boolean> truth(String text) {
    return switch (text.strip().toLowerCase(Locale.ROOT)) {
      case "true", "yes", "on" -> Optional.of(true);
      case "false", "no", "off" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** Reads one of a choice that has {@code true} and {@code false} among it. */
  <E extends Enum<E>> E oneOfOrTruth(String key, Class<E> type) {
    return truth(string(key))
        .map(value -> Enum.valueOf(type, value ? "TRUE" : "FALSE"))
        .orElseGet(() -> oneOf(key, type));
  }

  int integer(String key, int min, int max) {
    requirePresent(key);
    String rule = "must be a whole number from " + min + " to " + max;
    double value = decimal(key, rule);
    if (value != Math.rint(value) || value < min || value > max) {
      throw invalid(key, rule);
    }
    return (int) value;
  }

  long longInteger(String key) {
    requirePresent(key);
    String rule = "must be a whole number from -2^63 to 2^63 - 1";
    String text = read(key, rule, config::getString);
    try {
      return new BigDecimal(text).longValueExact();
    } catch (ArithmeticException | NumberFormatException e) {
      throw invalid(key, rule);
    }
  }

  double number(String key, String rule, DoublePredicate accepted) {
    requirePresent(key);
    double value = decimal(key, rule);
    if (!Double.isFinite(value) || !accepted.test(value)) {
      throw invalid(key, rule);
    }
    return value;
  }

  /** Java reads numbers from {@code 5f}, {@code 10d} and {@code 0x1p3}: there a unit was meant. */
  private double decimal(String key, String rule) {
    String text = read(key, rule, config::getString);
    if (!text.matches(DECIMAL)) {
      throw invalid(key, rule);
    }
    return Double.parseDouble(text);
  }

  List<String> strings(String key) {
    return config.hasPath(key)
        ? List.copyOf(read(key, "must be a list of names", config::getStringList))
        : List.of();
  }

  /** Reads a list of finite numbers. */
  List<Double> numbers(String key, String rule) {
    requirePresent(key);
    List<String> texts = read(key, rule, config::getStringList);
    if (!texts.stream().allMatch(text -> text.matches(DECIMAL))) {
      throw invalid(key, rule);
    }
    List<Double> numbers = texts.stream().map(Double::valueOf).toList();
    if (!numbers.stream().allMatch(Double::isFinite)) {
      throw invalid(key, rule);
    }
    return numbers;
  }

  /** Reads an enum constant written in lower case with hyphens. */
  <E extends Enum<E>> E oneOf(String key, Class<E> type) {
    String name = oneOf(key, EnumNames.of(type));
    return Enum.valueOf(type, name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  String oneOf(String key, List<String> allowed) {
    String value = string(key);
    if (!allowed.contains(value)) {
      throw invalid(key, "must be one of " + String.join(" | ", allowed));
    }
    return value;
  }

  /** Returns the free names in a section, sorted; each must be a section of its own. */
  List<String> sectionNames(String key) {
    if (!config.hasPath(key)) {
      return List.of();
    }
    ConfigObject section = read(key, "must be a section { name { ... } }", config::getObject);
    List<String> names =
        section.keySet().stream()
            .filter(name -> config.hasPath(under(key, name)))
            .sorted()
            .toList();
    for (String name : names) {
      String path = under(key, name);
      if (config.getValue(path).valueType() != ConfigValueType.OBJECT) {
        throw invalid(path, "must be a section, e.g. { reference = \"1\" } or {}");
      }
    }
    return names;
  }

  /** Returns the value at a key; empty where there is none. */
  Optional<ConfigValue> value(String key) {
    return config.hasPath(key) ? Optional.of(config.getValue(key)) : Optional.empty();
  }

  /** Returns the path of a free name in a section, and of what is in it. */
  static String under(String key, String... names) {
    List<String> path = new ArrayList<>(ConfigUtil.splitPath(key));
    path.addAll(List.of(names));
    return ConfigUtil.joinPath(path);
  }

  /** Returns the names that a section holds, sorted. */
  List<String> keysIn(String key) {
    return config.getObject(key).keySet().stream().sorted().toList();
  }

  /** Reads a section of free names; nested sections become dotted names. */
  Map<String, String> freeSection(String key) {
    return freeSection(key, Set.of());
  }

  /** Reads a section of free names but for those {@code besides}. */
  Map<String, String> freeSection(String key, Set<String> besides) {
    Map<String, String> values = new LinkedHashMap<>();
    if (!config.hasPath(key)) {
      return values;
    }
    ConfigObject section = read(key, "must be a section { name = value ... }", config::getObject);
    if (section.keySet().stream().anyMatch(String::isBlank)) {
      throw new ConfigurationException(key + " must not have a blank name");
    }
    section.keySet().stream()
        .filter(name -> !besides.contains(name))
        .sorted()
        .forEach(name -> addLeaves(name, append(ConfigUtil.splitPath(key), name), values));
    return values;
  }

  private void addLeaves(String name, List<String> path, Map<String, String> values) {
    String key = ConfigUtil.joinPath(path);
    if (!config.hasPath(key)) {
      return;
    }
    if (config.getValue(key).valueType() == ConfigValueType.OBJECT) {
      config.getObject(key).keySet().stream()
          .sorted()
          .forEach(child -> addLeaves(name + "." + child, append(path, child), values));
      return;
    }
    values.put(name, read(key, "must be a single value", config::getString));
  }

  private static List<String> append(List<String> path, String name) {
    List<String> longer = new ArrayList<>(path);
    longer.add(name);
    return longer;
  }

  ConfigurationException invalid(String key, String rule) {
    return new ConfigurationException(
        key + " " + rule + ". Provided value: " + rendered(key) + origin(key));
  }

  ConfigurationException missing(String key) {
    return new ConfigurationException(key + " is not set");
  }

  private void requirePresent(String key) {
    if (!config.hasPath(key)) {
      throw missing(key);
    }
  }

  private <T> T read(String key, String rule, Function<String, T> getter) {
    try {
      return getter.apply(key);
    } catch (ConfigException e) {
      ConfigurationException invalid = invalid(key, rule);
      invalid.initCause(e);
      throw invalid;
    }
  }

  private String rendered(String key) {
    return config.hasPath(key) ? Secrets.rendered(key, config.getValue(key)) : "null";
  }

  private String origin(String key) {
    return config.hasPath(key) ? " (" + config.getValue(key).origin().description() + ")" : "";
  }
}
