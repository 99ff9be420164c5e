package io.sparkfed.model;

import java.io.Serializable;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The texts that stand for a missing value in a cell of text, compared as {@link PlainText}. The
 * empty text always does.
 *
 * @param texts the texts
 */
public record MissingTexts(Set<String> texts) implements Serializable {
  /** What programs commonly write. */
  public static final MissingTexts COMMON =
      of(List.of("", "NA", "N/A", "NaN", "nan", "null", "NULL"));

  /** Takes a copy, as plain texts. */
  public MissingTexts {
    texts = texts.stream().map(PlainText::of).collect(Collectors.toUnmodifiableSet());
  }

  /** Returns those of a list. */
  public static MissingTexts of(List<String> texts) {
    return new MissingTexts(Set.copyOf(texts));
  }

  /** Returns whether a cell of this text has no value. */
  public boolean contains(String cell) {
    String plain = PlainText.of(cell);
    return plain.isEmpty() || texts.contains(plain);
  }
}
