package io.sparkfed.federated.noised;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * Where a fit from noised gradients has been. Its model is the mean of the last half of the
 * iterates. Not safe for use by several threads.
 */
final class Course {
  private static final String BEGUN = "first iterate";
  private static final String STEPPED = "iterate after a step";
  private static final String MIDDLE = "iterate before the last";
  private static final String ITERATE = "iterate";
  private static final String SUM = "sum of iterates";
  private static final String BEFORE = "gradients before the first step";
  static final Set<String> KEPT = Set.of(BEGUN, STEPPED, MIDDLE, ITERATE, SUM, BEFORE);

  private final int rounds;

  /** The first iterate that is near the model. */
  private double[] begun;

  private double[] stepped;
  private double[] middle;
  private double[] iterate;
  private double[] sum;

  /** Of how many gradients none is a step: of 1 that says where steps begin, or 0. */
  private int before;

  private int done;

  /**
   * Begins at zero.
   *
   * @param size d
   * @param rounds T, at least 1
   */
  Course(int size, int rounds) {
    this.rounds = rounds;
    begun = new double[size];
    stepped = begun;
    middle = begun;
    iterate = begun;
    sum = new double[size];
  }

  /** Goes on to an iterate. */
  void to(double[] next) {
    iterate = next;
    done++;
    begun = done <= before ? next : begun;
    stepped = done <= before + 1 ? next : stepped;
    middle = done <= rounds - last() ? next : middle;
    if (done > rounds - Steps.averaged(rounds)) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += next[j];
      }
    }
  }

  /** Says that steps begin where the first gradient leads to. */
  void beginNext() {
    before = 1;
  }

  double[] iterate() {
    return iterate;
  }

  int done() {
    return done;
  }

  boolean isOver() {
    return done == rounds;
  }

  /** Returns the mean of the last iterates. */
  double[] mean() {
    int counted = Math.max(1, done - (rounds - Steps.averaged(rounds)));
    return Arrays.stream(sum).map(s -> s / counted).toArray();
  }

  /** Returns the way from the first iterate to the model. */
  double[] way() {
    return difference(begun, mean());
  }

  /** A part of the course: how far it went, in so many steps. */
  record Leg(double[] way, int steps) {}

  /** Returns the first step. */
  Leg firstStep() {
    return new Leg(difference(begun, stepped), 1);
  }

  /** Returns what is before the last leg; of no steps where there are too few. */
  Leg firstLeg() {
    return new Leg(difference(begun, middle), Math.max(0, rounds - last() - before));
  }

  /** Returns the last steps, an even number. */
  Leg lastLeg() {
    return new Leg(difference(middle, iterate), last());
  }

  /** Returns all steps. */
  Leg all() {
    return new Leg(difference(begun, iterate), rounds - before);
  }

  private int last() {
    return Math.max(2, Steps.averaged(rounds) / 2 * 2);
  }

  private static double[] difference(double[] from, double[] to) {
    double[] difference = to.clone();
    for (int j = 0; j < difference.length; j++) {
      difference[j] -= from[j];
    }
    return difference;
  }

  /** Adds what {@link #restore} needs. */
  void save(Map<String, double[]> values) {
    values.put(BEGUN, begun);
    values.put(STEPPED, stepped);
    values.put(MIDDLE, middle);
    values.put(ITERATE, iterate);
    values.put(SUM, sum);
    values.put(BEFORE, new double[] {before});
  }

  /** Goes on where another course was saved. */
  void restore(Map<String, double[]> values, int doneBefore) {
    begun = values.get(BEGUN).clone();
    stepped = values.get(STEPPED).clone();
    middle = values.get(MIDDLE).clone();
    iterate = values.get(ITERATE).clone();
    sum = values.get(SUM).clone();
    before = (int) values.get(BEFORE)[0];
    done = doneBefore;
  }
}
