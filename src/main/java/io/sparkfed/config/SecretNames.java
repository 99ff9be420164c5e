package io.sparkfed.config;

import java.util.Locale;
import java.util.regex.Pattern;

/** Which names of options, of parts of a URL, or of headers stand for secrets. */
final class SecretNames {
  /** Of words in lower case with one space between two. */
  private static final Pattern SECRET =
      Pattern.compile(
          "passw|passphrase|passcode|secret|token|credential|cookie|\\b\\w*(pass|pwd)\\b"
              + "|\\b(auth|oauth2?|authorization|authentication|jaas|sas|sig|signature|bearer|creds?)\\b"
              + "|\\b\\w*(access|account|admin|api|app|application|auth|client|encryption|function"
              + "|host|master|primary|private|secondary|service|shared|signing|storage|subscription)"
              + " ?key(s|store|id)?\\b|\\bkey store\\b");

  private static final Pattern BETWEEN_WORDS =
      Pattern.compile("(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])|[^\\p{L}\\p{N}]+");

  private SecretNames() {}

  /** Returns whether a name, however it is spelled, says that a secret follows. */
  static boolean contains(String name) {
    String spelled = BETWEEN_WORDS.matcher(name).replaceAll(" ").toLowerCase(Locale.ROOT);
    return SECRET.matcher(spelled).find() || SECRET.matcher(name.toLowerCase(Locale.ROOT)).find();
  }
}
