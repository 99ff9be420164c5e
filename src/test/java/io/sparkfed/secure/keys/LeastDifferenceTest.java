package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.HeldRows;
import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.Words;
import io.sparkfed.data.ColumnSummary;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.federated.MomentsOfFeatures;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.SumsOfValues;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.Family;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.ModelShape;
import io.sparkfed.testing.Table;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A driver that is curious asks twice, of rows that differ by few: what it subtracts is about
 * these. The owner's journal remembers, whatever the run, the columns and the process.
 */
class LeastDifferenceTest {
  private static final Table ROWS = Table.random(5L, 300, 4, Family.LINEAR);

  @TempDir Path folder;

  /** A process of the owner's, with the journal that it always has. */
  private Owner owner(String... policy) {
    TreeMap<String, String> questions = new TreeMap<>(Map.of("least-rows", "1"));
    for (int i = 0; i < policy.length; i += 2) {
      questions.put(policy[i], policy[i + 1]);
    }
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) 7);
    Owner owner =
        new Owner(
            new PartyKeys(key, key),
            Policy.PERMISSIVE,
            questions,
            new FolderJournal(folder.resolve("journal"), Limits.NONE),
            null);
    owner.accept(new byte[0], LocalDate.MAX);
    return owner;
  }

  /** What is asked is of no consequence here. */
  private static <S> Words<S> words(Statement<S> statement) {
    return new WordsOf<>(new byte[0], held -> statement.heldRows(held));
  }

  private static void allowed(Owner owner, Shard shard) {
    assertDoesNotThrow(() -> owner.requireAllowed(words(new MomentsOfFeatures(4)), shard));
  }

  private static void refused(Owner owner, Shard shard) {
    RefusedException refused =
        assertThrows(
            RefusedException.class,
            () -> owner.requireAllowed(words(new MomentsOfFeatures(4)), shard));
    assertEquals(OwnersRule.LEAST_DIFFERENCE, refused.rule());
  }

  private static Table first(int rows) {
    return ROWS.slice(0, rows);
  }

  private static int[] without(int... left) {
    return IntStream.range(0, 200)
        .filter(i -> Arrays.stream(left).noneMatch(l -> l == i))
        .toArray();
  }

  private static Shard split(Table table, double fraction, long seed) {
    ShardBuilder builder = new ShardBuilder("a", table.features());
    table.addTo(builder, Part.TRAIN);
    return builder.build(fraction, seed, false, new ModelShape(table.features(), true));
  }

  @Test
  void requireAllowed_rowsDifferByFew_areRefusedAndByNoneOrManyAllowed() {
    allowed(owner(), first(200).shard("a"));
    // The same rows, in another process, another order and another storage.
    allowed(owner(), first(200).shard("a"));
    int[] shuffled = new Random(3).ints(0, 200).distinct().limit(200).toArray();
    ShardBuilder sparse = new ShardBuilder("a", 4);
    first(200).select(shuffled).addSparseTo(sparse, Part.TRAIN);
    allowed(owner(), sparse.build(0.0, 9L, false, new ModelShape(4, true)));

    refused(owner(), first(200).select(without(57)).shard("a"));
    refused(owner(), first(200).select(without(1, 2, 3, 199)).shard("a"));
    refused(owner(), first(204).shard("a"));
    // As many, but others: one row mended, two exchanged.
    refused(owner(), ROWS.select(swapped(1)).shard("a"));
    refused(owner(), ROWS.select(swapped(2)).shard("a"));
    allowed(owner(), ROWS.select(swapped(3)).shard("a"));
    allowed(owner(), first(205).shard("a"));
    allowed(owner(), first(100).shard("a"));
    // What was refused is not remembered as an answer, and what was answered still is.
    refused(owner(), first(199).shard("a"));
    allowed(owner(), first(200).shard("a"));
  }

  /** The first 200 rows with so many others in their place. */
  private static int[] swapped(int rows) {
    return IntStream.range(0, 200).map(i -> i < rows ? 250 + i : i).toArray();
  }

  /** Equal rows are told apart by how many there are. */
  @Test
  void requireAllowed_rowsThatAreEqual_count() {
    Table twice = first(30).select(IntStream.range(0, 60).map(i -> i % 30).toArray());
    allowed(owner(), twice.shard("a"));
    refused(owner(), twice.slice(0, 59).shard("a"));
    allowed(owner(), first(30).shard("a"));
  }

  /** Other columns make other rows of all: their number still says that few are gone. */
  @Test
  void requireAllowed_otherColumnsAtTheSameTime_hideNothing() {
    allowed(owner(), first(200).shard("a"));
    Table other = first(200).standardized(new double[4], new double[] {2, 2, 2, 2});

    allowed(owner(), other.shard("a"));
    refused(owner(), other.select(without(57)).shard("a"));
    refused(owner(), other.select(without(57, 58, 59, 60)).shard("a"));
    double[] weights = new double[200];
    Arrays.fill(weights, 1.0);
    weights[57] = 0.0;
    refused(owner(), other.withWeights(weights).shard("a"));
    allowed(owner(), other.slice(0, 190).shard("a"));
  }

  @Test
  void requireAllowed_randomSplits_mayHaveOtherSeedsAndNotAFewTestRows() {
    allowed(owner(), first(200).shard("a"));
    for (long seed = 1; seed <= 20; seed++) {
      // 33.4 rows: 33 or 34 by the seed, of the same rows of all.
      allowed(owner(), split(first(200), 0.167, seed));
    }
    allowed(owner(), split(first(200), 0.3, 1L));
    // One row more to test: one less to train from.
    refused(owner(), split(first(200), 0.305, 1L));
    // All rows less two.
    refused(owner(), split(first(200), 0.01, 1L));
    // The parts of one shard are no answers that differ by few.
    allowed(owner(), split(ROWS.slice(230, 243), 0.46, 1L));
  }

  @Test
  void requireAllowed_ownerSetsTheRule_itsNumberHolds() {
    allowed(owner(), first(200).shard("a"));
    refused(owner("least-difference", "32"), first(231).shard("a"));
    allowed(owner("least-difference", "32"), first(232).shard("a"));
    refused(owner(), first(199).shard("a"));
    allowed(owner("least-difference", "1"), first(199).shard("a"));
    // What was let through once is known from then on.
    allowed(owner(), first(199).shard("a"));
    allowed(owner(), first(200).shard("a"));
    refused(owner(), first(198).shard("a"));
  }

  /** Levels and means are told of before there are shards. */
  @Test
  void requireAllowed_surveyedRows_areRememberedToo() {
    Owner owner = owner();
    assertDoesNotThrow(() -> owner.requireAllowed(words(new SumsOfValues(1)), summary(100, 0)));
    assertDoesNotThrow(() -> owner().requireAllowed(words(new SumsOfValues(1)), summary(100, 0)));
    for (ColumnSummary near :
        new ColumnSummary[] {summary(99, 0), summary(103, 0), summary(98, 7)}) {
      assertThrows(
          RefusedException.class, () -> owner().requireAllowed(words(new SumsOfValues(1)), near));
    }
    // Of rows that were looked at for their levels, a shard has other columns.
    allowed(owner(), first(99).shard("a"));
  }

  private static ColumnSummary summary(int rows, int shift) {
    FeatureEncoding draft =
        new FeatureEncoding(
            List.of(
                new OneHot("site", ColumnType.TEXT, "", List.of()),
                new Numeric("age", ColumnType.NUMBER, true, Double.NaN)));
    ColumnSummary.Builder builder = new ColumnSummary.Builder(draft);
    for (int i = 0; i < rows; i++) {
      builder.add(new String[] {"level " + i % 3}, new double[] {i + shift}, 1.0, true);
    }
    return builder.build();
  }

  /** Who steals the journal can't try rows: another owner's sketch of them is another one. */
  @Test
  void of_otherSecret_hasNothingInCommon() {
    HeldRows held = new MomentsOfFeatures(4).heldRows(first(20).shard("a")).orElseThrow();
    RowSets own = RowSets.of(held, new byte[] {1});
    RowSets others = RowSets.of(held, new byte[] {2});

    assertTrue(own.train().difference(others.train()) > RowSketch.MOST);
    assertTrue(own.all() != others.all());
    assertTrue(own.isSameAs(RowSets.parse(own.toBytes())));
  }
}
