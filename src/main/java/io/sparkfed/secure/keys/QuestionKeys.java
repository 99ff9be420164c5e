package io.sparkfed.secure.keys;

import java.util.Properties;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** Which keys of a policy are about questions: who knows what they mean reads them elsewhere. */
final class QuestionKeys {
  private static final String DATASETS = "data.";

  private static final Set<String> KEYS =
      Set.of(
          Owner.STATEMENTS,
          Owner.APPROVE,
          "families",
          "algorithms",
          "analysts",
          "until",
          "least-level-rows",
          "least-level-workers",
          "samples",
          "least-rows",
          "least-effective-rows",
          "most-parameters-per-row",
          "least-each-side",
          "least-difference");

  private QuestionKeys() {}

  static boolean has(String key) {
    return KEYS.contains(key) || key.startsWith(DATASETS);
  }

  /** Returns those of a policy with their values. */
  static SortedMap<String, String> of(Properties policy) {
    SortedMap<String, String> questions = new TreeMap<>();
    for (String key : policy.stringPropertyNames()) {
      if (has(key)) {
        questions.put(key, policy.getProperty(key));
      }
    }
    return questions;
  }
}
