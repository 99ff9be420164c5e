package io.sparkfed.csv;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The names of a file's columns, and whether they are names at all. Names are compared without
 * regard to case, and blanks around them are no part of them.
 */
public final class CsvHeader {
  /** What a name stands for that a header gives to several columns. */
  public static final String SEVERAL = "";

  private CsvHeader() {}

  /** What the first record of a file is. */
  public enum Verdict {
    /** All names that are needed stand in it. */
    HEADER,
    /** No number and at least half of the needed names stand in it: a header that lacks some. */
    INCOMPLETE,
    /** A row, perhaps: nobody is to be told what stands in it. */
    PERHAPS_A_ROW
  }

  /**
   * Returns the columns' names: the cells without blanks around them, {@code _c0} and so on by
   * position where a cell is empty, and with its position appended where several are the same, as
   * Spark has it.
   */
  public static List<String> names(List<String> cells) {
    List<String> stripped = cells.stream().map(Blanks::strip).toList();
    Map<String, Integer> times = new HashMap<>();
    stripped.forEach(name -> times.merge(key(name), 1, Integer::sum));
    List<String> names = new ArrayList<>();
    Set<String> taken = new HashSet<>();
    for (int k = 0; k < stripped.size(); k++) {
      String name = stripped.get(k);
      String unique = name.isEmpty() ? "_c" + k : times.get(key(name)) > 1 ? name + k : name;
      while (!taken.add(key(unique))) {
        unique += "_" + k;
      }
      names.add(unique);
    }
    return List.copyOf(names);
  }

  /**
   * Returns what each name stands for that isn't in the header itself, by its lower case: the
   * header's own name and how many times it has stood there, or {@link #SEVERAL}.
   *
   * @param cells as in {@link #names}
   */
  public static Map<String, String> numbered(List<String> cells) {
    List<String> stripped = cells.stream().map(Blanks::strip).toList();
    Map<String, Integer> times = new HashMap<>();
    stripped.forEach(name -> times.merge(key(name), 1, Integer::sum));
    Map<String, Integer> before = new HashMap<>();
    Map<String, String> numbered = new HashMap<>();
    for (int k = 0; k < stripped.size(); k++) {
      String name = stripped.get(k);
      int time = before.merge(key(name), 1, Integer::sum);
      if (name.isEmpty() || times.get(key(name)) > 1) {
        String unique = key(name.isEmpty() ? "_c" + k : name + k);
        String meant = times.containsKey(unique) ? SEVERAL : key(name) + " " + time;
        numbered.merge(unique, meant, (one, other) -> SEVERAL);
      }
    }
    return numbered;
  }

  /** Returns the names by position: {@code _c0}, {@code _c1} and so on. */
  public static List<String> positions(int columns) {
    List<String> names = new ArrayList<>();
    for (int k = 0; k < columns; k++) {
      names.add("_c" + k);
    }
    return List.copyOf(names);
  }

  /**
   * Judges the first record of a file.
   *
   * @param names its cells as {@link #names}
   * @param needed the names of the columns that will be read
   */
  public static Verdict judge(List<String> names, Collection<String> needed) {
    Set<String> there = new HashSet<>();
    names.forEach(name -> there.add(key(name)));
    long found = needed.stream().filter(name -> there.contains(key(name))).count();
    if (found == needed.size()) {
      return Verdict.HEADER;
    }
    boolean holdsNumber =
        names.stream()
            .anyMatch(name -> CellType.isNumber(name, '.') || CellType.isNumber(name, ','));
    return holdsNumber || 2 * found < needed.size() ? Verdict.PERHAPS_A_ROW : Verdict.INCOMPLETE;
  }

  /** Returns what two spellings of one name have in common. */
  public static String key(String name) {
    return name.toLowerCase(Locale.ROOT);
  }
}
