package io.sparkfed.aggregate;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * How many workers take no part, and why; never which. Whether a worker holds rows is an answer to
 * any condition on rows, so whoever is told by name would be told of what the condition describes.
 *
 * @param byReason numbers of workers, each at least 1
 */
public record LeftOut(SortedMap<String, Integer> byReason) {

  public LeftOut {
    byReason = Collections.unmodifiableSortedMap(new TreeMap<>(byReason));
  }

  /** Returns those of a map of reasons by worker. */
  public static LeftOut of(Map<String, String> reasons) {
    SortedMap<String, Integer> byReason = new TreeMap<>();
    reasons.values().forEach(reason -> byReason.merge(reason, 1, Integer::sum));
    return new LeftOut(byReason);
  }

  /** Returns the number of all. */
  public int workers() {
    return byReason.values().stream().mapToInt(Integer::intValue).sum();
  }

  public boolean isNobody() {
    return byReason.isEmpty();
  }

  /** Returns e.g. "2 workers: no training rows, 1 worker: no rows". */
  @Override
  public String toString() {
    return byReason.entrySet().stream()
        .map(e -> e.getValue() + (e.getValue() == 1 ? " worker: " : " workers: ") + e.getKey())
        .collect(Collectors.joining(", "));
  }
}
