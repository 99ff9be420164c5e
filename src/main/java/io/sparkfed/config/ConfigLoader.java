package io.sparkfed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.sparkfed.report.RunReport.Setting;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Reads a HOCON file and resolves it. Precedence: command line {@code key=value}, then Spark
 * properties {@code spark.federated.*}, then the file, then the preset's defaults, then the common
 * ones.
 *
 * <p>Inside a file {@code ${config-dir}} is the folder of that file, and of the files it includes.
 */
public final class ConfigLoader {
  private static final String CONFIG_DIR = "config-dir";

  private ConfigLoader() {}

  /**
   * Loads and validates a configuration.
   *
   * @param file the HOCON file
   * @param sparkProperties {@code spark.federated.*} properties without that prefix
   * @param overrides {@code key=value} arguments
   * @throws ConfigurationException if the file can't be read, a key is unknown, or a value is out
   *     of its domain
   */
  public static TrainingConfig load(
      Path file, Map<String, String> sparkProperties, List<String> overrides) {
    return load(file, folderOf(file), sparkProperties, overrides);
  }

  private static Path folderOf(Path file) {
    return file.toAbsolutePath().normalize().getParent();
  }

  /**
   * Loads and validates a configuration whose file was copied from another place.
   *
   * @param file the HOCON file
   * @param configDir what {@code ${config-dir}} means
   * @param sparkProperties {@code spark.federated.*} properties without that prefix
   * @param overrides {@code key=value} arguments
   * @throws ConfigurationException if the file can't be read, a key is unknown, or a value is out
   *     of its domain
   */
  public static TrainingConfig load(
      Path file, Path configDir, Map<String, String> sparkProperties, List<String> overrides) {
    return load(file, configDir, sparkProperties, overrides, ModelSettings.NONE);
  }

  /**
   * Loads and validates a configuration that is about a trained model.
   *
   * @param file the HOCON file
   * @param configDir what {@code ${config-dir}} means
   * @param sparkProperties {@code spark.federated.*} properties without that prefix
   * @param overrides {@code key=value} arguments
   * @param ofModel stand for what the configuration doesn't say
   * @throws ConfigurationException if the file can't be read, a key is unknown, or a value is out
   *     of its domain
   */
  public static TrainingConfig load(
      Path file,
      Path configDir,
      Map<String, String> sparkProperties,
      List<String> overrides,
      ModelSettings ofModel) {
    if (!Files.isRegularFile(file)) {
      throw new ConfigurationException("configuration file " + file + " does not exist");
    }
    try {
      return fromUserConfig(
          userConfig(file, configDir, sparkProperties, overrides), defaultName(file), ofModel);
    } catch (ConfigException e) {
      throw new ConfigurationException("configuration can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * Returns a configuration's file and those it includes, absolute.
   *
   * @throws ConfigurationException if one of them can't be read
   */
  public static List<Path> files(Path file) {
    return files(file, folderOf(file));
  }

  /**
   * The same for a configuration whose file was copied from another place.
   *
   * @param configDir the folder it came from
   * @throws ConfigurationException if one of them can't be read
   */
  public static List<Path> files(Path file, Path configDir) {
    try {
      return Includes.filesOf(file, !folderOf(file).equals(configDir));
    } catch (ConfigException e) {
      throw new ConfigurationException("configuration can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * Loads and validates a configuration that no file holds.
   *
   * @param name the default of {@code name}, and where the values come from
   * @param values value by key
   * @param overrides {@code key=value}, which come before {@code values}
   * @throws ConfigurationException if a key is unknown, or a value is out of its domain
   */
  public static TrainingConfig of(String name, Map<String, Object> values, List<String> overrides) {
    try {
      return fromUserConfig(
          Arguments.config(overrides, "settings")
              .withFallback(ConfigFactory.parseMap(values, name)),
          name,
          ModelSettings.NONE);
    } catch (ConfigException e) {
      throw new ConfigurationException("configuration can't be read: " + e.getMessage(), e);
    }
  }

  /**
   * Returns what settings of an estimator say, by key; null for a key that is set to null.
   *
   * @param settings {@code key=value}
   * @throws ConfigurationException if one is not, or a key is unknown
   */
  public static Map<String, Object> settings(List<String> settings) {
    Config config = Arguments.config(settings, "settings");
    KeyPaths.refuseUnknown(config, reference());
    Map<String, ConfigValue> given = new LinkedHashMap<>();
    KeyPaths.collectValues(config.root(), new ArrayList<>(), given);
    Map<String, Object> values = new LinkedHashMap<>();
    given.forEach((key, value) -> values.put(key, value.unwrapped()));
    return values;
  }

  private static Config userConfig(
      Path file, Path configDir, Map<String, String> sparkProperties, List<String> overrides) {
    boolean copied = !folderOf(file).equals(configDir);
    Config parsed = Includes.parse(file, copied, new ArrayList<>()).toConfig();
    Config fromSpark = ConfigFactory.empty();
    for (Map.Entry<String, String> property : sparkProperties.entrySet()) {
      fromSpark =
          Arguments.with(
              fromSpark,
              property.getKey(),
              property.getValue(),
              "spark.federated." + property.getKey());
    }
    Config directory =
        ConfigFactory.parseMap(Map.of(CONFIG_DIR, configDir.toString()), "folder of " + file);
    return Arguments.config(overrides, "command line")
        .withFallback(fromSpark)
        .withFallback(parsed)
        .withFallback(directory)
        .resolve()
        .withoutPath(CONFIG_DIR);
  }

  private static String defaultName(Path file) {
    Path fileName = file.getFileName();
    return fileName == null ? "training" : fileName.toString().replaceFirst("\\.[^.]*$", "");
  }

  static Config reference() {
    return ConfigFactory.parseResources(
        ConfigLoader.class,
        "reference.conf",
        ConfigParseOptions.defaults().setAllowMissing(false).setOriginDescription("default"));
  }

  private static TrainingConfig fromUserConfig(
      Config user, String defaultName, ModelSettings ofModel) {
    Config reference = reference();
    KeyPaths.refuseUnknown(user, reference);
    KeyPaths.refuseValuesForSections(user, reference);
    Config named =
        ConfigFactory.parseMap(Map.of("name", defaultName), "name of the configuration file");
    Config byModel = ofModel.besides(user);
    Config byUnit = PrivacyReader.defaultsOf(user);
    Config resolved =
        user.withFallback(named)
            .withFallback(byModel)
            .withFallback(byUnit)
            .withFallback(presetDefaults(user.withFallback(byUnit).withFallback(reference)))
            .withFallback(reference);
    return Validation.validate(
        user.withFallback(ModelSettings.featuresOf(byModel)),
        resolved,
        settings(resolved),
        WorkersHalf.of(user.withFallback(byModel), resolved));
  }

  /** Returns the defaults of the chosen preset; none for an unknown one, which is refused later. */
  private static Config presetDefaults(Config chosen) {
    return presetDefaults(
        PrivacyReader.taken(
            String.valueOf(chosen.getValue("algorithm.preset").unwrapped()),
            PrivacyReader.hidesRows(chosen)));
  }

  /** Returns the tolerance of a preset where the configuration sets none. */
  public static OptionalDouble defaultTolerance(String preset) {
    Config defaults = presetDefaults(preset);
    return defaults.hasPath("algorithm.tolerance")
        ? OptionalDouble.of(defaults.getDouble("algorithm.tolerance"))
        : OptionalDouble.empty();
  }

  private static Config presetDefaults(String preset) {
    ConfigParseOptions origin =
        ConfigParseOptions.defaults().setOriginDescription("preset " + preset);
    return Preset.of(preset)
        .map(named -> ConfigFactory.parseString(named.defaults(), origin))
        .orElse(ConfigFactory.empty());
  }

  private static List<Setting> settings(Config resolved) {
    Map<String, ConfigValue> values = new LinkedHashMap<>();
    KeyPaths.collectValues(resolved.root(), new ArrayList<>(), values);
    List<Setting> settings = new ArrayList<>();
    values.forEach(
        (key, value) -> {
          if (value.valueType() != ConfigValueType.NULL && !(value instanceof ConfigObject)) {
            settings.add(
                new Setting(
                    key,
                    Secrets.rendered(key, value),
                    value.origin().description(),
                    Secrets.fingerprint(key, value)));
          }
        });
    return List.copyOf(settings);
  }
}
