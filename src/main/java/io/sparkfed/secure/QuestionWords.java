package io.sparkfed.secure;

import io.sparkfed.aggregate.HeldRows;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RowCounts;
import io.sparkfed.aggregate.Words;
import io.sparkfed.wire.Site;
import java.util.Optional;

/**
 * Words that are about a question, and are asked where it is.
 *
 * @param <S> what a worker holds
 */
interface QuestionWords<S> extends Words<S> {

  /** Returns the question. */
  Question<S> question();

  @Override
  default String asked() {
    return question().name();
  }

  @Override
  default long parameters() {
    return question().parameters();
  }

  @Override
  default boolean isOfAll() {
    return question().isOfAll();
  }

  @Override
  default Optional<RowCounts> rows(S held) {
    return question().rows(held);
  }

  @Override
  default Optional<HeldRows> heldRows(S held) {
    return question().heldRows(held);
  }

  @Override
  default Site site() {
    return question().site();
  }
}
