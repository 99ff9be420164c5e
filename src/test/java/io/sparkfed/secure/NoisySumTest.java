package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.privacy.Release;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.keys.Budget;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.KeysWithPolicies;
import io.sparkfed.secure.keys.Limits;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Policy;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.testing.Asked;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Opened sums against the exact ones, and what owners let pass. */
class NoisySumTest {
  private static final List<String> WORKERS = List.of("a", "b", "c", "d");
  private static final int LENGTH = 1000;
  private static final double BOUND = 0.75;
  private static final Zcdp COST = Zcdp.within(1.0, 1e-5);

  /** Sums that have an owner's side. */
  enum Mode {
    MASKED,
    SECURE_WORKER,
    COMMITTEE;

    RingSum sum(KeyRing keys) {
      return switch (this) {
        case MASKED -> new MaskedSum(keys, 3);
        case SECURE_WORKER -> new SealedSum(keys, Set.of("agg-1"), 3);
        case COMMITTEE -> new SealedSum(keys, Set.of("agg-1", "agg-2"), 3);
      };
    }
  }

  /** A question that says how far a row can move its answers. */
  private record Bounded<S>(Question<S> question, double bound) implements Question<S> {
    @Override
    public OptionalDouble rowBound() {
      return OptionalDouble.of(bound);
    }

    @Override
    public Layout layout() {
      return question.layout();
    }

    @Override
    public double[] answer(String worker, S held) {
      return question.answer(worker, held);
    }

    @Override
    public byte[] toBytes() {
      return question.toBytes();
    }

    @Override
    public Form<Question<S>> form() {
      Form<Question<S>> form = question.form();
      double own = bound;
      return (bytes, site) -> new Bounded<>(form.read(bytes, site), own);
    }
  }

  /** Each worker's number, over and over; a worker that is left out fails. */
  private static Question<Double> question(String leftOut) {
    return new Bounded<>(
        Asked.vector(
            LENGTH,
            0,
            (worker, held) -> {
              if (worker.equals(leftOut)) {
                throw new ProtocolException("not here");
              }
              double[] answer = new double[LENGTH];
              Arrays.fill(answer, held);
              return answer;
            }),
        BOUND);
  }

  private static Federation<Double> workers(List<String> names) {
    Map<String, Double> held = new TreeMap<>();
    names.forEach(worker -> held.put(worker, Math.scalb(held.size() + 1.0, -3)));
    return new InProcessFederation<>(held);
  }

  private static Opened<double[]> sum(NoisySum sum, Question<Double> question) {
    return sum.sum(workers(WORKERS), new Visit("sum", 0, WORKERS), question);
  }

  private static NoisySum noisy(RingSum ring, int honest) {
    return new NoisySum(ring, COST, COST, honest);
  }

  /**
   * Four shares of a third are 4/3 of what is paid for; four of a quarter, of five asked, are 1.
   */
  @ParameterizedTest
  @CsvSource({"4, 3, 400", "5, 4, 100"})
  void sum_masked_hasTheNoiseThatIsPaidForAndNoOther(int cohort, int honest, int sums) {
    NoisySum sum = noisy(new MaskedSum(ThrowAwayKeys.random(), 3), honest);
    Question<Double> question = question("e");
    List<String> asked = List.of("a", "b", "c", "d", "e").subList(0, cohort);
    double paid = Math.pow(BOUND / COST.mu(), 2.0);
    double[] moments = new double[5];
    for (int i = 0; i < sums; i++) {
      Opened<double[]> opened = sum.sum(workers(asked), new Visit("sum", 0, asked), question);
      assertEquals(4, opened.workers());
      for (double number : opened.value()) {
        double noise = number - 1.25;
        moments[1] += noise;
        moments[2] += noise * noise;
        moments[4] += noise * noise * noise * noise;
      }
    }
    double n = (double) sums * LENGTH;
    double variance = moments[2] / n;
    double expected = paid * 4.0 / honest;

    assertEquals(0.0, moments[1] / n, 5.0 * Math.sqrt(expected / n));
    assertEquals(expected, variance, Math.max(0.01, 5.0 * Math.sqrt(2.0 / n)) * expected);
    assertEquals(3.0, moments[4] / n / (variance * variance), 5.0 * Math.sqrt(96.0 / n));
    assertEquals(Math.sqrt(expected), sum.deviation(question, cohort, 4), 1e-6);
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void sum_eachMode_isNearTheExactOneAndFreshInEachSession(Mode mode) {
    NoisySum sum = noisy(mode.sum(ThrowAwayKeys.random()), 3);
    Question<Double> question = question("nobody");

    double[] first = sum(sum, question).value();
    double[] second = sum(sum, question).value();

    assertFalse(Arrays.equals(first, second));
    for (double[] opened : List.of(first, second)) {
      double squares = Arrays.stream(opened).map(v -> (v - 1.25) * (v - 1.25)).sum();
      double expected = Math.pow(sum.deviation(question, 4, 4), 2.0);
      assertEquals(expected, squares / LENGTH, 0.3 * expected);
    }
  }

  /** A task that runs again sends the same; of another session or vector, other noise. */
  @Test
  void released_again_isTheSameAndChargedOnce() {
    KeysWithPolicies keys = budgets(1.0, 3);
    Owner owner = keys.open("a");
    NoisyAnswer<Double> asked = NoisyAnswer.of(question("nobody"), 4, COST, 3, COST);
    long[] exact = {5, 6, 7};
    long[] first = released(owner, asked, exact, "x");

    assertArrayEquals(first, released(owner, asked, exact, "x"));
    assertArrayEquals(new long[] {5, 6, 7}, exact);
    refused(OwnersRule.DP_EPSILON_PER_RUN, () -> released(owner, asked, exact, "y"));
    refused(OwnersRule.DP_EPSILON_PER_RUN, () -> released(owner, asked, new long[] {5}, "x"));
  }

  private static long[] released(Owner owner, Words<Double> asked, long[] exact, String session) {
    return owner.released(
        asked, 0.0, new byte[32], 3, exact, hash -> owner.keys().derive(session, hash));
  }

  private static void refused(OwnersRule rule, Runnable broken) {
    assertEquals(rule, assertThrows(RefusedException.class, broken::run).rule());
  }

  private static KeysWithPolicies budgets(double epsilon, int honest) {
    KeysWithPolicies keys = new KeysWithPolicies();
    WORKERS.forEach(
        worker -> keys.with(worker, new Budget(true, "all", epsilon, 1e-5, epsilon, honest)));
    return keys;
  }

  /** Owners that demand noise let releases pass until their budgets are spent. */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void sum_underBudgets_passesUntilTheyAreSpent(Mode mode) {
    NoisySum sum = noisy(mode.sum(budgets(2.0, 3)), 3);
    int passed = 0;
    while (COST.times(passed + 1).epsilon(1e-5) <= 2.0) {
      sum(sum, question("nobody"));
      passed++;
    }
    assertTrue(passed > 2);

    CohortException refused =
        assertThrows(CohortException.class, () -> sum(sum, question("nobody")));

    assertTrue(refused.getMessage().contains("(dp.epsilon"), refused.getMessage());
  }

  @ParameterizedTest
  @EnumSource(Mode.class)
  void sum_thatReliesOnMoreWorkersThanItsOwners_isRefused(Mode mode) {
    CohortException refused =
        assertThrows(
            CohortException.class,
            () -> sum(noisy(mode.sum(budgets(2.0, 2)), 3), question("nobody")));

    assertTrue(refused.getMessage().contains("(dp.honest-workers)"), refused.getMessage());
    sum(noisy(mode.sum(budgets(2.0, 2)), 1), question("nobody"));
  }

  /**
   * A bound on updates doesn't hold a release, and what may be told of its rows the budget says; an
   * owner without a budget would let as little noise pass as the driver likes.
   */
  @ParameterizedTest
  @EnumSource(Mode.class)
  void sum_ownersThatBoundUpdates_isAnsweredForABudgetAlone(Mode mode) {
    Policy bounding = new Policy(3, 2, 2 * LENGTH, new Clip(1e-9), 0.1, Optional.empty());
    KeysWithPolicies keys = new KeysWithPolicies();
    WORKERS.forEach(worker -> keys.with(worker, bounding, Limits.NONE));

    CohortException refused =
        assertThrows(
            CohortException.class, () -> sum(noisy(mode.sum(keys), 3), question("nobody")));

    assertTrue(refused.getMessage().contains("(clip)"), refused.getMessage());
    WORKERS.forEach(worker -> keys.with(worker, new Budget(false, "all", 2.0, 1e-5, 2.0, 3)));
    sum(noisy(mode.sum(keys), 3), question("nobody"));
    EncodedAnswer<Double> bare =
        new EncodedAnswer<>(question("nobody"), new FixedPoint(LENGTH, 8.0, 20, 4));
    refused =
        assertThrows(
            CohortException.class,
            () -> mode.sum(keys).sum(workers(WORKERS), new Visit("sum", 0, WORKERS), bare));
    assertTrue(refused.getMessage().contains("(clip)"), refused.getMessage());
  }

  /** Where workers are missing, so is their noise: no sum may be opened over fewer. */
  @ParameterizedTest
  @EnumSource(
      value = Mode.class,
      names = {"SECURE_WORKER", "COMMITTEE"})
  void sum_thatReliesOnMoreWorkersThanItMayHave_isRefused(Mode mode) {
    CohortException refused =
        assertThrows(
            CohortException.class,
            () -> sum(noisy(mode.sum(ThrowAwayKeys.random()), 4), question("nobody")));

    assertTrue(refused.getMessage().contains("(dp.honest-workers)"), refused.getMessage());
  }

  /** In the clear each vector has all noise by itself, and none leaves without an owner. */
  @Test
  void sum_inTheClear_hasAllNoiseOnEachVector() {
    RingSum plain = new InsecurePlainSum(3);
    KeysWithPolicies keys = budgets(2.0, 3);
    NoisySum alone = noisy(new UnderPolicies(keys, plain, new byte[32]), 1);
    Question<Double> question = question("nobody");
    double squares =
        Arrays.stream(sum(alone, question).value()).map(v -> (v - 1.25) * (v - 1.25)).sum();
    double expected = 4.0 * Math.pow(BOUND / COST.mu(), 2.0);
    assertEquals(expected, squares / LENGTH, 0.3 * expected);

    NoisySum together = noisy(new UnderPolicies(keys, plain, new byte[32]), 3);
    CohortException refused = assertThrows(CohortException.class, () -> sum(together, question));
    assertTrue(refused.getMessage().contains("(dp.honest-workers)"), refused.getMessage());
    assertThrows(AggregationException.class, () -> sum(noisy(plain, 1), question));
  }

  /** The exact vectors with and without a row differ by less than what the noise is for. */
  @Test
  void release_rowsOfTheBound_differByNoMoreThanTheSensitivity() {
    for (double bound : new double[] {1e-9, 0.5, 0.75, 1.0, 3e7}) {
      for (int length : new int[] {1, 14, 1000}) {
        Question<double[]> question =
            new Bounded<>(Asked.vector(length, 0, (worker, held) -> held), bound);
        NoisyAnswer<double[]> asked = NoisyAnswer.of(question, 4, COST, 1, COST);
        double[] without = new double[length];
        double[] with = new double[length];
        for (int j = 0; j < length; j++) {
          without[j] = bound * Math.sin(7.0 * j + length);
          with[j] = without[j] + bound / Math.sqrt(length) * (j % 2 == 0 ? 1.0 : -1.0);
        }
        long[] one = exact(asked, without);
        long[] other = exact(asked, with);
        double squares = 0.0;
        for (int j = 0; j < length; j++) {
          squares += Math.pow((double) (one[j] - other[j]), 2.0);
        }
        Release release = asked.release().orElseThrow();
        double sensitivity = release.sensitivity().doubleValue();

        assertTrue(Math.sqrt(squares) <= sensitivity);
        assertTrue(Math.sqrt(squares) >= 0.9 * sensitivity);
        assertTrue(COST.covers(release.cost()));
        assertEquals(COST.rho().doubleValue(), release.cost().rho().doubleValue(), 1e-9);
        Words<double[]> read = Asked.travelled(asked);
        assertEquals(release, read.release().orElseThrow());
        assertArrayEquals(asked.toBytes(), read.toBytes());
      }
    }
  }

  private static long[] exact(Words<double[]> words, double[] held) {
    return words.of("a", held, new OwnersSide(Clip.NONE, () -> new byte[32], exact -> exact));
  }

  @Test
  void release_ofAQuestionWithoutABoundOrWithExactNumbers_isRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> NoisyAnswer.of(Asked.vector(3, 0, (worker, held) -> null), 4, COST, 1, COST));
    assertThrows(
        IllegalArgumentException.class,
        () ->
            NoisyAnswer.of(
                new Bounded<>(Asked.vector(3, 1, (worker, held) -> null), 1.0), 4, COST, 1, COST));
    assertThrows(
        IllegalArgumentException.class, () -> NoisyAnswer.of(question("nobody"), 4, COST, 5, COST));
  }
}
