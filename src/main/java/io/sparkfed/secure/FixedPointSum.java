package io.sparkfed.secure;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Sums vectors of real numbers through a sum of integer vectors modulo 2^64, so that the result has
 * the same bits in every mode and every order.
 *
 * <p>How large numbers are is found from the data before the first sum: of buckets of magnitudes,
 * sixteen times wide each, the sum says which is the largest that any worker reaches, for all
 * scaled coordinates together and for each run of exact ones ({@link Grids}). Secure sums tell the
 * driver no more than that. It is left out where the caller knows how large they can be, or all are
 * whole numbers. For the scaled coordinates another factor of sixteen is kept as headroom; where it
 * doesn't do, coordinates are saturated and counted in the result. Then, and where exact
 * coordinates have outgrown what was found, or a single one such as a loss has shrunk by a factor
 * of 256, it is found anew before the next sum. A cohort larger than those before makes the grid of
 * scaled coordinates coarser, so that its sum can't overflow.
 *
 * <p>One instance serves one purpose and is not thread-safe.
 */
public final class FixedPointSum implements VectorSum {
  private static final int HEADROOM_BITS = 4;

  /** The range where there are no scaled coordinates, or all are zero and so say nothing. */
  private static final int EXPONENT_OF_NOTHING = 20;

  private static final int LARGEST_OF_NOTHING = -256;

  /** Of a loss so much smaller than the first, gradients are too. */
  private static final int SHRUNK_BITS = 8;

  /** Of a range among its choices, before the grids. */
  private static final int NUMBERS = 3;

  private final RingSum ring;
  private final Layout layout;
  private final int scaledLength;
  private final Grids open;
  private OptionalInt expected = OptionalInt.empty();
  private Range range;

  /**
   * What is chosen.
   *
   * @param exponent scaled coordinates are at most 2^exponent
   * @param largestExponent none was larger than 2^largestExponent when it was chosen
   * @param workers most vectors in a sum so far
   * @param grids of the exact coordinates
   * @param first sizes of the exact parts in the first sum, as exponents; empty before it
   */
  private record Range(int exponent, int largestExponent, int workers, Grids grids, int[] first) {
    /** Returns the same for at least so many: a larger cohort needs a coarser grid. */
    Range atLeast(int cohort) {
      return cohort <= workers ? this : new Range(exponent, largestExponent, cohort, grids, first);
    }

    /** Returns the same after a sum. */
    Range after(int[] sizes) {
      return first.length > 0 ? this : new Range(exponent, largestExponent, workers, grids, sizes);
    }

    /** Returns whether a part is so much smaller by now that digits are missing. */
    boolean isTooCoarse(int[] sizes) {
      for (int k = 0; k < first.length; k++) {
        if (sizes[k] < first[k] - SHRUNK_BITS) {
          return true;
        }
      }
      return false;
    }

    FixedPoint codec(int scaledLength) {
      return FixedPoint.finest(scaledLength, exponent, largestExponent, workers, grids);
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
    this.layout = layout;
    this.scaledLength = layout.scaledLength();
    this.open = Grids.of(layout);
  }

  /** Returns how many words of 64 bits a vector travels as, through the sum below. */
  public static long words(Layout layout) {
    return FixedPoint.words(layout.scaledLength(), layout.exactLength());
  }

  @Override
  public <S> Opened<double[]> sum(Federation<S> federation, Visit visit, Question<S> question) {
    long bytesBefore = 0;
    int workers = visit.cohort().size();
    if (range == null && open.open() == 0 && (scaledLength == 0 || expected.isPresent())) {
      range = range(expected, open, workers);
    }
    if (range == null) {
      Opened<Range> opened = chooseRange(federation, visit, question);
      range = opened.value();
      bytesBefore = opened.messageBytes();
    }
    range = range.atLeast(workers);
    FixedPoint chosen = range.codec(scaledLength);
    Opened<long[]> opened = ring.sum(federation, visit, new EncodedAnswer<>(question, chosen));
    long saturated = chosen.saturated(opened.value());
    double[] sums = decode(chosen, opened.value(), opened.workers());
    if (saturated != 0) {
      expected = OptionalInt.empty();
    }
    int[] sizes = sizes(sums);
    boolean isAnother =
        saturated != 0
            || range.isTooCoarse(sizes)
            || range.grids().areOutgrown(open, sums, scaledLength, opened.workers());
    range = isAnother ? null : range.after(sizes);
    return new Opened<>(
        sums, opened.workers(), opened.dropouts(), bytesBefore + opened.messageBytes(), saturated);
  }

  @Override
  public int[] choices() {
    if (range == null) {
      return new int[0];
    }
    return Stream.of(
            new int[] {range.exponent(), range.largestExponent(), range.workers()},
            range.grids().exponents(),
            range.first())
        .flatMapToInt(Arrays::stream)
        .toArray();
  }

  @Override
  public void expect(double largest, int workers) {
    if (range == null) {
      expected = OptionalInt.of(Math.getExponent(largest) + 1);
    }
  }

  @Override
  public void restore(int[] choices) {
    int[] lengths = open.lengths();
    int all = NUMBERS + lengths.length;
    if (choices.length != 0
        && choices.length != all
        && choices.length != all + exactParts().count()) {
      throw new IllegalArgumentException(
          "a range must be two exponents, a number of workers, the grids of the exact parts and the"
              + " sizes of these");
    }
    range =
        choices.length == 0
            ? null
            : new Range(
                choices[0],
                choices[1],
                choices[2],
                new Grids(lengths, Arrays.copyOfRange(choices, NUMBERS, all)),
                Arrays.copyOfRange(choices, all, choices.length));
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
    AnswersMagnitude<S> magnitude = new AnswersMagnitude<>(question, scaledLength, open);
    return ring.sum(federation, probe, magnitude)
        .map(buckets -> found(magnitude.tops(buckets), workers));
  }

  private Range found(int[] tops, int workers) {
    boolean hasScaled = scaledLength > 0;
    OptionalInt top =
        hasScaled && tops[0] != Grids.NOTHING ? OptionalInt.of(tops[0]) : OptionalInt.empty();
    Grids grids = open.found(layout, Arrays.copyOfRange(tops, hasScaled ? 1 : 0, tops.length));
    return expected.isPresent() || top.isEmpty()
        ? range(expected, grids, workers)
        : new Range(top.getAsInt() + HEADROOM_BITS, top.getAsInt(), workers, grids, new int[0]);
  }

  private static Range range(OptionalInt exponent, Grids grids, int workers) {
    return exponent.isPresent()
        ? new Range(exponent.getAsInt(), exponent.getAsInt(), workers, grids, new int[0])
        : new Range(EXPONENT_OF_NOTHING, LARGEST_OF_NOTHING, workers, grids, new int[0]);
  }

  /** Returns the exact parts that don't cancel on the way to an optimum, as a gradient does. */
  private Stream<Layout.Part> exactParts() {
    return layout.parts().stream()
        .filter(
            part ->
                (part.length() == 1 && part.kind() == Layout.Kind.EXACT)
                    || (part.length() > 0 && part.kind() == Layout.Kind.ALIKE));
  }

  /** Returns the exponent of the largest sum of each exact part. */
  private int[] sizes(double[] sums) {
    return exactParts()
        .mapToInt(
            part ->
                IntStream.range(part.from(), part.from() + part.length())
                    .map(j -> Math.getExponent(sums[j]))
                    .max()
                    .getAsInt())
        .toArray();
  }
}
