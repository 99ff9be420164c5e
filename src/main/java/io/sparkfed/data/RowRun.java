package io.sparkfed.data;

import io.sparkfed.data.ShardBuilder.Part;
import java.io.Serializable;
import java.util.Arrays;
import java.util.BitSet;

/**
 * Rows of one worker in the order in which they were read, packed to be brought to its partition:
 * arrays of numbers instead of an object a row. All have the same number of features. Never leaves
 * the executors.
 */
public final class RowRun implements Serializable {
  private static final long serialVersionUID = 1L;

  private static final int LEAST_ROOM = 16;

  private final String worker;
  private int count;
  private int width;
  private int entries;
  private int levelsOfARow;
  private int[] ends = new int[LEAST_ROOM];
  private double[] values = new double[LEAST_ROOM];

  /** Empty until a row is sparse; of a dense one's entries the columns are of no meaning. */
  private int[] columns = new int[0];

  private double[] labels = new double[LEAST_ROOM];
  private double[] weights = new double[LEAST_ROOM];
  private double[] offsets = new double[LEAST_ROOM];
  private String[] levels = new String[0];
  private final BitSet sparse = new BitSet();
  private final BitSet tests = new BitSet();
  private final BitSet incomplete = new BitSet();
  private final PersonIds persons = new PersonIds();

  /** Starts a run of a worker's rows. */
  public RowRun(String worker) {
    this.worker = worker;
  }

  public String worker() {
    return worker;
  }

  /** Returns how many numbers are in the run. */
  public int size() {
    return entries + (3 + persons.wordsOfARow()) * count;
  }

  /** Returns whether a row has as many features as those before it. */
  public boolean takes(EncodedRow row) {
    return incomplete.cardinality() == count || row.width() == width;
  }

  /** Adds a row that it {@link #takes}. */
  public void add(EncodedRow row) {
    width = row.width();
    int end = Math.addExact(entries, row.entries());
    values = ShardBuilder.grown(values, end);
    System.arraycopy(row.values(), row.from(), values, entries, row.entries());
    if (row.columns() != null) {
      columns = ShardBuilder.grown(columns, end);
      System.arraycopy(row.columns(), row.from(), columns, entries, row.entries());
      sparse.set(count);
    }
    levelsOfARow = row.levels().length;
    int needed = (count + 1) * levelsOfARow;
    if (needed > levels.length) {
      levels = Arrays.copyOf(levels, needed + needed / 2);
    }
    System.arraycopy(row.levels(), 0, levels, count * levelsOfARow, levelsOfARow);
    entries = end;
    append(row.label(), row.weight(), row.offset());
    tests.set(count - 1, row.part() == Part.TEST);
    persons.set(count - 1, row.person);
  }

  /** Adds a row that is left out for a missing value. */
  public void addIncomplete() {
    append(0.0, 0.0, 0.0);
    incomplete.set(count - 1);
  }

  private void append(double label, double weight, double offset) {
    labels = ShardBuilder.grown(labels, count + 1);
    weights = ShardBuilder.grown(weights, count + 1);
    offsets = ShardBuilder.grown(offsets, count + 1);
    ends = ShardBuilder.grown(ends, count + 1);
    labels[count] = label;
    weights[count] = weight;
    offsets[count] = offset;
    ends[count++] = entries;
  }

  /** Gives back the room that wasn't needed; the run takes no more rows. */
  public void trim() {
    labels = Arrays.copyOf(labels, count);
    weights = Arrays.copyOf(weights, count);
    offsets = Arrays.copyOf(offsets, count);
    ends = Arrays.copyOf(ends, count);
    values = Arrays.copyOf(values, entries);
    columns = sparse.isEmpty() ? columns : Arrays.copyOf(columns, entries);
    levels = Arrays.copyOf(levels, count * levelsOfARow);
    persons.trim(count);
  }

  /** Returns the number of rows, those left out among them. */
  public int rows() {
    return count;
  }

  /** Returns whether a row was left out for a missing value. */
  public boolean isIncomplete(int row) {
    return incomplete.get(row);
  }

  /** Has a row seen that isn't left out. */
  public void see(int row, EncodedRow out) {
    int from = row == 0 ? 0 : ends[row - 1];
    out.see(width, sparse.get(row) ? columns : null, values, from, ends[row] - from);
    int first = row * levelsOfARow;
    if (levelsOfARow > 0) {
      out.seeLevels(Arrays.copyOfRange(levels, first, first + levelsOfARow));
    }
    out.label = labels[row];
    out.weight = weights[row];
    out.offset = offsets[row];
    out.part = tests.get(row) ? Part.TEST : Part.TRAIN;
    out.person = persons.of(row);
  }
}
