package io.sparkfed.secure;

import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.Words;
import io.sparkfed.hint.Worded;
import io.sparkfed.privacy.Release;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A worker's answer on a public grid, {@code rint(v 2^f)}, with its share of noise on each number.
 * Where no owner adds noise there is no answer.
 *
 * <p>A row moves the numbers by at most the question's bound C, and rounding two vectors moves each
 * number by at most 1 more: so {@code D = C 2^f + sqrt(d)}, of which a worker takes nothing from
 * the driver but f. A number that has no room is cut off, which moves it by no more.
 *
 * @param <S> what a worker holds
 * @param question what is asked: it has a bound, and numbers of one scale alone
 * @param fractionBits f
 * @param workers most vectors in the sum
 * @param variance of the noise that is paid for, on the grid
 * @param honestWorkers of how many workers together
 * @param plan what all releases of the run cost
 */
record NoisyAnswer<S>(
    Question<S> question,
    int fractionBits,
    int workers,
    BigInteger variance,
    int honestWorkers,
    Zcdp plan)
    implements QuestionWords<S> {
  private static final System.Logger LOG = System.getLogger(NoisyAnswer.class.getName());
  private static final double LEAST_BOUND = 0x1p-250;

  /** A bound is between 2^29 and 2^30 on its grid. */
  private static final int BOUND_BITS = 29;

  /** A sum of vectors stays below 2^60, and so does 40 times the noise's deviation. */
  private static final int SUM_BITS = 60;

  private static final int NOISE_BITS = 2 * (SUM_BITS - 6);

  /** Reads what is asked. */
  private record NoisyForm<S>(Form<Question<S>> ofQuestion) implements Form<Words<S>> {
    @Override
    public Words<S> read(byte[] bytes, Site site) {
      WireReader in = new WireReader(bytes);
      return WordsKind.RELEASED.checked(
          in,
          () -> {
            int fractionBits = in.integer();
            int workers = in.integer();
            BigInteger variance = new BigInteger(in.bytes());
            int honestWorkers = in.integer();
            Zcdp plan = new Zcdp(new BigDecimal(in.text()));
            Question<S> question = ofQuestion.read(in.bytes(), site);
            in.end();
            return new NoisyAnswer<>(
                question, fractionBits, workers, variance, honestWorkers, plan);
          });
    }
  }

  /**
   * @throws IllegalArgumentException if the question has no bound or exact numbers, or a sum could
   *     overflow
   */
  NoisyAnswer {
    if (question.layout().exactLength() > 0 || question.rowBound().isEmpty()) {
      throw new IllegalArgumentException(
          "only numbers of one scale, which a row moves by a bound, can be released: "
              + question.name());
    }
    // What a row adds below this range would be lost in rounding that nobody counts.
    double bound = question.rowBound().getAsDouble();
    if (!(bound >= LEAST_BOUND && bound <= 1.0 / LEAST_BOUND)) {
      throw new IllegalArgumentException(
          "a row must move a sum by at least 2^-250 and at most 2^250. Provided value: " + bound);
    }
    if (workers < 1
        || honestWorkers > workers
        || variance.signum() <= 0
        || variance.multiply(BigInteger.valueOf(workers)).bitLength() > NOISE_BITS) {
      throw new IllegalArgumentException("a sum with its noise must have room in 64 bits");
    }
    release(question, fractionBits, variance, honestWorkers, plan);
  }

  /**
   * Returns what reads what is asked.
   *
   * @param ofQuestion reads the question
   */
  static <S> Form<Words<S>> form(Form<Question<S>> ofQuestion) {
    return new NoisyForm<>(ofQuestion);
  }

  /** Asks for a release that costs no more than it may. */
  static <S> NoisyAnswer<S> of(
      Question<S> question, int workers, Zcdp cost, int honestWorkers, Zcdp plan) {
    int fractionBits = BOUND_BITS - Math.getExponent(question.rowBound().orElse(1.0));
    return new NoisyAnswer<>(
        question,
        fractionBits,
        workers,
        cost.leastVariance(sensitivity(question, fractionBits)),
        honestWorkers,
        plan);
  }

  private static BigDecimal sensitivity(Question<?> question, int fractionBits) {
    double root = Math.ceil(Math.sqrt(question.layout().length()));
    return new BigDecimal(Math.scalb(question.rowBound().orElse(0.0), fractionBits))
        .add(new BigDecimal(root));
  }

  private static Release release(
      Question<?> question, int fractionBits, BigInteger variance, int honestWorkers, Zcdp plan) {
    return new Release(sensitivity(question, fractionBits), variance, honestWorkers, plan);
  }

  @Override
  public Optional<Release> release() {
    return Optional.of(release(question, fractionBits, variance, honestWorkers, plan));
  }

  /** Nobody adds noise here. */
  @Override
  public long[] of(String worker, S held) {
    throw new ProtocolException("a release must have its owner's noise");
  }

  @Override
  public long[] of(String worker, S held, OwnersSide owner) {
    double[] answer = orZeros(() -> question.answer(worker, held, owner.clip()));
    long[] words = new long[answer.length];
    long most = (1L << SUM_BITS) / workers;
    for (int j = 0; j < answer.length; j++) {
      long rounded = (long) Math.rint(Math.scalb(answer[j], fractionBits));
      words[j] = Math.max(-most, Math.min(most, rounded));
    }
    return owner.noise().apply(words);
  }

  /**
   * Returns an answer, or zeros where it can't be computed or isn't one of numbers: that may depend
   * on a row, and whoever saw it fail would be told so without noise, and unpaid. What is refused
   * whatever the rows are is refused as always.
   */
  private double[] orZeros(Supplier<double[]> answer) {
    String why;
    try {
      double[] numbers = answer.get();
      if (numbers.length == question.layout().length()
          && Arrays.stream(numbers).allMatch(Double::isFinite)) {
        return numbers;
      }
      why = "its numbers are not finite, or too many";
    } catch (ProtocolException e) {
      throw e;
    } catch (RuntimeException e) {
      why = e instanceof Worded ? e.getMessage() : e.getClass().getSimpleName();
    }
    LOG.log(
        System.Logger.Level.ERROR,
        "{0} can't be answered from this worker''s rows; zeros with noise stand for them ({1})",
        question.name(),
        why);
    return new double[question.layout().length()];
  }

  /** Returns the numbers of an opened sum. */
  double[] decode(long[] sum) {
    double[] numbers = new double[sum.length];
    for (int j = 0; j < sum.length; j++) {
      numbers[j] = Math.scalb((double) sum[j], -fractionBits);
    }
    return numbers;
  }

  @Override
  public byte[] subject() {
    return WordsKind.RELEASED.begin().bytes(question.subject()).toByteArray();
  }

  @Override
  public Ring ring() {
    return Ring.OF_WORDS;
  }

  @Override
  public byte[] toBytes() {
    return gridded().bytes(question.toBytes()).toByteArray();
  }

  @Override
  public byte[] rounding() {
    return grid().toByteArray();
  }

  private WireWriter grid() {
    return WordsKind.RELEASED.begin().integer(fractionBits).integer(workers);
  }

  private WireWriter gridded() {
    return grid().bytes(variance.toByteArray()).integer(honestWorkers).text(plan.rho().toString());
  }

  @Override
  public Form<Words<S>> form() {
    return form(question.form());
  }
}
