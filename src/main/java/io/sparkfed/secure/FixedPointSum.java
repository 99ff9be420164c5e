package io.sparkfed.secure;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;

/**
 * Sums vectors of real numbers through a sum of integer vectors modulo 2^64, so that the result has
 * the same bits in every mode and every order.
 *
 * <p>The range of the scaled coordinates is chosen from the data before the first sum: of buckets
 * of magnitudes, sixteen times wide each, the sum says which is the largest that any worker
 * reaches. Secure sums tell the driver no more than that. It is left out where the caller knows how
 * large they can be. Another factor of sixteen is kept as headroom; where it doesn't do,
 * coordinates are saturated and counted in the result, and the range is chosen anew before the next
 * sum. A cohort larger than those before makes the grid coarser, so that its sum can't overflow.
 *
 * <p>One instance serves one purpose and is not thread-safe.
 */
public final class FixedPointSum implements VectorSum {
  private static final int HEADROOM_BITS = 4;

  /** The range where there are no scaled coordinates, or all are zero and so say nothing. */
  private static final int EXPONENT_OF_NOTHING = 20;

  private final RingSum ring;
  private final int scaledLength;
  private Range range;

  /**
   * What the grid is made from.
   *
   * @param exponent scaled coordinates are at most 2^exponent
   * @param workers most vectors in a sum so far
   */
  private record Range(int exponent, int workers) {
    /** Returns the same for at least so many: a larger cohort needs a coarser grid. */
    Range atLeast(int cohort) {
      return cohort <= workers ? this : new Range(exponent, cohort);
    }

    FixedPoint codec(int scaledLength) {
      return FixedPoint.finest(scaledLength, exponent, workers);
    }
  }

  /**
   * Creates a sum.
   *
   * @param ring the sum of integer vectors it travels through
   * @param layout of the vectors
   */
  public FixedPointSum(RingSum ring, Layout layout) {
    this.ring = ring;
    this.scaledLength = layout.scaledLength();
  }

  /** Returns how many words of 64 bits a vector travels as, through the sum below. */
  public static long words(Layout layout) {
    return FixedPoint.words(layout.scaledLength(), layout.exactLength());
  }

  @Override
  public <S> Opened<double[]> sum(Federation<S> federation, Visit visit, Question<S> question) {
    long bytesBefore = 0;
    if (range == null && scaledLength == 0) {
      range = new Range(EXPONENT_OF_NOTHING, visit.cohort().size());
    }
    if (range == null) {
      Opened<Range> opened = chooseRange(federation, visit, question);
      range = opened.value();
      bytesBefore = opened.messageBytes();
    }
    range = range.atLeast(visit.cohort().size());
    FixedPoint chosen = range.codec(scaledLength);
    Opened<long[]> opened = opened(federation, visit, new EncodedAnswer<>(question, chosen));
    long saturated = chosen.saturated(opened.value());
    if (saturated != 0) {
      range = null;
    }
    return new Opened<>(
        decode(chosen, opened.value(), opened.workers()),
        opened.workers(),
        opened.dropouts(),
        bytesBefore + opened.messageBytes(),
        saturated);
  }

  @Override
  public int[] choices() {
    return range == null ? new int[0] : new int[] {range.exponent(), range.workers()};
  }

  @Override
  public void expect(double largest, int workers) {
    if (range == null) {
      range = new Range(Math.getExponent(largest) + 1, workers);
    }
  }

  @Override
  public void restore(int[] choices) {
    if (choices.length != 0 && choices.length != 2) {
      throw new IllegalArgumentException("a range must be an exponent and a number of workers");
    }
    range = choices.length == 0 ? null : new Range(choices[0], choices[1]);
  }

  private static double[] decode(FixedPoint codec, long[] sums, int workers) {
    try {
      return codec.decode(sums, workers);
    } catch (IllegalArgumentException e) {
      throw new AggregationException("the opened sum is not one of valid vectors", e);
    }
  }

  private <S> Opened<Range> chooseRange(
      Federation<S> federation, Visit visit, Question<S> question) {
    Visit probe =
        new Visit(
            visit.phase(),
            "choosing the range of sums (" + visit.cohort().size() + " workers)",
            visit.round(),
            visit.cohort(),
            visit.least());
    int workers = visit.cohort().size();
    return opened(federation, probe, new AnswersMagnitude<>(question, scaledLength))
        .map(buckets -> new Range(exponent(buckets), workers));
  }

  /**
   * A sum that everybody must be in is tried once more, as nothing was opened: who was late, or
   * lost with an executor, may be back.
   */
  private <S> Opened<long[]> opened(Federation<S> federation, Visit visit, Words<S> words) {
    try {
      return ring.sum(federation, visit, words);
    } catch (CohortException e) {
      if (!visit.demandsAll() || e.isRefused()) {
        throw e;
      }
      return ring.sum(federation, visit, words);
    }
  }

  /** Returns the exponent of the range above the largest bucket in use. */
  private static int exponent(long[] buckets) {
    int exponent = EXPONENT_OF_NOTHING;
    for (int b = buckets.length - 1; b > 0; b--) {
      if (buckets[b] != 0) {
        exponent = AnswersMagnitude.exponentAbove(b) + HEADROOM_BITS;
        break;
      }
    }
    return exponent;
  }
}
