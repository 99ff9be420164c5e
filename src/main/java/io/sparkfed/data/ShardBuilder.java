package io.sparkfed.data;

import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Seeds;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Packs one worker's rows into a {@link Shard}. One-shot: {@link #build} ends it.
 *
 * <p>The rows of the shard are in canonical order: sorted by label, weight, offset and features.
 * Two rows that compare equal are identical, so the shard is a function of the set of rows alone,
 * whatever the number of cores, input splits or files they were read with. That is what makes a
 * re-executed task give the same bits.
 */
public final class ShardBuilder {
  /** A fraction of rows that is whole but for the rounding of the fraction. */
  private static final double WHOLE = 1e-12;

  /** Which part of the split a row belongs to. */
  public enum Part {
    TRAIN,
    TEST
  }

  private final String worker;
  private final int features;
  private final Storage storage;
  private final GrowingRows rows;
  private long dropped;
  private boolean built;

  /** Creates a builder for rows with {@code features} columns, stored as double. */
  public ShardBuilder(String worker, int features) {
    this(worker, features, Storage.DOUBLE);
  }

  /** Creates a builder for rows with {@code features} columns. */
  public ShardBuilder(String worker, int features, Storage storage) {
    this(worker, features, storage, Room.OF_MEMORY);
  }

  /**
   * Creates a builder for rows with {@code features} columns. Where they are kept is of no
   * consequence for what is computed of them.
   *
   * @param room the memory that they may take
   */
  public ShardBuilder(String worker, int features, Storage storage, Room room) {
    this.worker = worker;
    this.features = features;
    this.storage = storage;
    this.rows = new GrowingRows(features, room);
  }

  /**
   * Adds a row with a value for each feature.
   *
   * @throws IllegalArgumentException if the width is not the builder's
   */
  public void addDense(double[] values, double label, double weight, Part part) {
    addDense(values, label, weight, 0.0, part);
  }

  /**
   * Adds a row with a value for each feature and an offset of its scores.
   *
   * @throws IllegalArgumentException if the width is not the builder's
   */
  public void addDense(double[] values, double label, double weight, double offset, Part part) {
    EncodedRow row = new EncodedRow();
    row.see(values.length, null, values, 0, values.length);
    add(row, label, weight, offset, part);
  }

  /**
   * Adds a row given by its non-zero entries, column indices ascending from 0.
   *
   * @throws IllegalArgumentException if an index is out of range or not ascending
   */
  public void addSparse(int[] columns, double[] values, double label, double weight, Part part) {
    addSparse(columns, values, label, weight, 0.0, part);
  }

  /**
   * Adds a row given by its non-zero entries, column indices ascending from 0, and an offset of its
   * scores.
   *
   * @throws IllegalArgumentException if an index is out of range or not ascending
   */
  public void addSparse(
      int[] columns, double[] values, double label, double weight, double offset, Part part) {
    EncodedRow row = new EncodedRow();
    row.see(features, columns, values, 0, values.length);
    add(row, label, weight, offset, part);
  }

  private void add(EncodedRow row, double label, double weight, double offset, Part part) {
    row.label = label;
    row.weight = weight;
    row.offset = offset;
    row.part = part;
    add(row);
  }

  /** Returns whether there are fewer than 2^31 numbers with those of one more row. */
  public boolean takes(EncodedRow row) {
    return rows.takes(row);
  }

  /**
   * Adds a row that it {@link #takes}.
   *
   * @throws IllegalArgumentException if its width is not the builder's, or an index of a sparse row
   *     is out of range or not ascending
   */
  public void add(EncodedRow row) {
    requireOpen();
    if (row.width() != features) {
      throw new IllegalArgumentException("a row must have " + features + " features");
    }
    if (row.columns() != null) {
      int previous = -1;
      for (int k = row.from(); k < row.from() + row.entries(); k++) {
        int column = row.columns()[k];
        if (column <= previous || column >= features) {
          throw new IllegalArgumentException("column indices must ascend within the features");
        }
        previous = column;
      }
    }
    rows.add(row);
  }

  /** Counts rows that are left out for a missing value. */
  public void drop(long rows) {
    requireOpen();
    dropped += rows;
  }

  /** Returns the number of rows added so far. */
  public int rowCount() {
    return rows.count();
  }

  /**
   * Ends the builder.
   *
   * @param testFraction share of the rows to hold out, in [0, 1); 0 keeps the parts given with the
   *     rows. Which rows are held out, and whether a broken number of them is rounded up, depends
   *     on the seed, the worker and the set of rows alone. One row is kept to train from.
   * @param runSeed the run's seed
   * @param standardizeByWorker whether the shard's scaling standardizes by its own training rows
   * @param shape the model's shape
   */
  public Shard build(
      double testFraction, long runSeed, boolean standardizeByWorker, ModelShape shape) {
    requireOpen();
    built = true;
    int[] order = rows.canonicalOrder();
    boolean[] isTest = givenParts(order);
    if (testFraction > 0.0) {
      Arrays.fill(isTest, false);
      int[] shuffled = IntStream.range(0, order.length).toArray();
      new SeededRandom(Seeds.derive(runSeed, "test-split", 0, worker)).shuffle(shuffled);
      int testRows = testRows(testFraction, order.length, runSeed);
      for (int i = 0; i < testRows; i++) {
        isTest[shuffled[i]] = true;
      }
    }
    return packed(order, isTest, standardizeByWorker, shape, testFraction == 0.0, 1);
  }

  /**
   * Ends the builder, with test rows that a keyed hash of each row alone chooses, and of how many
   * equal ones are before it: a row more or less moves no other from one part to the other. Equal
   * are rows of equal values, whether a 0 is stored or isn't, and not those of equal hashes.
   *
   * @param testFraction the expected share of the rows to hold out, in [0, 1); 0 keeps the parts
   *     given with the rows
   * @param runSeed the run's seed
   * @param shape the model's shape
   */
  public Shard splitByRow(double testFraction, long runSeed, ModelShape shape) {
    requireOpen();
    built = true;
    int[] order = rows.canonicalOrder();
    boolean[] isTest =
        testFraction > 0.0 ? drawnParts(order, testFraction, runSeed) : givenParts(order);
    return packed(order, isTest, false, shape, true, 1);
  }

  private boolean[] drawnParts(int[] order, double testFraction, long runSeed) {
    long key = Seeds.derive(runSeed, "test-rows", 0, worker);
    long[] hashes = IntStream.of(order).mapToLong(rows::hash).toArray();
    int[] before = EqualRows.before(hashes, (i, j) -> rows.compare(order[i], order[j]));
    boolean[] isTest = new boolean[order.length];
    for (int i = 0; i < order.length; i++) {
      long drawn = SeededRandom.mix(SeededRandom.mix(hashes[i] ^ key) + before[i]);
      isTest[i] = SeededRandom.unit(drawn) < testFraction;
    }
    return isTest;
  }

  /**
   * Ends the builder, with a number of rows of each person, all in one part: a person more or less
   * moves nobody else's rows, neither in or out nor from one part to the other.
   *
   * @param most how many rows of a person are kept, at least 1; a keyed hash of each chooses them
   * @param testFraction the chance of a person to be held out, which a keyed hash of the person's
   *     id alone decides, in [0, 1); 0 keeps the parts given with the rows
   * @param runSeed the run's seed
   * @param shape the model's shape
   */
  public Shard splitByPerson(int most, double testFraction, long runSeed, ModelShape shape) {
    requireOpen();
    built = true;
    int[] order = rows.canonicalOrder();
    RowsOfPersons persons = new RowsOfPersons(rows, order);
    long draws = Seeds.derive(runSeed, "rows-of-persons", 0, worker);
    int kept = moveToTheEnd(order, persons.beyond(most, draws));
    boolean[] isTest = givenParts(Arrays.copyOf(order, kept));
    long key = Seeds.derive(runSeed, "test-persons", 0, "");
    for (int i = 0; testFraction > 0.0 && i < kept; i++) {
      isTest[i] = persons.isTest(order[i], testFraction, key);
    }
    return packed(order, isTest, false, shape, true, most);
  }

  private boolean[] givenParts(int[] order) {
    boolean[] isTest = new boolean[order.length];
    for (int i = 0; i < order.length; i++) {
      isTest[i] = rows.part(order[i]) == Part.TEST;
    }
    return isTest;
  }

  /** Packs the first rows of the order, one for each part that is given. */
  private Shard packed(
      int[] order,
      boolean[] isTest,
      boolean standardizeByWorker,
      ModelShape shape,
      boolean isSplitByRow,
      int rowsOfPerson) {
    int training = moveToTheEnd(order, isTest);
    rows.arrange(order);
    // The test rows first: the others take over what is left.
    Examples test = rows.pack(training, isTest.length, storage);
    Examples train = rows.pack(0, training, storage);
    Scaling scaling =
        standardizeByWorker ? FeatureMoments.of(train, shape) : Scaling.identity(shape);
    return new Shard(worker, train, test, scaling, dropped, isSplitByRow, rowsOfPerson);
  }

  /** Rounds up as often as the fraction says, so that it holds over many small workers, too. */
  private int testRows(double fraction, int rows, long runSeed) {
    SeededRandom random = new SeededRandom(Seeds.derive(runSeed, "test-split-size", 0, worker));
    double exact = fraction * rows;
    double whole = Math.rint(exact);
    boolean isWhole = Math.abs(exact - whole) <= WHOLE * rows;
    int wanted = isWhole ? (int) whole : (int) Math.floor(exact + random.nextDouble());
    return Math.max(0, Math.min(wanted, rows - 1));
  }

  /**
   * Moves some of the first rows behind the others of them, keeps the order of both, and returns
   * how many stay.
   */
  static int moveToTheEnd(int[] order, boolean[] isMoved) {
    int[] moved = new int[isMoved.length];
    int staying = 0;
    int moving = 0;
    for (int i = 0; i < isMoved.length; i++) {
      if (isMoved[i]) {
        moved[moving++] = order[i];
      } else {
        order[staying++] = order[i];
      }
    }
    System.arraycopy(moved, 0, order, staying, moving);
    return staying;
  }

  private void requireOpen() {
    if (built) {
      throw new IllegalStateException("a shard builder builds once");
    }
  }

  /** Returns {@code array}, or a copy with room for at least {@code needed} entries. */
  static double[] grown(double[] array, int needed) {
    return needed <= array.length ? array : Arrays.copyOf(array, newCapacity(needed));
  }

  static int[] grown(int[] array, int needed) {
    return needed <= array.length ? array : Arrays.copyOf(array, newCapacity(needed));
  }

  static int newCapacity(int needed) {
    return (int) Math.min(Integer.MAX_VALUE - 8L, 16L + needed + (needed >> 1));
  }
}
