package io.sparkfed.secure;

import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.Words;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;

/**
 * A worker's answer on the grid of its sum.
 *
 * @param <S> what a worker holds
 * @param question what is asked
 * @param grid how numbers become integers
 */
record EncodedAnswer<S>(Question<S> question, FixedPoint grid) implements QuestionWords<S> {

  /** Reads what is asked. */
  private record EncodedForm<S>(Form<Question<S>> ofQuestion) implements Form<Words<S>> {
    @Override
    public Words<S> read(byte[] bytes, Site site) {
      WireReader in = new WireReader(bytes);
      FixedPoint grid =
          WordsKind.ENCODED.checked(
              in,
              () ->
                  new FixedPoint(
                      in.integer(), in.number(), in.integer(), in.integer(), Grids.read(in)));
      Question<S> question = ofQuestion.read(in.bytes(), site);
      in.end();
      return new EncodedAnswer<>(question, grid);
    }
  }

  /**
   * Returns what reads what is asked.
   *
   * @param ofQuestion reads the question
   */
  static <S> Form<Words<S>> form(Form<Question<S>> ofQuestion) {
    return new EncodedForm<>(ofQuestion);
  }

  @Override
  public long[] of(String worker, S held) {
    return grid.encode(LastAnswers.taken(question, worker, held));
  }

  @Override
  public long[] of(String worker, S held, OwnersSide owner) {
    requireMeantScale();
    return grid.encode(LastAnswers.taken(question, worker, held, owner.clip()));
  }

  /** What has no room on a scale is cut off: only numbers that are meant to have one may. */
  private void requireMeantScale() {
    if (grid.scaledLength() != question.layout().scaledLength()) {
      throw new ProtocolException("a sum must have the scaled numbers of its question");
    }
  }

  @Override
  public byte[] subject() {
    return WordsKind.ENCODED.begin().bytes(question.subject()).toByteArray();
  }

  @Override
  public Ring ring() {
    return grid.ring();
  }

  @Override
  public byte[] toBytes() {
    return gridded().bytes(question.toBytes()).toByteArray();
  }

  @Override
  public byte[] rounding() {
    return gridded().toByteArray();
  }

  private WireWriter gridded() {
    WireWriter out =
        WordsKind.ENCODED
            .begin()
            .integer(grid.scaledLength())
            .number(grid.bound())
            .integer(grid.fractionBits())
            .integer(grid.workers());
    grid.grids().write(out);
    return out;
  }

  @Override
  public Form<Words<S>> form() {
    return form(question.form());
  }
}
