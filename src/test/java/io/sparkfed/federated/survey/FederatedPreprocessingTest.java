package io.sparkfed.federated.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.data.ColumnSummary;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.LevelCode;
import io.sparkfed.federated.LevelQuery;
import io.sparkfed.federated.TextsOfBuckets;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.testing.Asked;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.RecordingFederation;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class FederatedPreprocessingTest {
  private static final OneHot RANK = new OneHot("rank", ColumnType.TEXT, "", List.of());

  private static SumFactory through(RingSum ring) {
    return scaledLength -> new FixedPointSum(ring, scaledLength);
  }

  private static SumFactory plain() {
    return through(new InsecurePlainSum(2));
  }

  static List<SumFactory> sums() {
    return Stream.concat(Stream.of(plain()), secretSums().map(opening -> through(opening.get())))
        .toList();
  }

  /** The sums whose terms the driver can't see. */
  static Stream<Supplier<RingSum>> secretSums() {
    return Stream.of(
        () -> new SealedSum(new EphemeralKeys(), Set.of("secure-worker"), 2),
        () -> new SealedSum(new EphemeralKeys(), Set.of("aggregator-1", "aggregator-2"), 2),
        () -> new MaskedSum(new EphemeralKeys(), 2));
  }

  /** Keeps what a sum opens. */
  private record RecordedSum(RingSum ring, List<List<Long>> opened) implements RingSum {

    @Override
    public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
      Opened<long[]> sum = ring.sum(federation, visit, words);
      opened.add(Arrays.stream(sum.value()).boxed().toList());
      return sum;
    }
  }

  /** Returns a summary of one category whose rows are at these levels. */
  private static ColumnSummary rows(String... levels) {
    ColumnSummary.Builder builder = new ColumnSummary.Builder(new FeatureEncoding(List.of(RANK)));
    for (String level : levels) {
      builder.add(new String[] {level}, new double[0], 1.0, true);
    }
    return builder.build();
  }

  private static String[] times(int count, String... levels) {
    return IntStream.range(0, count)
        .boxed()
        .flatMap(i -> Arrays.stream(levels))
        .toArray(String[]::new);
  }

  private static Federation<ColumnSummary> federation(ColumnSummary... summaries) {
    Map<String, ColumnSummary> byWorker = new TreeMap<>();
    for (int k = 0; k < summaries.length; k++) {
      byWorker.put("worker-" + (char) ('a' + k), summaries[k]);
    }
    return new InProcessFederation<>(byWorker);
  }

  private static List<String> union(
      Federation<ColumnSummary> federation, SumFactory sums, int minRows, int buckets) {
    return new FederatedLevels(federation, sums, new LeastOfLevel(minRows, 1), 1L, buckets)
        .complete(List.of(RANK))
        .get(0);
  }

  /** Owners' own code makes none of them; another's may send whatever it likes. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u001b[2Jforged",
        "a\nround 9/9",
        "a\rb",
        "\u009b31m",
        "\u202eb",
        "a\u2066",
        "\0",
        "a\0"
      })
  void levels_charactersThatATerminalObeys_areRefusedAndShownNowhere(String level) {
    Federation<ColumnSummary> workers =
        federation(rows(times(9, "1", level)), rows(times(9, "1", "2")));

    String refusal =
        assertThrows(AggregationException.class, () -> union(workers, plain(), 5, 64)).getMessage();

    assertEquals(
        "column rank: a worker tells what can't be a level: it is too long, or has characters that"
            + " aren't shown",
        refusal);
  }

  private static OneHot completed(OneHot draft, Federation<ColumnSummary> federation) {
    FeatureEncoding complete =
        FederatedPreprocessing.complete(
            new FeatureEncoding(List.of(draft)),
            federation,
            plain(),
            new LeastOfLevel(5, 1),
            2,
            1L);
    return complete.categories().get(0);
  }

  @ParameterizedTest
  @MethodSource("sums")
  void levels_oneMissingAtAWorker_areTheUnionInEveryMode(SumFactory sums) {
    Federation<ColumnSummary> workers =
        federation(
            rows(times(4, "1", "2", "3")),
            rows(times(3, "10", "2", "3")),
            rows(times(2, "10", "1", "2", "3")));

    assertEquals(List.of("1", "2", "3", "10"), union(workers, sums, 5, 1024));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 64})
  void levels_fewBuckets_collisionsAreToldApart(int buckets) {
    List<String> expected =
        IntStream.range(0, 40).mapToObj(i -> "level " + (char) (0x4e00 + i)).sorted().toList();
    Random random = new Random(buckets);
    List<ColumnSummary> summaries = new ArrayList<>();
    for (int k = 0; k < 4; k++) {
      List<String> own = new ArrayList<>(expected);
      Collections.shuffle(own, random);
      String[] some = own.subList(0, 30).toArray(new String[0]);
      summaries.add(rows(times(1 + random.nextInt(3), some)));
    }
    List<String> present =
        expected.stream()
            .filter(level -> summaries.stream().anyMatch(s -> s.levels(0).containsKey(level)))
            .toList();

    assertEquals(
        present, union(federation(summaries.toArray(new ColumnSummary[0])), plain(), 1, buckets));
  }

  @Test
  void levels_twoInTheSameBucket_areDecodedByAnotherSalt() {
    RecordingFederation<ColumnSummary> workers =
        new RecordingFederation<>(federation(rows(times(5, "x")), rows(times(5, "y"))));

    assertEquals(List.of("x", "y"), union(workers, plain(), 5, 1));
    assertTrue(workers.visits().size() > 2, "one bucket can't tell two levels apart");
  }

  /** One sum of rows and one of texts, as levels rarely meet under the best of three salts. */
  @Test
  void levels_usualNumberOfThem_takeTwoVisits() {
    String[] texts = IntStream.range(0, 30).mapToObj(i -> "level " + i).toArray(String[]::new);
    List<String> expected = List.of(texts).stream().sorted().toList();
    int inTwo = 0;
    for (long seed = 0; seed < 50; seed++) {
      RecordingFederation<ColumnSummary> workers =
          new RecordingFederation<>(federation(rows(times(3, texts)), rows(times(2, texts))));
      FeatureEncoding draft = new FeatureEncoding(List.of(RANK));

      FeatureEncoding complete =
          FederatedPreprocessing.complete(draft, workers, plain(), new LeastOfLevel(5, 1), 2, seed);

      assertEquals(expected, complete.categories().get(0).levels());
      inTwo += workers.visits().size() == 2 ? 1 : 0;
    }
    // Expected: all but one in a hundred.
    assertTrue(inTwo >= 45, "in two visits: " + inTwo);
  }

  /** Sums under two salts could be subtracted from each other. */
  @Test
  void texts_askedForUnderSeveralSalts_areToldUnderOne() {
    int buckets = 8;
    LevelQuery query =
        new LevelQuery(
            List.of(FederatedLevels.salts(1L, 0)),
            buckets,
            List.of("rank"),
            new boolean[] {true},
            List.of(List.of()));
    int[] all = IntStream.range(0, 3 * buckets).toArray();

    double[] codes =
        new TextsOfBuckets(query, all).answer("worker-a", rows(times(7, "level of one worker")));

    long told =
        IntStream.of(all)
            .filter(
                b ->
                    IntStream.range(0, LevelCode.LENGTH)
                        .anyMatch(j -> codes[b * LevelCode.LENGTH + j] != 0.0))
            .count();
    assertEquals(1, told);
  }

  /** The oracle is integer arithmetic. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 1000, 2_000_000})
  void largestWhole_sumsOfWholeNumbersUpToIt_areExact(int workers) {
    double largest = FederatedLevels.largestWhole(workers);
    Random random = new Random(workers);
    VectorSum sum = plain().sumOf(Layout.empty().scaled("rows", 1));
    sum.expect(largest, workers);
    long expected = 0;
    Map<String, Double> held = new TreeMap<>();
    for (int k = 0; k < Math.min(workers, 3); k++) {
      long rows = (long) (random.nextDouble() * Math.min(largest, 0x1p51));
      held.put("worker-" + k, (double) rows);
      expected += rows;
    }
    Federation<Double> federation = new InProcessFederation<>(held);

    Opened<double[]> opened =
        sum.sum(
            federation,
            new Visit("rows", 0, federation.workers()),
            Asked.vector(1, 0, (worker, rows) -> new double[] {rows}));

    assertEquals(expected, (long) opened.value()[0]);
    assertEquals(0, opened.saturated());
    assertTrue(largest >= 0x1p39, "numbers up to 2^16 times 2^23 rows");
  }

  @Test
  void levels_allKindsOfText_comeBackAsTheyAre() {
    List<String> texts =
        List.of(" ", "a", "ab", "Åse", "日本", "\ud83d\ude00", "x".repeat(OneHot.MAX_LEVEL_BYTES));

    List<String> union =
        union(
            federation(rows(times(1, texts.toArray(new String[0]))), rows("a")), plain(), 1, 1024);

    assertEquals(texts.stream().sorted().toList(), union);
  }

  @Test
  void levels_fewerRowsThanTheMinimum_refusedWithoutTheirText() {
    RecordingFederation<ColumnSummary> workers =
        new RecordingFederation<>(
            federation(
                rows(times(9, "common", "usual")),
                rows("unheard-of", "unheard-of", "unheard-of", "unheard-of")));

    DataException refused =
        assertThrows(DataException.class, () -> union(workers, plain(), 5, 1024));

    assertTrue(refused.getMessage().startsWith("column rank: "), refused.getMessage());
    assertTrue(refused.getMessage().contains("at least 5 rows"), refused.getMessage());
    assertFalse(refused.getMessage().contains("unheard"), refused.getMessage());
    assertEquals(1, workers.visits().size(), "no text is asked for");
  }

  /** Oracle: the sets of levels by worker, counted. */
  @Test
  void levels_ofFewerWorkersThanTheMinimum_refusedWithoutTheirText() {
    Federation<ColumnSummary> all =
        federation(
            rows(times(9, "common", "usual")),
            rows(times(9, "common", "usual")),
            rows(times(50, "common", "local")));
    for (int least = 1; least <= 4; least++) {
      for (List<String> given : List.of(List.<String>of(), List.of("common", "local", "usual"))) {
        RecordingFederation<ColumnSummary> workers = new RecordingFederation<>(all);
        FederatedLevels levels =
            new FederatedLevels(workers, plain(), new LeastOfLevel(5, least), 1L, 1024);
        List<OneHot> categories =
            List.of(new OneHot("rank", RANK.type(), "", given, RANK.spelling()));
        if (least == 1) {
          assertEquals(List.of(List.of("common", "local", "usual")), levels.complete(categories));
          continue;
        }
        String refused =
            assertThrows(DataException.class, () -> levels.complete(categories)).getMessage();
        assertTrue(refused.startsWith("column rank: at least " + least + " workers must"), refused);
        assertFalse(refused.contains("local"), refused);
        assertEquals(1, workers.visits().size(), "no text is asked for");
      }
    }
  }

  /** Under the first salt alone the common level would hide the rare one, and its text would go. */
  @Test
  void levels_rareOneSharesABucketWithACommonOne_isRefusedAllTheSame() {
    int hidden = 0;
    int refusedBeforeTexts = 0;
    for (long seed = 0; seed < 400; seed++) {
      byte[] first = FederatedLevels.salts(seed, 0)[0];
      if (LevelCode.bucket(first, "rank", "common", 16)
          != LevelCode.bucket(first, "rank", "rare", 16)) {
        continue;
      }
      hidden++;
      RecordingFederation<ColumnSummary> workers =
          new RecordingFederation<>(federation(rows(times(9, "common")), rows("rare")));
      FederatedLevels levels =
          new FederatedLevels(workers, plain(), new LeastOfLevel(5, 1), seed, 16);
      assertThrows(DataException.class, () -> levels.complete(List.of(RANK)));
      refusedBeforeTexts += workers.visits().size() == 1 ? 1 : 0;
    }
    assertTrue(hidden >= 10, "seeds that hide: " + hidden);
    // Expected: all but one in 16^2.
    assertTrue(refusedBeforeTexts >= 0.9 * hidden, refusedBeforeTexts + " of " + hidden);
  }

  @Test
  void levels_theMinimumOverAllWorkers_isEnough() {
    Federation<ColumnSummary> workers =
        federation(rows("rare", "rare", "a", "a", "a"), rows("rare", "a", "a", "rare", "rare"));

    assertEquals(List.of("a", "rare"), union(workers, plain(), 5, 1024));
  }

  @Test
  void levels_moreThanACategoryMayHave_areRefused() {
    String[] ids =
        IntStream.range(0, 5 * OneHot.MAX_LEVELS).mapToObj(i -> "id" + i).toArray(String[]::new);
    String[] half = Arrays.copyOf(ids, ids.length / 2);

    DataException refused =
        assertThrows(
            DataException.class, () -> union(federation(rows(ids), rows(half)), plain(), 1, 1024));

    assertTrue(refused.getMessage().contains("at most 1000 levels"), refused.getMessage());
  }

  @Test
  void levels_aWorkerFails_nothingIsDecided() {
    ColumnSummary broken = new ColumnSummary.Builder(new FeatureEncoding(List.of())).build();
    Federation<ColumnSummary> workers =
        new RecordingFederation<>(
            federation(rows(times(5, "a")), rows(times(5, "a", "b")), broken));

    AggregationException refused =
        assertThrows(AggregationException.class, () -> union(workers, plain(), 1, 1024));

    assertTrue(refused.getMessage().endsWith("not all did"), refused.getMessage());
  }

  /**
   * The driver opens sums, and for them receives messages of lengths that are the same for
   * everybody; nothing of it says who has a level.
   */
  @ParameterizedTest
  @MethodSource("secretSums")
  void levels_driversEye_isTheSameWhoeverHasWhich(Supplier<RingSum> ring) {
    String[] first = times(6, "a", "b");
    String[] second = times(7, "b", "c");
    RecordingFederation<ColumnSummary> one =
        new RecordingFederation<>(federation(rows(first), rows(second), rows("a")));
    RecordingFederation<ColumnSummary> other =
        new RecordingFederation<>(
            federation(
                rows(
                    Stream.of(times(10, "b"), times(7, "c"))
                        .flatMap(Stream::of)
                        .toArray(String[]::new)),
                rows("b", "a", "b", "b"),
                rows(times(6, "a"))));
    RecordedSum ofOne = new RecordedSum(ring.get(), new ArrayList<>());
    RecordedSum ofOther = new RecordedSum(ring.get(), new ArrayList<>());

    assertEquals(List.of("a", "b", "c"), union(one, through(ofOne), 5, 1024));
    assertEquals(List.of("a", "b", "c"), union(other, through(ofOther), 5, 1024));

    assertEquals(ofOne.opened(), ofOther.opened());
    assertEquals(2, ofOne.opened().size());
    assertEquals(sizes(one), sizes(other));
  }

  private static List<Integer> sizes(RecordingFederation<ColumnSummary> workers) {
    return workers.seenByDriver().stream()
        .map(message -> RecordingFederation.bytes(message).length)
        .toList();
  }

  // References and given levels.

  @Test
  void category_withoutReference_hasTheFirstLevel() {
    OneHot complete =
        completed(RANK, federation(rows(times(5, "10", "9")), rows(times(5, "9", "11"))));

    assertEquals("9", complete.reference());
    assertEquals(List.of("10", "11"), complete.coded(false));
    assertEquals(List.of("rank_10", "rank_11"), new FeatureEncoding(List.of(complete)).features());
  }

  @Test
  void category_referenceThatIsNoLevel_isRefusedWithTheLevels() {
    OneHot draft = new OneHot("rank", ColumnType.TEXT, "0", List.of());

    DataException refused =
        assertThrows(
            DataException.class,
            () -> completed(draft, federation(rows(times(5, "1")), rows(times(5, "2")))));

    assertEquals(
        "data.categorical.rank.reference must be one of the levels 1, 2. Provided value: 0",
        InKeys.said(refused));
  }

  @Test
  void category_oneLevel_isRefused() {
    DataException refused =
        assertThrows(
            DataException.class,
            () -> completed(RANK, federation(rows(times(5, "1")), rows(times(5, "1")))));

    assertTrue(refused.getMessage().endsWith("at least two levels. Provided: 1"));
  }

  @Test
  void givenLevels_unusedOne_isKept() {
    OneHot draft = new OneHot("rank", ColumnType.TEXT, "b", List.of("c", "a", "b"));

    OneHot complete = completed(draft, federation(rows(times(5, "a")), rows(times(5, "b"))));

    assertEquals(List.of("a", "b", "c"), complete.levels());
    assertEquals(List.of("a", "c"), complete.coded(false));
  }

  @Test
  void givenLevels_oneWithTooFewRows_isRefused() {
    OneHot draft = new OneHot("rank", ColumnType.TEXT, "b", List.of("a", "b"));

    DataException refused =
        assertThrows(
            DataException.class,
            () -> completed(draft, federation(rows(times(4, "a")), rows(times(5, "b")))));

    assertTrue(refused.getMessage().contains("at least 5 rows"), refused.getMessage());
  }

  // Imputation.

  private static final FeatureEncoding AGE =
      new FeatureEncoding(
          List.of(
              new Numeric("age", ColumnType.NUMBER, true, Double.NaN),
              Numeric.complete("sex", ColumnType.NUMBER)));

  private static ColumnSummary ages(double[] values, double[] weights, int training) {
    ColumnSummary.Builder builder = new ColumnSummary.Builder(AGE);
    for (int i = 0; i < values.length; i++) {
      builder.add(new String[0], new double[] {values[i]}, weights[i], i < training);
    }
    return builder.build();
  }

  @ParameterizedTest
  @MethodSource("sums")
  void imputation_weightedMeanOfTrainingRowsWithAValue_overAllWorkers(SumFactory sums) {
    double nan = Double.NaN;
    Federation<ColumnSummary> workers =
        federation(
            ages(new double[] {40, nan, 60, 1000}, new double[] {1, 9, 2, 1}, 3),
            ages(new double[] {nan, nan}, new double[] {1, 1}, 2),
            ages(new double[] {20}, new double[] {5}, 1));

    FeatureEncoding complete =
        FederatedPreprocessing.complete(AGE, workers, sums, new LeastOfLevel(5, 1), 2, 1L);

    InputColumn age = new Numeric("age", ColumnType.NUMBER, true, 260.0 / 8.0);
    assertEquals(List.of(age, AGE.columns().get(1)), complete.columns());
  }

  @Test
  void imputation_noValueAnywhere_isRefused() {
    Federation<ColumnSummary> workers =
        federation(
            ages(new double[] {Double.NaN}, new double[] {1}, 1),
            ages(new double[] {7}, new double[] {1}, 0));

    DataException refused =
        assertThrows(
            DataException.class,
            () ->
                FederatedPreprocessing.complete(
                    AGE, workers, plain(), new LeastOfLevel(5, 1), 2, 1L));

    assertTrue(refused.getMessage().startsWith("column age: no training row of any worker"));
  }

  /** The mean would be one worker's own, of one row. */
  @Test
  void imputation_valuesAtFewerWorkersThanTheLeast_isRefusedBeforeTheMeanIsOpened() {
    ColumnSummary none = ages(new double[] {Double.NaN}, new double[] {1.0}, 1);
    RecordingFederation<ColumnSummary> workers =
        new RecordingFederation<>(
            new InProcessFederation<>(
                Map.of(
                    "a", ages(new double[] {40.0}, new double[] {1.0}, 1), "b", none, "c", none)));

    DataException refused =
        assertThrows(
            DataException.class,
            () ->
                FederatedPreprocessing.complete(
                    AGE, workers, plain(), new LeastOfLevel(5, 1), 2, 1L));

    assertTrue(
        InKeys.said(refused)
            .startsWith("column age: fewer than 2 workers (aggregation.min-workers)"),
        refused.getMessage());
    assertEquals(1, workers.visits().size(), "no value is asked for");
  }

  @Test
  void summary_rowsInAnotherOrder_hasTheSameBits() {
    Random random = new Random(3);
    double[] values = random.doubles(500, -1e6, 1e6).toArray();
    double[] ones = new double[500];
    Arrays.fill(ones, 0.1);
    double[] reversed = IntStream.range(0, 500).mapToDouble(i -> values[499 - i]).toArray();

    assertEquals(
        Arrays.toString(ages(values, ones, 500).meanSums()),
        Arrays.toString(ages(reversed, ones, 500).meanSums()));
  }

  @Test
  void features_twoOfOneName_areRefused() {
    FeatureEncoding draft =
        new FeatureEncoding(List.of(RANK, Numeric.complete("rank_b", ColumnType.NUMBER)));

    DataException refused =
        assertThrows(
            DataException.class,
            () ->
                FederatedPreprocessing.complete(
                    draft,
                    federation(rows(times(5, "a", "b")), rows(times(5, "a"))),
                    plain(),
                    new LeastOfLevel(5, 1),
                    2,
                    1L));

    assertTrue(refused.getMessage().startsWith("two features would be called rank_b"));
  }
}
