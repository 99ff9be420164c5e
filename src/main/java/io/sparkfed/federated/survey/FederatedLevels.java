package io.sparkfed.federated.survey;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.data.ColumnSummary;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.Ask;
import io.sparkfed.federated.LevelCode;
import io.sparkfed.federated.LevelQuery;
import io.sparkfed.federated.RowsOfBuckets;
import io.sparkfed.federated.RowsOfLevels;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.TextsOfBuckets;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.math.Seeds;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.OneHot;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * The union of the workers' levels of each category, through sums alone: the driver learns each
 * level with its numbers of rows and of workers, and not who has it.
 *
 * <p>Each attempt makes two visits, for all categories at once. In the first, levels are hashed
 * into buckets, and of each bucket the rows and the workers that have any are summed; under three
 * salts, since a rare level may share a bucket with a common one. A bucket with rows, but fewer
 * than the minimum, or at fewer workers, holds a level that must not be disclosed: everything ends
 * there, before any text has left a worker. In the second visit, each worker adds {@code rows *
 * code} of each of its levels to its bucket of one salt, the one that spread the category over most
 * buckets ({@link LevelCode}); the sum over the bucket's rows is the text when all of the bucket's
 * rows are at one level. Levels that met in a bucket are left for the next attempt, with other
 * salts and twice the buckets, in which levels known already have no part.
 *
 * <p>What is summed are whole numbers, each of which travels as one word: so sums are exact, and
 * tell nothing but themselves.
 *
 * <p><b>Not guaranteed:</b> salts and codes are public. Whoever guesses a level can compare a
 * bucket's rows, also of a level that is refused, with the guess. Of L common levels and B buckets,
 * a rare level meets one under all three salts with a chance of about {@code (L / B)^3}; then its
 * code is in a mixed sum before the next attempt refuses it.
 */
public final class FederatedLevels {
  /** The chance that two given levels meet each time is below 2^-100. */
  private static final int MAX_ATTEMPTS = 16;

  private static final int MOST_BUCKETS = 1 << 16;

  /** How many salts a level must show enough rows under. */
  static final int SALTS = 3;

  private final Federation<ColumnSummary> federation;
  private final SumFactory sums;
  private final LeastOfLevel least;
  private final long seed;
  private final int firstBuckets;

  /**
   * Prepares the search.
   *
   * @param least how common a level must be
   * @param seed what salts are derived from
   * @param firstBuckets buckets of the first attempt, at least 1
   */
  FederatedLevels(
      Federation<ColumnSummary> federation,
      SumFactory sums,
      LeastOfLevel least,
      long seed,
      int firstBuckets) {
    this.federation = federation;
    this.sums = sums;
    this.least = least;
    this.seed = seed;
    this.firstBuckets = firstBuckets;
  }

  /**
   * Completes the levels of categories.
   *
   * @param categories in the order of the summaries; those without levels are searched, and those
   *     with levels have their rows checked
   * @return the levels of each, in the order of the coefficients
   * @throws DataException if a level has too few rows, or a category too many levels
   * @throws AggregationException if a worker dropped out, so that its levels would be missing
   */
  List<List<String>> complete(List<OneHot> categories) {
    checkGiven(categories);
    List<NavigableSet<String>> known = new ArrayList<>();
    categories.forEach(category -> known.add(new TreeSet<>(category.levels())));
    boolean[] open = new boolean[categories.size()];
    boolean any = false;
    for (int k = 0; k < open.length; k++) {
      open[k] = known.get(k).isEmpty();
      any |= open[k];
    }
    int buckets = firstBuckets;
    for (int attempt = 0; any && !attempt(categories, known, open, attempt, buckets); attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        throw new AggregationException("the levels of the categories could not be told apart");
      }
      buckets = Math.min(2 * buckets, MOST_BUCKETS);
    }
    return known.stream().map(InputColumn::inOrder).toList();
  }

  /** Returns the salts of an attempt. */
  static byte[][] salts(long seed, int attempt) {
    byte[][] salts = new byte[SALTS][];
    for (int s = 0; s < SALTS; s++) {
      long salt = Seeds.derive(seed, "levels", attempt, String.valueOf(s));
      salts[s] = ByteBuffer.allocate(Long.BYTES).putLong(salt).array();
    }
    return salts;
  }

  /** Returns whether all levels are known now. */
  private boolean attempt(
      List<OneHot> categories,
      List<NavigableSet<String>> known,
      boolean[] open,
      int attempt,
      int buckets) {
    LevelQuery query =
        new LevelQuery(
            List.of(salts(seed, attempt)),
            buckets,
            categories.stream().map(OneHot::name).toList(),
            open.clone(),
            known.stream().map(List::copyOf).toList());
    NamedVector counts = summed("levels: rows of buckets", new RowsOfBuckets(query));
    double[] rows = counts.all(RowsOfBuckets.ROWS);
    double[] holders = counts.all(RowsOfBuckets.HOLDERS);
    int[] found = known.stream().mapToInt(Set::size).toArray();
    int bucketsOfASalt = query.bucketsOfSalt();
    for (int b = 0; b < rows.length; b++) {
      if (rows[b] > 0.0) {
        requireEnough(categories.get(b % bucketsOfASalt / buckets), rows[b], holders[b]);
      }
    }
    int[] asked =
        IntStream.range(0, categories.size())
            .mapToObj(category -> mostOccupied(rows, category, buckets, bucketsOfASalt))
            .flatMapToInt(Arrays::stream)
            .sorted()
            .toArray();
    if (asked.length == 0) {
      return true;
    }
    for (int b : asked) {
      int category = b % bucketsOfASalt / buckets;
      requireFewLevels(categories.get(category), ++found[category]);
    }
    double[] codes =
        summed("levels: texts", new TextsOfBuckets(query, asked)).all(TextsOfBuckets.CODES);
    boolean complete = true;
    for (int i = 0; i < asked.length; i++) {
      int category = asked[i] % bucketsOfASalt / buckets;
      Optional<String> level =
          LevelCode.decode(
              codes,
              i * LevelCode.LENGTH,
              query.salts().get(asked[i] / bucketsOfASalt),
              categories.get(category).name(),
              rows[asked[i]]);
      if (level.isPresent() && !InputColumn.isLevel(level.get())) {
        throw new AggregationException(
            "column "
                + categories.get(category).name()
                + ": a worker tells what can't be a level: it is too long, or has characters that"
                + " aren't shown");
      }
      level.ifPresent(known.get(category)::add);
      complete &= level.isPresent();
    }
    return complete;
  }

  /** Returns the buckets with rows of a category, under the salt that has most of them. */
  private static int[] mostOccupied(double[] rows, int category, int buckets, int bucketsOfASalt) {
    int[] most = {};
    for (int salt = 0; salt < SALTS; salt++) {
      int from = salt * bucketsOfASalt + category * buckets;
      int[] occupied = IntStream.range(from, from + buckets).filter(b -> rows[b] > 0.0).toArray();
      most = occupied.length > most.length ? occupied : most;
    }
    return most;
  }

  /** Levels set by hand may be unused, but what is used must have enough rows. */
  private void checkGiven(List<OneHot> categories) {
    List<List<String>> given = categories.stream().map(OneHot::levels).toList();
    if (given.stream().allMatch(List::isEmpty)) {
      return;
    }
    NamedVector counts = summed("levels: rows", new RowsOfLevels(given));
    double[] rows = counts.all(RowsOfLevels.ROWS);
    double[] holders = counts.all(RowsOfLevels.HOLDERS);
    int at = 0;
    for (int k = 0; k < given.size(); k++) {
      for (int l = 0; l < given.get(k).size(); l++) {
        if (rows[at] > 0.0) {
          requireEnough(categories.get(k), rows[at], holders[at]);
        }
        at++;
      }
    }
  }

  private NamedVector summed(String what, Statement<ColumnSummary> statement) {
    VectorSum sum = sums.sumOf(statement.layout());
    int workers = federation.workers().size();
    sum.expect(largestWhole(workers), workers);
    Opened<NamedVector> opened;
    try {
      opened = Ask.through(sum, federation, federation.workers(), what, statement);
    } catch (CohortException e) {
      if (e.isRefused()) {
        throw e;
      }
      throw new AggregationException(
          "every worker must take part in preprocessing, or its levels would be missing, and not"
              + " all did",
          e);
    }
    if (opened.saturated() > 0) {
      throw new AggregationException(
          "a category's level may have at most "
              + (long) (largestWhole(workers) / LevelCode.LARGEST)
              + " rows at one of "
              + workers
              + " workers, and one has more");
    }
    return opened.value();
  }

  /**
   * Returns the bound of a worker's numbers at which sums of so many workers' whole numbers are
   * exact, in words of 64 bits of which two are kept free, and as doubles.
   */
  static double largestWhole(int workers) {
    int workerBits = 32 - Integer.numberOfLeadingZeros(workers);
    return Math.scalb(1.0, Math.min(53, 61 - workerBits) - 1);
  }

  private void requireEnough(OneHot category, double rows, double holders) {
    if (rows < least.rows()) {
      throw new DataException(
          Message.of(
              "column ",
              category.name(),
              ": each level must have at least ",
              least.rows(),
              " rows over all workers (",
              Hint.MIN_LEVEL_ROWS,
              "), and one has fewer; group rare levels, e.g. with ",
              Hint.DERIVED_COLUMNS));
    }
    if (holders < least.workers()) {
      throw new DataException(
          Message.of(
              "column ",
              category.name(),
              ": at least ",
              least.workers(),
              " workers must have rows at each level (",
              Hint.MIN_LEVEL_WORKERS,
              "), and one is at fewer; group such levels, e.g. with ",
              Hint.DERIVED_COLUMNS));
    }
  }

  private static void requireFewLevels(OneHot category, int atLeast) {
    if (atLeast > OneHot.MAX_LEVELS) {
      throw new DataException(
          "column "
              + category.name()
              + ": a category may have at most "
              + OneHot.MAX_LEVELS
              + " levels over all workers, and it has more");
    }
  }
}
