package io.sparkfed.model;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The texts that stand for a missing value in a cell of text, compared as {@link PlainText}, and
 * numbers in any spelling. The empty text always does.
 *
 * @param texts the texts
 * @param anyNumber whether a number is among them
 */
public record MissingTexts(Set<String> texts, boolean anyNumber) implements Serializable {
  /** What programs commonly write. */
  public static final MissingTexts COMMON =
      of(List.of("", "NA", "N/A", "NaN", "nan", "null", "NULL"));

  /** Returns those of a list. */
  public static MissingTexts of(List<String> texts) {
    Set<String> levels =
        texts.stream().map(Spelling.VALUE::level).collect(Collectors.toUnmodifiableSet());
    return new MissingTexts(levels, levels.stream().anyMatch(MissingTexts::beginsAsNumber));
  }

  /** Returns the same with NaN, which a cell of a number may hold and which is none. */
  public MissingTexts withNaN() {
    return new MissingTexts(
        Stream.concat(texts.stream(), Stream.of("NaN")).collect(Collectors.toUnmodifiableSet()),
        anyNumber);
  }

  /** Returns whether a cell of this text has no value. */
  public boolean contains(String cell) {
    String plain = PlainText.of(cell);
    return plain.isEmpty()
        || texts.contains(plain)
        || (anyNumber && beginsAsNumber(plain) && texts.contains(Spelling.VALUE.level(plain)));
  }

  /** Returns whether a cell of this number, of a column of numbers, has no value. */
  public boolean contains(Number cell) {
    return Double.isNaN(cell.doubleValue())
        || (anyNumber
            && Double.isFinite(cell.doubleValue())
            && texts.contains(PlainText.ofNumber(cell)));
  }

  private static boolean beginsAsNumber(String text) {
    return !text.isEmpty() && "+-.0123456789".indexOf(text.charAt(0)) >= 0;
  }
}
