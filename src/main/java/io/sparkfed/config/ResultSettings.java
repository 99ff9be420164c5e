package io.sparkfed.config;

import io.sparkfed.report.RunReport.Setting;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The settings that a result depends on: a run is resumed with the same ones. Secrets are not among
 * them, and of the texts in an expression only a hash; nor what only says where results go, who
 * follows the run, how it is called, or how long it waits.
 *
 * @param values resolved values by key
 */
public record ResultSettings(SortedMap<String, String> values) {
  private static final Set<String> FREE_KEYS =
      Set.of("name", "aggregation.deadline", "cluster.timeout", "study.approval-wait");
  private static final Set<String> FREE_SECTIONS =
      Set.of("output.", "checkpoint.", "predictions.", "tracking.");

  /** Takes a copy of the map. */
  public ResultSettings {
    values = Collections.unmodifiableSortedMap(new TreeMap<>(values));
  }

  /** Returns those of a configuration. */
  public static ResultSettings of(TrainingConfig config) {
    SortedMap<String, String> values = new TreeMap<>();
    for (Setting setting : config.settings()) {
      String key = setting.key();
      if (!FREE_KEYS.contains(key) && FREE_SECTIONS.stream().noneMatch(key::startsWith)) {
        values.put(
            key,
            setting.fingerprint().isEmpty()
                ? setting.value()
                : setting.value() + " #" + setting.fingerprint());
      }
    }
    return new ResultSettings(values);
  }

  /** Returns SHA-256, in hex, of the keys and values in order, each preceded by its length. */
  public String hash() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    for (Map.Entry<String, String> entry : values.entrySet()) {
      add(digest, entry.getKey());
      add(digest, entry.getValue());
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }

  /**
   * Refuses settings that differ from those of a checkpoint.
   *
   * @throws ConfigurationException naming the first key that differs, with both values
   */
  public void requireSame(ResultSettings checkpoint) {
    Set<String> keys = new TreeSet<>(values.keySet());
    keys.addAll(checkpoint.values.keySet());
    for (String key : keys) {
      String now = values.getOrDefault(key, "(not set)");
      String then = checkpoint.values.getOrDefault(key, "(not set)");
      if (!now.equals(then)) {
        throw new ConfigurationException(
            key
                + " must match the checkpoint for output.resume, "
                + then
                + ". Provided value: "
                + now);
      }
    }
  }
}
