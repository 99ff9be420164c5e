package io.sparkfed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigOrigin;
import com.typesafe.config.ConfigOriginFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Values that stand outside of files: {@code key=value} on a command line and the like. */
final class Arguments {
  private static final Pattern HOCON_LITERAL =
      Pattern.compile(
          "\\s*([\\[{\"].*|null|true|false|[-+]?[0-9.]+([eE][-+]?[0-9]+)?)\\s*", Pattern.DOTALL);

  private Arguments() {}

  /**
   * Returns what arguments say.
   *
   * @param arguments {@code key=value}
   * @param origin where they stand, for messages
   * @throws ConfigurationException if one is not like that
   */
  static Config config(List<String> arguments, String origin) {
    Config config = ConfigFactory.empty();
    for (String argument : arguments) {
      int equals = argument.indexOf('=');
      if (equals < 1) {
        throw new ConfigurationException(
            (origin.equals("settings")
                    ? "settings must be key=value"
                    : "an argument after the configuration file must be key=value")
                + ". Provided value: "
                + Secrets.redact(argument, argument));
      }
      config =
          with(
              config,
              argument.substring(0, equals).strip(),
              argument.substring(equals + 1),
              origin);
    }
    return config;
  }

  /**
   * Returns a configuration with one more value.
   *
   * @throws ConfigurationException if the key can't be one
   */
  static Config with(Config config, String key, String value, String origin) {
    ConfigValue parsed =
        literal(value, origin).orElseGet(() -> ConfigValueFactory.fromAnyRef(value, origin));
    try {
      return config.withValue(key, isFreeSection(key) ? alone(parsed) : parsed);
    } catch (ConfigException e) {
      throw new ConfigurationException("not a configuration key: " + key + " (" + origin + ")", e);
    }
  }

  private static boolean isFreeSection(String key) {
    return KeyPaths.FREE_SECTIONS.contains(ConfigUtil.joinPath(ConfigUtil.splitPath(key)));
  }

  /**
   * Keeps a section from being merged with what the file says: who names the workers on the command
   * line doesn't mean those of the file besides.
   */
  private static ConfigValue alone(ConfigValue value) {
    return value.withFallback(ConfigValueFactory.fromAnyRef(null));
  }

  /**
   * Reads a list, section, quoted string, number or constant. What only looks like one, such as the
   * path {@code {a,b}.csv}, is none.
   */
  private static Optional<ConfigValue> literal(String value, String origin) {
    if (!HOCON_LITERAL.matcher(value).matches()) {
      return Optional.empty();
    }
    try {
      ConfigValue parsed =
          ConfigFactory.parseString("value = " + value, Includes.none()).root().get("value");
      return Optional.of(withOrigin(parsed, ConfigOriginFactory.newSimple(origin)));
    } catch (ConfigException notOne) {
      return Optional.empty();
    }
  }

  /** Takes the line numbers away, which mean nothing outside a file. */
  private static ConfigValue withOrigin(ConfigValue value, ConfigOrigin origin) {
    if (!(value instanceof ConfigObject object)) {
      return value.withOrigin(origin);
    }
    ConfigObject moved = object.withOrigin(origin);
    for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
      moved = moved.withValue(entry.getKey(), withOrigin(entry.getValue(), origin));
    }
    return moved;
  }
}
