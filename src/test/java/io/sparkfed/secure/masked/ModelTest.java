package io.sparkfed.secure.masked;

import static io.sparkfed.secure.masked.ModelSession.NOTHING;
import static io.sparkfed.secure.masked.ModelSession.has;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Ring;
import io.sparkfed.wire.ProtocolException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Of how few workers an attacker can open a combination, by trying everything that the workers of
 * small cohorts may be told. The numbers that are expected follow from {@link
 * Graph#smallestOpened}, an argument on paper; the search knows nothing of it, and finds what is
 * known to be wrong with the protocol that came before.
 */
class ModelTest {
  private static final int NOBODY = 0;
  private static final List<Integer> OTHER_ORDER = List.of(0, 3, 5, 2, 6, 7, 1, 4);

  /** What the model takes for the rules of a worker is what a worker does. */
  @ParameterizedTest
  @CsvSource({"4, 3, 3", "5, 4, 4", "7, 4, 4"})
  void allows_anySurvivors_isWhatAWorkerAnswers(int workers, int degree, int threshold) {
    Rehearsal parties = Rehearsal.of(workers, 2, 1L);
    Session session = parties.with(Rehearsal.hash(1), 2, degree, threshold, parties.cards());
    List<String> names = List.copyOf(parties.all());
    List<byte[]> masked = new ArrayList<>();
    for (String name : names) {
      WorkerSide side = parties.side(name, session);
      masked.add(side.mask(parties.held.get(name), Ring.OF_WORDS, Rehearsal.hash(2)));
    }
    DriverSide driver = new DriverSide(parties.keys.roster(), session, parties.askedHash());
    SortedMap<String, byte[]> inboxes = driver.inboxes(driver.maskedVectors(masked));
    Topology topology = Cards.parse(session.cards()).topology(degree, parties.keys.roster());
    ModelSession model =
        new ModelSession(
            names.stream().map(name -> bits(names, topology.neighbours(name))).toList(), threshold);

    for (int told = 0; told < 1 << workers; told++) {
      parties.forgetAnswers();
      for (int worker = 0; worker < workers; worker++) {
        String name = names.get(worker);
        WorkerSide side = parties.side(name, session);
        SortedMap<String, Inbox.Sealed> inbox = Inbox.parse(inboxes.get(name));
        SortedSet<String> survivors = named(names, told);
        if (model.allows(worker, told)) {
          Reveal reveal = side.reveal(survivors, inbox);
          assertEquals(told & model.holders(worker), bits(names, reveal.shares().keySet()));
          assertEquals(model.holders(worker) & ~told, bits(names, reveal.seeds().keySet()));
        } else {
          assertThrows(ProtocolException.class, () -> side.reveal(survivors, inbox));
        }
      }
    }
  }

  private static int bits(List<String> names, Collection<String> some) {
    return some.stream().mapToInt(name -> 1 << names.indexOf(name)).sum();
  }

  private static SortedSet<String> named(List<String> names, int set) {
    SortedSet<String> some = new TreeSet<>(names);
    some.removeIf(name -> !has(set, names.indexOf(name)));
    return some;
  }

  /** B1 of version 1: survivors that don't exist make a set of any real ones large enough. */
  @ParameterizedTest
  @CsvSource({"3, 3, 0, 3", "3, 3, 9, 3", "4, 3, 0, 3", "4, 3, 9, 1", "5, 4, 9, 1"})
  void versionOne_phantomSurvivors_singleOutAWorkerOfFour(
      int workers, int threshold, int phantoms, int smallest) {
    VersionOneModel model = new VersionOneModel(workers, threshold, true);
    List<List<Integer>> options = each(workers, worker -> model.told(worker, phantoms));
    int[] found = {Integer.MAX_VALUE};
    ModelSession.each(
        options,
        told -> {
          if (found[0] > 1) {
            found[0] =
                Math.min(found[0], model.opened(List.of(session(model, 0, told))).smallest());
          }
        });
    assertEquals(smallest, found[0]);
  }

  /** B2: all are told the truth, but masked vectors for two sets of committed workers are asked. */
  @Test
  void versionOne_vectorsMaskedForTwoSets_singleOutAWorker() {
    VersionOneModel model = new VersionOneModel(4, 3, true);
    int all = model.everybody();
    int[] told = {all, all, all, all};

    assertEquals(4, smallest(model, new VersionOneModel.Session(0, List.of(all), told)));
    assertEquals(1, smallest(model, new VersionOneModel.Session(0, List.of(all, all - 1), told)));
  }

  /** B3: who was missing in one sum is in the next, with the same key. */
  @ParameterizedTest
  @CsvSource({"true, 3", "false, 1"})
  void versionOne_keyServesTwice_singlesOutAWorker(boolean keysServeOnce, int smallest) {
    VersionOneModel model = new VersionOneModel(4, 3, keysServeOnce);
    List<List<Integer>> options = each(4, worker -> model.told(worker, 0));
    int[] found = {Integer.MAX_VALUE};
    ModelSession.each(
        options,
        first ->
            ModelSession.each(
                options,
                second -> {
                  if (found[0] > 1) {
                    found[0] =
                        Math.min(
                            found[0],
                            smallest(model, session(model, 0, first), session(model, 1, second)));
                  }
                }));
    assertEquals(smallest, found[0]);
  }

  private static VersionOneModel.Session session(
      VersionOneModel model, int question, List<Integer> told) {
    return new VersionOneModel.Session(
        question, List.of(model.everybody()), ModelSession.toArray(told));
  }

  private static int smallest(VersionOneModel model, VersionOneModel.Session... sessions) {
    return model.opened(List.of(sessions)).smallest();
  }

  /** The last number is what is found; the bound is 2t - k - 1 less the corrupted. */
  @ParameterizedTest
  @CsvSource({
    "3, 3, 0, 3",
    "3, 3, 1, 2",
    "4, 3, 0, 2",
    "4, 4, 0, 4",
    "4, 4, 2, 2",
    "5, 4, 0, 4",
    "5, 4, 1, 2",
    "5, 5, 0, 5",
    "5, 5, 3, 2"
  })
  void fullGraph_anythingTold_opensNoFewerThanTheBound(
      int workers, int threshold, int corrupted, int smallest) {
    ModelSession session = ModelSession.full(workers, (1 << workers) - 1, threshold);

    assertEquals(
        smallest,
        smallestOfOne(session, each(workers, session::toldByTheRules), (1 << corrupted) - 1));
    assertTrue(smallest >= Graph.smallestOpened(workers - 1, threshold) - corrupted);
  }

  /** As few as the bound says: no better one is true. */
  @Test
  void fullGraph_oneOfFourCorrupted_opensAsFewAsTheBound() {
    ModelSession session = ModelSession.full(4, 15, 3);

    assertEquals(1, Graph.smallestOpened(3, 3) - 1);
    assertEquals(1, smallestOfOne(session, each(4, session::toldByTheRules), 1));
  }

  @ParameterizedTest
  @CsvSource({"6, 2, 3, 0, 6", "6, 4, 4, 0, 3", "7, 4, 4, 0, 3", "7, 4, 4, 1, 2", "6, 4, 5, 3, 3"})
  void sparseRing_anythingTold_opensNoFewerThanTheBound(
      int workers, int degree, int threshold, int corrupted, int smallest) {
    ModelSession session = ring(workers, degree, threshold);

    assertEquals(
        smallest,
        smallestOfOne(session, each(workers, session::toldByTheRules), (1 << corrupted) - 1));
    assertTrue(smallest >= Graph.smallestOpened(degree, threshold) - corrupted);
  }

  /** Why t of its own holders must be said to be there, and not just t workers. */
  @Test
  void sparseRing_survivorsCountedAnywhere_singlesOutAWorker() {
    ModelSession session = ring(6, 2, 3);

    assertEquals(1, smallestOfOne(session, each(6, session::toldByNumber), NOBODY));
  }

  /** Each worker's two cohorts may be the same, or differ by two names. */
  @Test
  void twoSessions_cohortsThatDifferByNumber_giveADifference() {
    ModelSession session = ModelSession.full(4, 15, 3);
    List<List<Integer>> options = each(4, session::toldByTheRules);

    assertEquals(
        1,
        smallestOfTwo(
            session,
            session,
            pairs(
                options,
                options,
                (one, other) -> one.equals(other) || Integer.bitCount(one ^ other) >= 2)));
  }

  /** Each worker is told the same twice, or answers in one of two sessions that are not alike. */
  @Test
  void twoSessions_oneCohort_openNoFewerThanOneSession() {
    ModelSession session = ModelSession.full(4, 15, 3);
    List<List<Integer>> options = each(4, session::toldByTheRules);

    assertEquals(2, smallestOfTwo(session, session, pairs(options, options, Integer::equals)));
    for (int invited : List.of(7, 11, 13, 14)) {
      ModelSession smaller = ModelSession.full(4, invited, 3);
      assertEquals(
          2,
          smallestOfTwo(
              session,
              smaller,
              pairs(options, each(4, smaller::toldByTheRules), ModelTest::neverBoth)));
    }
  }

  /** Of six workers four are asked, and another four: a sum is opened in both. */
  @Test
  void twoSessions_ofTwoCohortsThatOverlap_openNoFewerThanOneSession() {
    ModelSession first = ModelSession.full(6, 0b001111, 3);
    ModelSession second = ModelSession.full(6, 0b111100, 3);
    List<List<Integer>> options = each(6, first::toldByTheRules);
    List<List<Integer>> others = each(6, second::toldByTheRules);
    int[] ofFirst = {63, 63, 63, NOTHING, NOTHING, NOTHING};
    int[] ofSecond = {NOTHING, NOTHING, NOTHING, 63, 63, 63};
    assertEquals(4, first.opened(ofFirst, NOBODY).smallest());
    assertEquals(4, second.opened(ofSecond, NOBODY).smallest());

    assertEquals(2, smallestOfTwo(first, second, pairs(options, others, ModelTest::neverBoth)));
  }

  /**
   * Two orders of one ring in which worker 0 has one neighbor in common. If a journal takes them
   * for one cohort, worker 0 is singled out by telling the same twice.
   */
  @Test
  void twoOrders_ofOneCohort_giveADifference() {
    ModelSession first = ring(8, 4, 4);
    ModelSession second = ModelSession.ring(OTHER_ORDER, 4, 4);
    List<List<Integer>> told =
        each(
            8,
            worker ->
                IntStream.of(255, 254)
                    .filter(set -> first.allows(worker, set) && second.allows(worker, set))
                    .boxed()
                    .toList());

    assertEquals(1, smallestOfTwo(first, second, pairs(told, told, Integer::equals)));
  }

  /**
   * The same orders as two cohorts: each worker answers in one of them. To open something in both,
   * at least t less the corrupted must answer in each: no way to do so opens anything.
   */
  @ParameterizedTest
  @CsvSource({"0", "1"})
  void twoOrders_ofTwoCohorts_openNothing(int corrupted) {
    ModelSession first = ring(8, 4, 4);
    ModelSession second = ModelSession.ring(OTHER_ORDER, 4, 4);
    int honest = 255 & ~((1 << corrupted) - 1);
    int smallest = Integer.MAX_VALUE;
    for (int answering : ModelSession.subsets(honest)) {
      int others = honest & ~answering;
      if (Math.min(Integer.bitCount(answering), Integer.bitCount(others)) >= 4 - corrupted) {
        for (Combinations one : spaces(first, answering, corrupted)) {
          for (Combinations other : spaces(second, others, corrupted)) {
            smallest = Math.min(smallest, Combinations.of(List.of(one, other)).smallest());
          }
        }
      }
    }
    assertEquals(Integer.MAX_VALUE, smallest);
  }

  private static Set<Combinations> spaces(ModelSession session, int answering, int corrupted) {
    Set<Combinations> spaces = new HashSet<>();
    List<List<Integer>> options =
        each(
            session.workers(),
            worker -> has(answering, worker) ? session.toldByTheRules(worker) : List.of(NOTHING));
    ModelSession.each(
        options,
        told -> spaces.add(session.opened(ModelSession.toArray(told), (1 << corrupted) - 1)));
    return spaces;
  }

  private static ModelSession ring(int workers, int degree, int threshold) {
    return ModelSession.ring(IntStream.range(0, workers).boxed().toList(), degree, threshold);
  }

  private interface OptionsOf<T> {
    List<T> worker(int worker);
  }

  private static <T> List<List<T>> each(int workers, OptionsOf<T> options) {
    return IntStream.range(0, workers).mapToObj(options::worker).toList();
  }

  private static int smallestOfOne(
      ModelSession session, List<List<Integer>> options, int corrupted) {
    Set<Combinations> spaces = new HashSet<>();
    ModelSession.each(
        options, told -> spaces.add(session.opened(ModelSession.toArray(told), corrupted)));
    return spaces.stream().mapToInt(Combinations::smallest).min().orElseThrow();
  }

  /** For sessions of which a worker answers in one. */
  private static boolean neverBoth(Integer one, Integer other) {
    return false;
  }

  /** Returns what a worker may be told in two sessions, or in one of them. */
  private static List<List<List<Integer>>> pairs(
      List<List<Integer>> first,
      List<List<Integer>> second,
      BiPredicate<Integer, Integer> allowed) {
    return each(
        first.size(),
        worker -> {
          List<List<Integer>> pairs = new ArrayList<>();
          first.get(worker).forEach(told -> pairs.add(List.of(told, NOTHING)));
          for (int other : second.get(worker)) {
            pairs.add(List.of(NOTHING, other));
            first.get(worker).stream()
                .filter(told -> allowed.test(told, other))
                .forEach(told -> pairs.add(List.of(told, other)));
          }
          return pairs;
        });
  }

  private static int smallestOfTwo(
      ModelSession first, ModelSession second, List<List<List<Integer>>> pairs) {
    Map<List<Integer>, Combinations> ofFirst = new HashMap<>();
    Map<List<Integer>, Combinations> ofSecond = new HashMap<>();
    Set<List<Combinations>> both = new HashSet<>();
    ModelSession.each(
        pairs,
        told ->
            both.add(
                List.of(
                    ofFirst.computeIfAbsent(
                        part(told, 0), part -> first.opened(ModelSession.toArray(part), NOBODY)),
                    ofSecond.computeIfAbsent(
                        part(told, 1),
                        part -> second.opened(ModelSession.toArray(part), NOBODY)))));
    return both.stream().mapToInt(parts -> Combinations.of(parts).smallest()).min().orElseThrow();
  }

  private static List<Integer> part(List<List<Integer>> told, int session) {
    return told.stream().map(pair -> pair.get(session)).toList();
  }
}
