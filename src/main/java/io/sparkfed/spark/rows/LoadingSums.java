package io.sparkfed.spark.rows;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.hint.Message;
import io.sparkfed.recipe.Presets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * The sums that the loading of rows takes. Each part of it has its own, whose secrets its parties
 * forget as soon as it is done: who holds rows may be somebody else in the next.
 */
final class LoadingSums {
  private final TrainingConfig config;
  private final List<Message> notes = new ArrayList<>();

  LoadingSums(TrainingConfig config) {
    this.config = config;
  }

  /** Does a part of the loading. */
  <S, T> T with(Federation<S> federation, Function<SumFactory, T> part) {
    SumFactory sums = Presets.sums(config);
    try {
      return sums.endedAfter(federation, () -> part.apply(sums));
    } finally {
      notes.addAll(sums.notes());
    }
  }

  /** Returns what must be known of the sums so far, one sentence each. */
  List<String> notes() {
    return notes.stream().map(note -> note.in(KeyWords::of)).toList();
  }
}
