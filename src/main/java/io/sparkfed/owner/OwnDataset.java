package io.sparkfed.owner;

import io.sparkfed.secure.keys.PolicyText;
import io.sparkfed.wire.ProtocolException;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Rows that an owner gave a name, and what may be asked of them. SQL is the owner's own text: a
 * study that has another is refused.
 *
 * @param path where they are, on the owner's host
 * @param reading how they are read where it isn't as by default, by key of a configuration
 * @param columns that may be used
 * @param labels which of them may be the label; empty for any
 * @param categories which of them may be categories
 * @param splits the columns that may tell which rows are held out, each with its values, {@code
 *     train,test}
 * @param filters conditions on rows, by their names
 * @param derived columns that may be computed, by their names in lower case
 */
record OwnDataset(
    String path,
    SortedMap<String, String> reading,
    SortedSet<String> columns,
    Optional<SortedSet<String>> labels,
    SortedSet<String> categories,
    SortedMap<String, String> splits,
    SortedMap<String, String> filters,
    SortedMap<String, String> derived) {

  /** How rows are read: keys below {@code data.NAME.} by those below {@code data.} in a study. */
  private static final Map<String, String> READING =
      Map.of(
          "format", "format",
          "schema", "schema",
          "columns", "header",
          "decimal", "decimal",
          "missing-values", "missing-values");

  private static final String OPTIONS = "options.";

  static OwnDataset read(PolicyText policy, String name) {
    String prefix = "data." + name + ".";
    SortedMap<String, String> reading = new TreeMap<>();
    READING.forEach(
        (asked, key) -> policy.text(prefix + key).ifPresent(value -> reading.put(asked, value)));
    policy.below(prefix + OPTIONS).forEach((key, value) -> reading.put(OPTIONS + key, value));
    return new OwnDataset(
        policy
            .text(prefix + "path")
            .filter(path -> !path.isEmpty())
            .orElseThrow(() -> new ProtocolException(prefix + "path must be set")),
        reading,
        policy.names(prefix + "columns").orElseGet(TreeSet::new),
        policy.names(prefix + "labels"),
        policy.names(prefix + "categories").orElseGet(TreeSet::new),
        lowerCase(policy.below(prefix + "split.")),
        policy.below(prefix + "filter."),
        lowerCase(policy.below(prefix + "derive.")));
  }

  private static SortedMap<String, String> lowerCase(Map<String, String> values) {
    SortedMap<String, String> lower = new TreeMap<>();
    values.forEach((name, value) -> lower.put(name.toLowerCase(Locale.ROOT), value));
    return lower;
  }

  /** Returns which rule doesn't allow what is asked; empty where all do. */
  Optional<String> refusal(Asked asked) {
    Set<String> usable = new TreeSet<>(columns);
    usable.addAll(asked.derived().keySet());
    if (!reading.equals(asked.reading())) {
      Set<String> keys = new TreeSet<>(reading.keySet());
      keys.addAll(asked.reading().keySet());
      return keys.stream()
          .filter(key -> !Objects.equals(reading.get(key), asked.reading().get(key)))
          .findFirst()
          .map(key -> READING.getOrDefault(key, key));
    }
    if (asked.where().isPresent()
        && filters.values().stream().noneMatch(own -> isSame(own, asked.where().get()))) {
      return Optional.of("filter");
    }
    if (!asked.derived().entrySet().stream()
        .allMatch(
            e ->
                derived.containsKey(e.getKey()) && isSame(derived.get(e.getKey()), e.getValue()))) {
      return Optional.of("derive");
    }
    if (!usable.containsAll(asked.columns())) {
      return Optional.of("columns");
    }
    if (labels.isPresent() && !labels.get().containsAll(asked.labels())) {
      return Optional.of("labels");
    }
    if (!categories.containsAll(asked.categories())) {
      return Optional.of("categories");
    }
    return asked.split().filter(split -> !allows(split)).map(split -> "split");
  }

  private boolean allows(Asked.Split split) {
    String values = splits.get(split.column());
    return values != null
        && isSame(values.replace(",", " , "), split.train() + " , " + split.test());
  }

  /** White space around words is nobody's meaning; inside quotes it is, and stays. */
  private static boolean isSame(String own, String other) {
    return SqlText.normal(own).equals(SqlText.normal(other));
  }
}
