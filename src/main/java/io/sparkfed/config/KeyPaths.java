package io.sparkfed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The paths of a configuration's keys, and which there may be. */
final class KeyPaths {
  /** Sections whose names are the user's own. */
  static final Set<String> FREE_SECTIONS =
      Set.of(
          "data.options",
          "data.workers",
          "data.derive",
          "data.categorical",
          "aggregation.aggregators",
          "predictions.options",
          "privacy.bounds");

  private KeyPaths() {}

  /**
   * Refuses a key that the reference doesn't have.
   *
   * @throws ConfigurationException if there is one; the message names the nearest
   */
  static void refuseUnknown(Config user, Config reference) {
    Set<String> known = new TreeSet<>();
    collectPaths(reference.root(), new ArrayList<>(), known);
    Map<String, ConfigValue> given = new LinkedHashMap<>();
    collectValues(user.root(), new ArrayList<>(), given);
    for (Map.Entry<String, ConfigValue> entry : given.entrySet()) {
      String key = entry.getKey();
      if (!known.contains(key) && FREE_SECTIONS.stream().noneMatch(s -> key.startsWith(s + "."))) {
        Optional<String> nearest = NearestName.of(key, known);
        throw new ConfigurationException(
            "unknown key "
                + key
                + " ("
                + entry.getValue().origin().description()
                + "); the nearest known key is "
                + nearest.orElseThrow());
      }
    }
  }

  /**
   * Refuses a value in place of a section, which would hide the section's keys, and so be ignored.
   *
   * @throws ConfigurationException if there is one
   */
  static void refuseValuesForSections(Config user, Config reference) {
    Map<String, ConfigValue> given = new LinkedHashMap<>();
    collectValues(user.root(), new ArrayList<>(), given);
    given.forEach(
        (key, value) -> {
          boolean isValue =
              !(value instanceof ConfigObject) && value.valueType() != ConfigValueType.NULL;
          if (isValue && isSection(reference, key)) {
            throw new ConfigurationException(
                key
                    + " must be a section { name = value ... }. Provided value: "
                    + Secrets.rendered(key, value)
                    + " ("
                    + value.origin().description()
                    + ")");
          }
        });
  }

  private static boolean isSection(Config reference, String key) {
    return reference.hasPath(key) && reference.getValue(key).valueType() == ConfigValueType.OBJECT;
  }

  /** Adds the path of each value and each section. */
  static void collectPaths(ConfigObject object, List<String> prefix, Set<String> out) {
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      List<String> path = append(prefix, entry.getKey());
      out.add(ConfigUtil.joinPath(path));
      if (entry.getValue() instanceof ConfigObject child) {
        collectPaths(child, path, out);
      }
    }
  }

  /** Adds each value that is not a section, and each empty section, by path. */
  static void collectValues(
      ConfigObject object, List<String> prefix, Map<String, ConfigValue> out) {
    object.entrySet().stream()
        .sorted(Map.Entry.comparingByKey())
        .forEach(
            entry -> {
              List<String> path = append(prefix, entry.getKey());
              if (entry.getValue() instanceof ConfigObject child && !child.isEmpty()) {
                collectValues(child, path, out);
              } else {
                out.put(ConfigUtil.joinPath(path), entry.getValue());
              }
            });
  }

  private static List<String> append(List<String> prefix, String name) {
    List<String> path = new ArrayList<>(prefix);
    path.add(name);
    return path;
  }
}
