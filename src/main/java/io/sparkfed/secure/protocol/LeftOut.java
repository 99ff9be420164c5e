package io.sparkfed.secure.protocol;

import java.util.Collection;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** What was left out of a run's sums because it broke a rule, at the driver. Not thread-safe. */
public final class LeftOut {
  private static final System.Logger LOG = System.getLogger(LeftOut.class.getName());

  /** Whoever sent what names nobody of the cohort. */
  public static final String UNKNOWN = "an unknown sender";

  private final SortedMap<String, Integer> times = new TreeMap<>();

  /** Returns in whose name a message came, of a cohort: text from elsewhere is not shown. */
  public static String sender(String worker, Collection<String> cohort) {
    return cohort.contains(worker) ? "worker " + worker : UNKNOWN;
  }

  /**
   * Notes one.
   *
   * @param what whose it was and which rule it broke
   */
  public void add(String what) {
    LOG.log(System.Logger.Level.WARNING, "left out of a sum: {0}", what);
    times.merge(what, 1, Integer::sum);
  }

  /** Returns how often each was. */
  public SortedMap<String, Integer> times() {
    return Collections.unmodifiableSortedMap(times);
  }
}
