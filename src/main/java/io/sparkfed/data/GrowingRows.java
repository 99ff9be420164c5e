package io.sparkfed.data;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.math.Kernels;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The append-only store behind {@link ShardBuilder}: rows end to end, in memory or in a file.
 * Column indices are kept from the first sparse row on.
 */
final class GrowingRows {
  private static final int MOST_VALUES = Integer.MAX_VALUE - 8 - Kernels.LANES;
  private static final int LEAST_ROOM = 16;

  private final int features;
  private final Room room;
  private final GrowingValues values;
  private final GrowingDoubles labels = new GrowingDoubles();

  /** Empty until a row has a weight that isn't 1. */
  private final GrowingDoubles weights = new GrowingDoubles();

  /** Empty until a row has an offset. */
  private final GrowingDoubles offsets = new GrowingDoubles();

  private final BitSet tests = new BitSet();
  private final PersonIds persons = new PersonIds();
  private int count;
  private int entries;
  private boolean sparse;

  /** Where each row begins and the last one ends, and the columns; empty until a row is sparse. */
  private int[] starts = new int[0];

  private int[] columns = new int[0];

  /** The rows' numbers in their final order. */
  private int[] arranged;

  GrowingRows(int features, Room room) {
    this.features = features;
    this.room = room;
    this.values = new GrowingValues(features, room);
  }

  int count() {
    return count;
  }

  Part part(int row) {
    return tests.get(row) ? Part.TEST : Part.TRAIN;
  }

  /** Returns whose the rows are. */
  PersonIds persons() {
    return persons;
  }

  /** Returns whether a row can be added to those that are there. */
  boolean takes(EncodedRow row) {
    return row.entries() <= MOST_VALUES - entries
        && (row.person == null ? count < MOST_VALUES : PersonIds.takes(count));
  }

  /** Adds a row that it {@link #takes}. */
  void add(EncodedRow row) {
    int width = row.entries();
    int end = Math.addExact(entries, width);
    values.add(row.values(), row.from(), width);
    if (row.columns() != null && !sparse) {
      becomeSparse();
    }
    if (sparse) {
      columns = ShardBuilder.grown(columns, end);
      for (int k = 0; k < width; k++) {
        columns[entries + k] = row.columns() == null ? k : row.columns()[row.from() + k];
      }
      starts = ShardBuilder.grown(starts, count + 2);
      starts[count + 1] = end;
    }
    labels.add(GrowingValues.withoutNegativeZero(row.label()));
    addRare(weights, GrowingValues.withoutNegativeZero(row.weight()), 1.0);
    addRare(offsets, GrowingValues.withoutNegativeZero(row.offset()), 0.0);
    tests.set(count, row.part() == Part.TEST);
    persons.set(count, row.person);
    entries = end;
    count++;
  }

  /** Adds a row's number to those before it; nothing as long as all are the usual one. */
  private void addRare(GrowingDoubles numbers, double number, double usual) {
    if (numbers.count() == 0 && number == usual) {
      return;
    }
    while (numbers.count() < count) {
      numbers.add(usual);
    }
    numbers.add(number);
  }

  private void becomeSparse() {
    sparse = true;
    starts = new int[count + LEAST_ROOM];
    columns = new int[entries];
    for (int i = 0; i < count; i++) {
      starts[i + 1] = (i + 1) * features;
      for (int k = 0; k < features; k++) {
        columns[i * features + k] = k;
      }
    }
  }

  private double weight(int row) {
    return weights.count() == 0 ? 1.0 : weights.get(row);
  }

  private double offset(int row) {
    return offsets.count() == 0 ? 0.0 : offsets.get(row);
  }

  private int start(int row) {
    return sparse ? starts[row] : row * features;
  }

  private int width(int row) {
    return sparse ? starts[row + 1] - starts[row] : features;
  }

  /** Returns a hash of what a row holds, the same however the rows are kept. */
  long hash(int row) {
    long hash = RowHash.begun(labels.get(row), weight(row), offset(row));
    int from = start(row);
    for (int k = 0; k < width(row); k++) {
      hash = RowHash.withEntry(hash, column(row, k), values.get(from + k));
    }
    return hash;
  }

  /**
   * Compares what two rows hold, however they are kept: a 0 that is stored is one that isn't. Parts
   * don't count. Returns 0 for equal rows alone.
   */
  int compare(int one, int other) {
    int differs = Double.compare(labels.get(one), labels.get(other));
    differs = differs == 0 ? Double.compare(weight(one), weight(other)) : differs;
    differs = differs == 0 ? Double.compare(offset(one), offset(other)) : differs;
    int at = withValue(one, 0);
    int ofOther = withValue(other, 0);
    while (differs == 0 && at < width(one) && ofOther < width(other)) {
      differs = Integer.compare(column(one, at), column(other, ofOther));
      if (differs == 0) {
        double value = values.get(start(one) + at);
        differs = Double.compare(value, values.get(start(other) + ofOther));
      }
      at = withValue(one, at + 1);
      ofOther = withValue(other, ofOther + 1);
    }
    return differs == 0 ? Integer.compare(width(one) - at, width(other) - ofOther) : differs;
  }

  /** Returns the place of a row's first entry from a place on that isn't 0; its width for none. */
  private int withValue(int row, int from) {
    int at = from;
    while (at < width(row) && values.get(start(row) + at) == 0.0) {
      at++;
    }
    return at;
  }

  private int column(int row, int entry) {
    return sparse ? columns[starts[row] + entry] : entry;
  }

  /** Ends adding, and returns the row numbers sorted by content. */
  int[] canonicalOrder() {
    values.end();
    return CanonicalOrder.of(count, new Content());
  }

  /**
   * Label, weight and offset; then the columns of sparse rows, of which a shorter row that begins
   * alike comes first; then the values; then the part.
   */
  private final class Content implements CanonicalOrder.Keys {
    private static final int LABEL = 0;
    private static final int WEIGHT = 1;
    private static final int OFFSET = 2;
    private static final int PART = 3;
    private static final int FIRST_ENTRY = 4;

    private static final int NO_COLUMN = -1;

    private final int firstValue;

    Content() {
      int widest = 0;
      for (int i = 0; sparse && i < count; i++) {
        widest = Math.max(widest, width(i));
      }
      firstValue = FIRST_ENTRY + (sparse ? widest + 1 : 0);
    }

    @Override
    public long of(int row, int key) {
      if (key >= firstValue) {
        return CanonicalOrder.key(values.get(start(row) + key - firstValue));
      }
      return switch (key) {
        case LABEL -> CanonicalOrder.key(labels.get(row));
        case WEIGHT -> CanonicalOrder.key(weight(row));
        case OFFSET -> CanonicalOrder.key(offset(row));
        case PART -> tests.get(row) ? 1L : 0L;
        default -> key - FIRST_ENTRY < width(row) ? column(row, key - FIRST_ENTRY) : NO_COLUMN;
      };
    }

    @Override
    public int following(int row, int key) {
      if (key == PART) {
        return CanonicalOrder.NONE;
      }
      if (key < PART) {
        return key == OFFSET ? value(row, sparse ? FIRST_ENTRY : firstValue) : key + 1;
      }
      if (key < firstValue) {
        // Rows that share the absence of a column share all columns, and so have one width.
        return key - FIRST_ENTRY < width(row) ? key + 1 : value(row, firstValue);
      }
      return value(row, key + 1);
    }

    private int value(int row, int key) {
      return key >= firstValue && key - firstValue >= width(row) ? PART : key;
    }
  }

  /**
   * Brings the rows into an order that {@link #pack} takes them from, once.
   *
   * @param order of all rows
   */
  void arrange(int[] order) {
    arranged = order;
    if (!sparse && !values.isOnDisk()) {
      values.arrange(order);
    }
  }

  /**
   * Packs the rows {@code from .. to - 1} of the order, dense unless at most half of the entries
   * are present. To take the first rows ends the use of this store.
   */
  Examples pack(int from, int to, Storage storage) {
    int[] chosen = Arrays.copyOfRange(arranged, from, to);
    double[] chosenLabels = labels.at(chosen);
    double[] chosenWeights = weights.count() == 0 ? null : weights.at(chosen);
    double[] chosenOffsets = offsets.count() == 0 ? null : offsets.at(chosen);
    long present = 0;
    for (int row : chosen) {
      present += width(row);
    }
    long full = (long) chosen.length * features;
    if (sparse && (present <= full / 2 || full > MOST_VALUES)) {
      return packSparse(chosen, (int) present, chosenLabels, chosenWeights, chosenOffsets, storage);
    }
    return new DenseExamples(
        dense(from, chosen, storage), chosenLabels, chosenWeights, chosenOffsets);
  }

  private DenseValues dense(int from, int[] chosen, Storage storage) {
    if (values.isOnDisk()) {
      return onDisk(chosen, storage);
    }
    if (!sparse && from == 0) {
      return values.first(chosen.length, storage);
    }
    GrowingValues own = new GrowingValues(features, Room.OF_MEMORY);
    double[] row = new double[features];
    for (int r = 0; r < chosen.length; r++) {
      copyRow(sparse ? chosen[r] : from + r, row);
      own.add(row, 0, features);
    }
    return own.first(chosen.length, storage);
  }

  /** Rows that memory had no room for as they came have none when they are packed. */
  private DenseValues onDisk(int[] chosen, Storage storage) {
    double[] row = new double[features];
    try (NumbersFile.Writer packed = NumbersFile.Writer.in(room.folder())) {
      for (int i : chosen) {
        copyRow(i, row);
        storage.round(row);
        packed.add(row, 0, features);
      }
      return DenseValues.of(packed.end(), features);
    }
  }

  /** Writes all features of a row, which is given by its place in the store. */
  private void copyRow(int i, double[] out) {
    if (!sparse) {
      values.copy(i * features, features, out, 0);
      return;
    }
    Arrays.fill(out, 0.0);
    for (int k = starts[i]; k < starts[i + 1]; k++) {
      out[columns[k]] = values.get(k);
    }
  }

  private Examples packSparse(
      int[] chosen,
      int present,
      double[] chosenLabels,
      double[] chosenWeights,
      double[] chosenOffsets,
      Storage storage) {
    int[] rowStarts = new int[chosen.length + 1];
    int[] packedColumns = new int[present];
    double[] packedValues = new double[present];
    int end = 0;
    for (int r = 0; r < chosen.length; r++) {
      int from = starts[chosen[r]];
      int width = starts[chosen[r] + 1] - from;
      System.arraycopy(columns, from, packedColumns, end, width);
      values.copy(from, width, packedValues, end);
      end += width;
      rowStarts[r + 1] = end;
    }
    return new SparseExamples(
        features,
        rowStarts,
        packedColumns,
        SparseValues.of(packedValues, storage),
        chosenLabels,
        chosenWeights,
        chosenOffsets);
  }
}
