package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.hint.Hint;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class KeyWordsTest {
  @ParameterizedTest
  @EnumSource
  void of_anyHint_isAKeyThatThereIs(Hint hint) {
    assertTrue(
        KnownKeys.all().contains(KeyWords.of(hint).replaceFirst(" = .*", "")), KeyWords.of(hint));
  }

  @Test
  void of_hints_differ() {
    Set<String> words = new TreeSet<>();
    for (Hint hint : Hint.values()) {
      words.add(KeyWords.of(hint));
    }
    assertEquals(Hint.values().length, words.size());
  }
}
