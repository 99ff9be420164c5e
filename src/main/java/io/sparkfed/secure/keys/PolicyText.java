package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.DoublePredicate;

/** The keys of an owner's policy, read one by one: what nobody reads is unknown. */
public final class PolicyText {
  private final Map<String, String> values;
  private final Set<String> read = new HashSet<>();

  /** Reads an owner's keys with their values. */
  public PolicyText(Map<String, String> values) {
    this.values = values;
  }

  /** Returns a key's value; empty where it isn't set. */
  public Optional<String> text(String key) {
    read.add(key);
    return Optional.ofNullable(values.get(key)).map(String::strip);
  }

  /** Returns the names in a list that commas part, in lower case; empty where it isn't set. */
  public Optional<SortedSet<String>> names(String key) {
    return text(key).map(list -> split(list));
  }

  private static SortedSet<String> split(String list) {
    SortedSet<String> names = new TreeSet<>();
    Arrays.stream(list.split(",", -1))
        .map(name -> name.strip().toLowerCase(Locale.ROOT))
        .filter(name -> !name.isEmpty())
        .forEach(name -> names.add(name));
    return Collections.unmodifiableSortedSet(names);
  }

  /**
   * Returns a whole number.
   *
   * @throws ProtocolException if it is none, or below {@code least}
   */
  public int count(String key, int least, int otherwise) {
    return count(key, least, Integer.MAX_VALUE, otherwise);
  }

  /**
   * Returns a whole number.
   *
   * @throws ProtocolException if it is none, below {@code least} or above {@code most}
   */
  public int count(String key, int least, int most, int otherwise) {
    Optional<String> value = text(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      int number = Integer.parseInt(value.get());
      if (number >= least && number <= most) {
        return number;
      }
    } catch (NumberFormatException e) {
      // As for a number out of range.
    }
    throw new ProtocolException(
        key
            + " must be a whole number >= "
            + least
            + (most == Integer.MAX_VALUE ? "" : " and <= " + most));
  }

  /**
   * Returns a number.
   *
   * @param rule which numbers may be
   * @throws ProtocolException if it is none, or may not be
   */
  public double number(String key, String rule, DoublePredicate keeps, double otherwise) {
    Optional<String> value = text(key);
    if (value.isEmpty()) {
      return otherwise;
    }
    try {
      double number = Double.parseDouble(value.get());
      if (Double.isFinite(number) && keeps.test(number)) {
        return number;
      }
    } catch (NumberFormatException e) {
      // As for a number out of range.
    }
    throw new ProtocolException(key + " must be a number " + rule);
  }

  /** Returns the values of the keys below a prefix, by what follows it. */
  public SortedMap<String, String> below(String prefix) {
    SortedMap<String, String> found = new TreeMap<>();
    values.forEach(
        (key, value) -> {
          if (key.startsWith(prefix) && key.length() > prefix.length()) {
            read.add(key);
            found.put(key.substring(prefix.length()), value.strip());
          }
        });
    return found;
  }

  /** Returns what stands between a prefix and the next dot, in any key. */
  public SortedSet<String> namesBelow(String prefix) {
    SortedSet<String> names = new TreeSet<>();
    for (String key : values.keySet()) {
      int end = key.indexOf('.', prefix.length());
      if (key.startsWith(prefix) && end > prefix.length()) {
        names.add(key.substring(prefix.length(), end));
      }
    }
    return names;
  }

  /**
   * Refuses what nobody read.
   *
   * @throws ProtocolException naming the first such key
   */
  public void requireAllRead() {
    for (String key : new TreeSet<>(values.keySet())) {
      if (!read.contains(key)) {
        throw new ProtocolException("unknown key " + key);
      }
    }
  }
}
