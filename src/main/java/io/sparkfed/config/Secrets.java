package io.sparkfed.config;

import java.util.regex.Pattern;

/** Keeps passwords and keys of data sources out of messages and output files. */
final class Secrets {
  private static final Pattern SECRET_KEY =
      Pattern.compile(
          "(?i)(password|passwd|passphrase|pwd|secret|token|credential"
              + "|(access|private|account|api).?key)");
  private static final Pattern SECRET_IN_URL =
      Pattern.compile(
          "(?i)((?:password|pwd|secret|token)=)[^&;\\s\"]+|(://[^/:@\\s\"]+:)[^@/\\s\"]+(?=@)");

  private Secrets() {}

  static String redact(String key, String value) {
    if (SECRET_KEY.matcher(key).find()) {
      return "(redacted)";
    }
    return SECRET_IN_URL
        .matcher(value)
        .replaceAll(m -> (m.group(1) != null ? m.group(1) : m.group(2)) + "(redacted)");
  }
}
