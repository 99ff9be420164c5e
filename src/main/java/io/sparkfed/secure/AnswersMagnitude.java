package io.sparkfed.secure;

import io.sparkfed.aggregate.NonFiniteValueException;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.RowCounts;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireReader;
import java.util.Arrays;
import java.util.Optional;

/**
 * How large the scaled numbers of a worker's answer are: something other than 0 in the bucket of
 * magnitudes that they reach and in all below it, each sixteen times as wide as the one before. In
 * a secure sum it is random, so that the sum says which bucket is the largest that anybody reaches,
 * and neither who does nor how many.
 *
 * @param <S> what a worker holds
 * @param question what will be asked
 * @param scaledLength how many leading numbers are looked at
 */
record AnswersMagnitude<S>(Question<S> question, int scaledLength) implements Words<S> {
  private static final int BUCKETS = 128;
  private static final int BUCKET_BITS = 4;
  private static final int LOWEST_EXPONENT = -256;

  /** Reads what is asked. */
  private record MagnitudeForm<S>(Form<Question<S>> ofQuestion) implements Form<Words<S>> {
    @Override
    public Words<S> read(byte[] bytes, Site site) {
      WireReader in = new WireReader(bytes);
      int scaledLength = WordsKind.MAGNITUDE.checked(in, in::count);
      Question<S> question = ofQuestion.read(in.bytes(), site);
      in.end();
      return new AnswersMagnitude<>(question, scaledLength);
    }
  }

  /** Returns the exponent of a bucket's upper end. */
  static int exponentAbove(int bucket) {
    return LOWEST_EXPONENT + BUCKET_BITS * bucket;
  }

  @Override
  public long[] of(String worker, S held) {
    long[] ones = new long[BUCKETS];
    Arrays.fill(ones, 1);
    return reached(question.answer(worker, held), ones);
  }

  @Override
  public long[] of(String worker, S held, OwnersSide owner) {
    long[] random = new long[BUCKETS];
    new KeyStream(Kdf.prf(owner.secret().get(), "magnitude")).addTo(random, Ring.OF_WORDS);
    return reached(question.answer(worker, held, owner.clip()), random);
  }

  private long[] reached(double[] answer, long[] marks) {
    long[] vector = new long[BUCKETS];
    int bucket = bucket(answer);
    System.arraycopy(marks, 1, vector, 1, bucket);
    return vector;
  }

  /** Returns the bucket b whose upper end 2^(4b - 256) is the first above every coordinate. */
  private int bucket(double[] vector) {
    double largest = 0.0;
    for (int j = 0; j < scaledLength; j++) {
      if (!Double.isFinite(vector[j])) {
        throw new NonFiniteValueException(BUCKETS);
      }
      largest = Math.max(largest, Math.abs(vector[j]));
    }
    if (largest == 0.0) {
      return 0;
    }
    int above = Math.getExponent(largest) + 1 - LOWEST_EXPONENT;
    int bucket = Math.max(1, -Math.floorDiv(-above, BUCKET_BITS));
    if (bucket >= BUCKETS) {
      throw new NonFiniteValueException(BUCKETS);
    }
    return bucket;
  }

  @Override
  public byte[] subject() {
    return toBytes();
  }

  @Override
  public String asked() {
    return question.name();
  }

  @Override
  public long parameters() {
    return question.parameters();
  }

  @Override
  public Optional<RowCounts> rows(S held) {
    return question.rows(held);
  }

  @Override
  public Ring ring() {
    return Ring.OF_WORDS;
  }

  @Override
  public byte[] toBytes() {
    return WordsKind.MAGNITUDE
        .begin()
        .integer(scaledLength)
        .bytes(question.toBytes())
        .toByteArray();
  }

  @Override
  public Form<Words<S>> form() {
    return new MagnitudeForm<>(question.form());
  }

  @Override
  public Site site() {
    return question.site();
  }
}
