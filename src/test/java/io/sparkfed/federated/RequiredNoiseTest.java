package io.sparkfed.federated;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.data.Shard;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.NoisySum;
import io.sparkfed.secure.UnderPolicies;
import io.sparkfed.secure.keys.Budget;
import io.sparkfed.secure.keys.KeysWithPolicies;
import io.sparkfed.testing.Table;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** An owner that demands noise answers nothing of the list without it. */
class RequiredNoiseTest {
  private static final Visit VISIT = new Visit("asked", 1, List.of("a"));

  private final KeysWithPolicies keys =
      new KeysWithPolicies().with("a", new Budget(true, "all", 100.0, 1e-6, 100.0, 1));

  /** Asks the owner, and nobody else. */
  private final RingSum atTheOwner =
      new RingSum() {
        @Override
        public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
          keys.open("a").requireAllowed(words, null);
          throw new AssertionError("it was allowed");
        }
      };

  /** What is held doesn't matter: it isn't looked at. */
  private static InProcessFederation<Object> workers() {
    Shard shard =
        Table.of(new double[][] {{1, 2}, {3, -4}, {0, 5}}, new double[] {1, 1, 1}).shard("a");
    return new InProcessFederation<>(Map.of("a", shard));
  }

  @Test
  @SuppressWarnings("unchecked")
  void sum_anyStatementWithoutNoise_isRefused() {
    for (Statement<?> statement : StatementsTest.ofEveryKind()) {
      Question<Object> asked = (Question<Object>) statement;
      RefusedException refused =
          assertThrows(
              RefusedException.class,
              () -> new FixedPointSum(atTheOwner, asked.layout()).sum(workers(), VISIT, asked),
              statement::toString);
      assertEquals(OwnersRule.DP_REQUIRED, refused.rule());
    }
  }

  /** A statement has a bound of what a row does, or can't be released at all. */
  @Test
  @SuppressWarnings("unchecked")
  void sum_anyStatementAsARelease_isAnsweredIfARowIsBounded() {
    Zcdp cost = Zcdp.within(0.1, 1e-6);
    UnderPolicies ring = new UnderPolicies(keys, new InsecurePlainSum(1), new byte[32]);
    NoisySum noised = new NoisySum(ring, cost, Zcdp.within(50.0, 1e-6), 1);
    Set<String> answered = new TreeSet<>();
    for (Statement<?> statement : StatementsTest.ofEveryKind()) {
      Question<Object> asked = (Question<Object>) statement;
      if (asked.rowBound().isPresent()) {
        double[] sum = noised.sum(workers(), VISIT, asked).value();
        assertEquals(asked.layout().length(), sum.length);
        answered.add(statement.getClass().getSimpleName());
      } else {
        assertThrows(
            IllegalArgumentException.class,
            () -> noised.sum(workers(), VISIT, asked),
            statement::toString);
      }
    }
    assertTrue(answered.stream().allMatch(name -> name.endsWith("Within")), answered.toString());
    assertEquals(8, answered.size(), answered.toString());
  }
}
