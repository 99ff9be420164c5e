package io.sparkfed.config;

import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Keeps passwords and keys of data sources out of messages and output files: whole values under a
 * name that says so, and parts of texts that look like one. In doubt more is taken out than need
 * be.
 *
 * <p><b>Not guaranteed:</b> a secret that neither a name nor its place tells from other words
 * stays.
 */
final class Secrets {
  private static final String REDACTED = "(redacted)";

  /** A {@code user:password@} or, of web addresses, a {@code token@}. */
  private static final Pattern IN_ADDRESS =
      Pattern.compile(
          "(?<=://)([^/:@\\s\"]*:)[^\\s\"]+(?=@)|(?i)(?<=https?://)()[^/:@\\s\"]+(?=@)");

  /** A {@code user/password@}, as Oracle has it. */
  private static final Pattern AFTER_SLASH =
      Pattern.compile(
          "((?i:oracle:\\w+:)[^/@\\s]*/|(?<![^\\s='\"(])[\\p{L}\"][\\w$#.\"\\[\\]-]*/)[^/\\s]\\S*(?=@)");

  private static final Pattern AFTER_SCHEME =
      Pattern.compile("(?i)\\b((?:bearer|negotiate) +)[\\w+/=.~-]{8,}");

  private static final Pattern PRIVATE_KEY =
      Pattern.compile("(?s)(-----BEGIN [\\w ]*PRIVATE KEY-----).*?(-----END|$)");

  /** Sections whose keys are names of columns and parties: these names say nothing of values. */
  private static final List<String> NAMES =
      List.of("data.derive.", "data.categorical.", "aggregation.aggregators.");

  /** A formula's products look like names with values; it is read again with its model. */
  private static final Set<String> WITHOUT_SECRETS =
      Set.of("data.formula", "data.label-column", "data.offset-column");

  /** Keys of places, where a slash is one. */
  private static final Pattern PLACE = Pattern.compile("(path|dir|roster)$|^data\\.workers\\.");

  private static final int FINGERPRINT_BYTES = 16;

  private static final Pattern SQL_OPTION =
      Pattern.compile("\\.options\\..*(query|dbtable|statement)[\"]?$");

  private Secrets() {}

  private static boolean isExpression(String key) {
    String lower = key.toLowerCase(Locale.ROOT);
    return lower.equals("data.where")
        || lower.startsWith("data.derive.")
        || SQL_OPTION.matcher(lower).find();
  }

  /** Returns a value as it is written in a configuration, without secrets. */
  static String rendered(String key, ConfigValue value) {
    if (isSecret(key)) {
      return REDACTED;
    }
    Object shown = shown(key, value.unwrapped());
    ConfigValue kept =
        Objects.equals(shown, value.unwrapped()) ? value : ConfigValueFactory.fromAnyRef(shown);
    return kept.render(ConfigRenderOptions.concise());
  }

  /**
   * Returns what tells a value from others that are rendered alike; empty where they need not be: a
   * password may change between two runs that are to be the same.
   */
  static String fingerprint(String key, ConfigValue value) {
    String text = value.render(ConfigRenderOptions.concise());
    if (!isExpression(key) || rendered(key, value).equals(text)) {
      return "";
    }
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, FINGERPRINT_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  private static Object shown(String key, Object value) {
    if (value instanceof String text) {
      return redact(key, text);
    }
    if (value instanceof List<?> list) {
      List<Object> all = new ArrayList<>();
      list.forEach(element -> all.add(shown(key, element)));
      return all;
    }
    if (value instanceof Map<?, ?> map) {
      Map<Object, Object> all = new LinkedHashMap<>();
      map.forEach((name, element) -> all.put(name, shown(key + "." + name, element)));
      return all;
    }
    return value;
  }

  /** Whether a value is one by its key's name. */
  static boolean isSecret(String key) {
    return NAMES.stream().noneMatch(key::startsWith) && SecretNames.contains(key);
  }

  /** Returns a text that stands under a key, without secrets. */
  static String redact(String key, String text) {
    if (isSecret(key)) {
      return REDACTED;
    }
    if (WITHOUT_SECRETS.contains(key)) {
      return text;
    }
    String shown = isExpression(key) ? SqlLiterals.replaced(text, REDACTED) : text;
    shown = PRIVATE_KEY.matcher(shown).replaceAll("$1" + REDACTED + "$2");
    shown = SecretPairs.replaced(shown, REDACTED);
    shown = AFTER_SCHEME.matcher(shown).replaceAll("$1" + REDACTED);
    shown =
        IN_ADDRESS
            .matcher(shown)
            .replaceAll(m -> (m.group(1) == null ? "" : m.group(1)) + REDACTED);
    return PLACE.matcher(key).find()
        ? shown
        : AFTER_SLASH.matcher(shown).replaceAll("$1" + REDACTED);
  }
}
