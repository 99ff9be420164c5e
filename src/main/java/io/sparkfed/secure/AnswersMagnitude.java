package io.sparkfed.secure;

import io.sparkfed.aggregate.NonFiniteValueException;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.util.Arrays;

/**
 * How large the numbers of a worker's answer are: for the scaled ones together, and for each run of
 * others of which it isn't known, something other than 0 in the bucket of magnitudes that they
 * reach and in all below it, each sixteen times as wide as the one before. In a secure sum it is
 * random, so that the sum says which bucket is the largest that anybody reaches, and neither who
 * does nor how many.
 *
 * @param <S> what a worker holds
 * @param question what will be asked
 * @param scaledLength how many leading numbers are on one scale
 * @param grids of the others; what is open is found
 */
record AnswersMagnitude<S>(Question<S> question, int scaledLength, Grids grids)
    implements QuestionWords<S> {
  /** Of the numbers on one scale, up to 2^252. */
  private static final Buckets OF_SCALED = new Buckets(128, 4, -256);

  /** Of a run: the last place of the largest must be met. Numbers from 2^127 on are in the last. */
  private static final Buckets OF_RUN = new Buckets(256, 1, -128);

  /**
   * How magnitudes are told apart: bucket b reaches up to 2^(lowest + b bits), 0 is for zeros.
   *
   * @param count how many there are
   * @param bits of a bucket's width
   * @param lowest where bucket 1 begins
   */
  private record Buckets(int count, int bits, int lowest) {
    int of(double magnitude) {
      if (magnitude == 0.0) {
        return 0;
      }
      int above = Math.getExponent(magnitude) + 1 - lowest;
      return Math.max(1, -Math.floorDiv(-above, bits));
    }

    int top(int bucket) {
      return bucket == 0 ? Grids.NOTHING : lowest + bits * bucket;
    }
  }

  /** Reads what is asked. */
  private record MagnitudeForm<S>(Form<Question<S>> ofQuestion) implements Form<Words<S>> {
    @Override
    public Words<S> read(byte[] bytes, Site site) {
      WireReader in = new WireReader(bytes);
      int scaledLength = WordsKind.MAGNITUDE.checked(in, in::count);
      Grids grids = WordsKind.rules(() -> Grids.read(in));
      Question<S> question = ofQuestion.read(in.bytes(), site);
      in.end();
      return new AnswersMagnitude<>(question, scaledLength, grids);
    }
  }

  /**
   * Returns what reads what is asked.
   *
   * @param ofQuestion reads the question
   */
  static <S> Form<Words<S>> form(Form<Question<S>> ofQuestion) {
    return new MagnitudeForm<>(ofQuestion);
  }

  /**
   * Returns t from the opened sum, for the scaled numbers if there are any, and then for each open
   * run: they are below 2^t, or {@link Grids#NOTHING} if all are 0.
   */
  int[] tops(long[] opened) {
    int[] tops = new int[(scaledLength > 0 ? 1 : 0) + grids.open()];
    int at = 0;
    for (int group = 0; group < tops.length; group++) {
      Buckets buckets = group == 0 && scaledLength > 0 ? OF_SCALED : OF_RUN;
      int bucket = buckets.count - 1;
      while (bucket > 0 && opened[at + bucket] == 0) {
        bucket--;
      }
      tops[group] = buckets.top(bucket);
      at += buckets.count;
    }
    return tops;
  }

  @Override
  public long[] of(String worker, S held) {
    long[] ones = new long[words()];
    Arrays.fill(ones, 1);
    return reached(LastAnswers.kept(question, worker, held), ones);
  }

  @Override
  public long[] of(String worker, S held, OwnersSide owner) {
    long[] random = new long[words()];
    KeyStream.add(Kdf.prf(owner.secret().get(), "magnitude"), random, Ring.OF_WORDS);
    return reached(LastAnswers.kept(question, worker, held, owner.clip()), random);
  }

  private int words() {
    return (scaledLength > 0 ? OF_SCALED.count : 0) + OF_RUN.count * grids.open();
  }

  private long[] reached(double[] answer, long[] marks) {
    long[] vector = new long[words()];
    int to = 0;
    if (scaledLength > 0) {
      int bucket = OF_SCALED.of(largest(answer, 0, scaledLength, vector.length));
      if (bucket >= OF_SCALED.count) {
        throw new NonFiniteValueException(vector.length);
      }
      System.arraycopy(marks, 1, vector, 1, bucket);
      to += OF_SCALED.count;
    }
    int from = scaledLength;
    for (int run = 0; run < grids.lengths().length; run++) {
      int end = Math.min(answer.length, from + grids.lengths()[run]);
      if (grids.exponents()[run] == Grids.OPEN) {
        int bucket = OF_RUN.of(largest(answer, from, end, vector.length));
        int count = Math.min(bucket, OF_RUN.count - 1);
        System.arraycopy(marks, to + 1, vector, to + 1, count);
        to += OF_RUN.count;
      }
      from = end;
    }
    return vector;
  }

  private static double largest(double[] answer, int from, int end, int words) {
    double largest = 0.0;
    for (int j = from; j < end; j++) {
      if (!Double.isFinite(answer[j])) {
        throw new NonFiniteValueException(words);
      }
      largest = Math.max(largest, Math.abs(answer[j]));
    }
    return largest;
  }

  @Override
  public byte[] subject() {
    return toBytes();
  }

  @Override
  public Ring ring() {
    return Ring.OF_WORDS;
  }

  @Override
  public byte[] toBytes() {
    WireWriter out = WordsKind.MAGNITUDE.begin().integer(scaledLength);
    grids.write(out);
    return out.bytes(question.toBytes()).toByteArray();
  }

  @Override
  public Form<Words<S>> form() {
    return form(question.form());
  }
}
