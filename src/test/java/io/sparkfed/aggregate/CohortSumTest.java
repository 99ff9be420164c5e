package io.sparkfed.aggregate;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.aggregate.CohortSum.Ruling;
import io.sparkfed.aggregate.CohortSum.Verdict;
import io.sparkfed.aggregate.GroupTask.Member;
import io.sparkfed.testing.Asked;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.WireWriter;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The secure worker trusts nobody's bookkeeping: exactly one message of each worker, or nothing.
 */
class CohortSumTest {

  private static final List<String> COHORT = List.of("a", "b", "c");

  static Stream<Arguments> wrongCohorts() {
    return Stream.of(
        Arguments.of("missing", List.of(ok("a", 1), ok("b", 2))),
        Arguments.of("duplicate", List.of(ok("a", 1), ok("b", 2), ok("c", 3), ok("c", 3))),
        Arguments.of("duplicate for a missing one", List.of(ok("a", 1), ok("b", 2), ok("b", 2))),
        Arguments.of("foreign", List.of(ok("a", 1), ok("b", 2), ok("c", 3), ok("d", 4))),
        Arguments.of("foreign for a missing one", List.of(ok("a", 1), ok("b", 2), ok("d", 4))),
        Arguments.of("another length", List.of(ok("a", 1), ok("b", 2), ok("c", 3, 4))),
        Arguments.of("nobody", List.of()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("wrongCohorts")
  void combine_notOneMessageOfEachWorker_opensNothing(String what, List<PlainMessage> messages) {
    Verdict verdict = new CohortSum(COHORT, 1, Ring.OF_WORDS).combine(messages);

    assertEquals(Ruling.WRONG_COHORT, verdict.ruling(), what);
    assertEquals(0, verdict.sums().length);
    AggregationException refused = assertThrows(AggregationException.class, () -> verdict.open(1));
    assertEquals(
        "the messages are not exactly one from each worker of the cohort, of one length",
        refused.getMessage());
  }

  @Test
  void combine_wholeCohort_opensTheSum() {
    Verdict verdict =
        new CohortSum(COHORT, 3, Ring.OF_WORDS)
            .combine(List.of(ok("c", 3, 30), ok("a", 1, 10), ok("b", 2, 20)));

    assertEquals(Ruling.OPENED, verdict.ruling());
    assertArrayEquals(new long[] {6, 60}, verdict.open(3).value());
    assertEquals(48, verdict.messageBytes());
  }

  /** Too few is ruled first: one worker's NaN among two others' must not be singled out. */
  @Test
  void combine_tooFewAndOneNotFinite_rulesTooFew() {
    Verdict verdict =
        new CohortSum(COHORT, 3, Ring.OF_WORDS)
            .combine(List.of(ok("a", 1), notFinite("b"), failed("c")));

    assertEquals(Ruling.TOO_FEW, verdict.ruling());
    assertEquals(2, verdict.workers());
    assertEquals(1, verdict.dropouts());
  }

  @Test
  void combine_everybodyFailed_rulesTooFew() {
    Verdict verdict = new CohortSum(List.of("a"), 1, Ring.OF_WORDS).combine(List.of(failed("a")));

    assertEquals(Ruling.TOO_FEW, verdict.ruling());
    assertEquals(1, verdict.dropouts());
  }

  @Test
  void combine_repeated_givesTheSameAndChangesNoMessage() {
    List<PlainMessage> messages = List.of(ok("a", 1), ok("b", 2), ok("c", 3));
    CohortSum sum = new CohortSum(COHORT, 1, Ring.OF_WORDS);

    assertArrayEquals(new long[] {6}, sum.combine(messages).sums());
    assertArrayEquals(new long[] {6}, sum.combine(messages).sums());
    assertEquals(1L, messages.get(0).sums()[0]);
  }

  @Test
  void constructor_minimumBelowOne_isRefusedWithTheValue() {
    assertEquals(
        "min-workers must be >= 1. Provided value: 0",
        assertThrows(IllegalArgumentException.class, () -> new CohortSum(COHORT, 0, Ring.OF_WORDS))
            .getMessage());
  }

  @Test
  void visit_cohortUnsortedOrWithDuplicates_isRefused() {
    for (List<String> cohort : List.of(List.of("b", "a"), List.of("a", "a"))) {
      assertThrows(IllegalArgumentException.class, () -> new Visit("test", 1, cohort));
    }
  }

  @Test
  void combine_groups_opensTheSumOfTheirSums() {
    Verdict verdict =
        new CohortSum(COHORT, 2, Ring.OF_WORDS)
            .combine(
                List.of(
                    new PlainMessage(List.of("a", "c"), List.of("a"), List.of(), 0, new long[] {3}),
                    ok("b", 2)));

    assertArrayEquals(new long[] {5}, verdict.open(2).value());
    assertEquals(2, verdict.workers());
    assertEquals(1, verdict.dropouts());
  }

  @Test
  void combine_workerInTwoGroups_opensNothing() {
    Verdict verdict =
        new CohortSum(COHORT, 1, Ring.OF_WORDS)
            .combine(
                List.of(
                    new PlainMessage(List.of("a", "b"), List.of(), List.of(), 0, new long[] {3}),
                    new PlainMessage(List.of("b", "c"), List.of(), List.of(), 0, new long[] {3})));

    assertEquals(Ruling.WRONG_COHORT, verdict.ruling());
  }

  /** The first vector of a group is added to, and may be what the worker holds. */
  @Test
  void run_group_sumsModulo64BitsAndChangesNoVector() {
    long[] first = {Long.MAX_VALUE};
    PlainMessage message =
        new PlainTask<long[]>(Asked.words((worker, held) -> held))
            .run(List.of(new Member<>("a", first), new Member<>("b", new long[] {1})));

    assertArrayEquals(new long[] {Long.MIN_VALUE}, message.sums());
    assertEquals(List.of("a", "b"), message.workers());
    assertEquals(Long.MAX_VALUE, first[0]);
  }

  /** Of a refusal the rule is told, whose list is closed. */
  @Test
  void run_ownersRefuse_saysTheRuleAlone() {
    Map<String, OwnersRule> rules = Map.of("a", OwnersRule.DP_EPSILON, "c", OwnersRule.DP_REQUIRED);
    PlainTask<Object> task =
        new PlainTask<>(
            Asked.words(
                (worker, held) -> {
                  throw rules.containsKey(worker)
                      ? new RefusedException(rules.get(worker), "for the owner's log")
                      : new IllegalStateException("a row");
                }));
    PlainMessage message =
        task.run(COHORT.stream().map(worker -> new Member<Object>(worker, worker)).toList());

    PlainMessage read = PlainMessage.parse(message.toBytes());

    assertEquals(COHORT, read.failed());
    assertEquals(List.of(OwnersRule.DP_REQUIRED, OwnersRule.DP_EPSILON), read.refused());
    Verdict verdict = new CohortSum(COHORT, 2, Ring.OF_WORDS).combine(List.of(read));
    assertEquals(
        "too few workers: 0 took part, but the minimum is 2"
            + OwnersRule.said(Set.copyOf(rules.values())),
        assertThrows(CohortException.class, () -> verdict.open(2)).getMessage());
    byte[] unknown =
        new WireWriter()
            .integer(0)
            .integer(0)
            .integer(1)
            .integer(127)
            .integer(0)
            .longs(new long[0])
            .toByteArray();
    assertThrows(ProtocolException.class, () -> PlainMessage.parse(unknown));
  }

  private static PlainMessage ok(String worker, long... sums) {
    return new PlainMessage(List.of(worker), List.of(), List.of(), 0, sums);
  }

  private static PlainMessage failed(String worker) {
    return new PlainMessage(List.of(worker), List.of(worker), List.of(), 0, new long[0]);
  }

  private static PlainMessage notFinite(String worker) {
    return new PlainMessage(List.of(worker), List.of(), List.of(), 1, new long[0]);
  }
}
