package io.sparkfed.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/** How the constants of an enum are written in a configuration: in lower case, with hyphens. */
public final class EnumNames {
  private EnumNames() {}

  /** Returns a constant's name. */
  public static String of(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns the names of all constants, in their order. */
  public static <E extends Enum<E>> List<String> of(Class<E> type) {
    return of(type, constant -> true);
  }

  /** Returns the names of the constants that something is true of, in their order. */
  public static <E extends Enum<E>> List<String> of(Class<E> type, Predicate<? super E> chosen) {
    return Arrays.stream(type.getEnumConstants()).filter(chosen).map(EnumNames::of).toList();
  }

  /**
   * Returns names as a sentence has them: "a, b or c".
   *
   * @param word between the last two
   */
  public static String inWords(List<String> names, String word) {
    int last = names.size() - 1;
    return last < 1
        ? String.join("", names)
        : String.join(", ", names.subList(0, last)) + " " + word + " " + names.get(last);
  }
}
