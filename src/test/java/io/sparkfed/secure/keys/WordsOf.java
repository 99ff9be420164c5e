package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.HeldRows;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.Words;
import io.sparkfed.wire.Form;
import java.util.Optional;
import java.util.function.Function;

/**
 * What an owner looks at of something that it is asked.
 *
 * @param study that it is asked for
 * @param rows that it is about
 */
record WordsOf<S>(byte[] study, Function<S, Optional<HeldRows>> rows) implements Words<S> {

  @Override
  public Optional<HeldRows> heldRows(S held) {
    return rows.apply(held);
  }

  @Override
  public long[] of(String worker, S held) {
    return new long[0];
  }

  @Override
  public byte[] subject() {
    return new byte[0];
  }

  @Override
  public Ring ring() {
    return Ring.OF_WORDS;
  }

  @Override
  public byte[] toBytes() {
    return new byte[0];
  }

  @Override
  public Form<Words<S>> form() {
    throw new UnsupportedOperationException();
  }
}
