package io.sparkfed.data;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.math.Kernels;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The append-only store behind {@link ShardBuilder}: rows end to end in growing arrays. Column
 * indices are kept from the first sparse row on.
 */
final class GrowingRows {
  private static final int MOST_VALUES = Integer.MAX_VALUE - 8 - Kernels.LANES;

  private int count;
  private int entries;
  private int[] starts = new int[17];
  private int[] columns = new int[0];
  private double[] values = new double[64];
  private double[] labels = new double[16];
  private double[] weights = new double[16];

  /** Empty until a row has an offset. */
  private double[] offsets = new double[0];

  private final BitSet tests = new BitSet();
  private boolean sparse;

  int count() {
    return count;
  }

  Part part(int row) {
    return tests.get(row) ? Part.TEST : Part.TRAIN;
  }

  /** Adds a row. */
  void add(EncodedRow row) {
    int width = row.entries();
    int end = Math.addExact(entries, width);
    values = ShardBuilder.grown(values, end);
    for (int k = 0; k < width; k++) {
      values[entries + k] = withoutNegativeZero(row.values()[row.from() + k]);
    }
    if (row.columns() != null && !sparse) {
      becomeSparse();
    }
    if (sparse) {
      columns = ShardBuilder.grown(columns, end);
      for (int k = 0; k < width; k++) {
        columns[entries + k] = row.columns() == null ? k : row.columns()[row.from() + k];
      }
    }
    labels = ShardBuilder.grown(labels, count + 1);
    weights = ShardBuilder.grown(weights, count + 1);
    starts = ShardBuilder.grown(starts, count + 2);
    labels[count] = withoutNegativeZero(row.label());
    weights[count] = withoutNegativeZero(row.weight());
    if (row.offset() != 0.0) {
      offsets = ShardBuilder.grown(offsets, count + 1);
      offsets[count] = row.offset();
    }
    tests.set(count, row.part() == Part.TEST);
    entries = end;
    count++;
    starts[count] = end;
  }

  private void becomeSparse() {
    sparse = true;
    columns = new int[values.length];
    for (int i = 0; i < count; i++) {
      for (int k = starts[i]; k < starts[i + 1]; k++) {
        columns[k] = k - starts[i];
      }
    }
  }

  private double offset(int row) {
    return row < offsets.length ? offsets[row] : 0.0;
  }

  /** Returns the row numbers sorted by content. */
  int[] canonicalOrder() {
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

    private int width(int row) {
      return starts[row + 1] - starts[row];
    }

    @Override
    public long of(int row, int key) {
      if (key >= firstValue) {
        return CanonicalOrder.key(values[starts[row] + key - firstValue]);
      }
      return switch (key) {
        case LABEL -> CanonicalOrder.key(labels[row]);
        case WEIGHT -> CanonicalOrder.key(weights[row]);
        case OFFSET -> CanonicalOrder.key(offset(row));
        case PART -> tests.get(row) ? 1L : 0L;
        default -> column(row, key - FIRST_ENTRY);
      };
    }

    private long column(int row, int entry) {
      return entry < width(row) ? columns[starts[row] + entry] : NO_COLUMN;
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

  /** Packs the chosen rows, dense unless at most half of the entries are present. */
  Examples pack(int[] chosen, int features, Storage storage) {
    double[] chosenLabels = Arrays.stream(chosen).mapToDouble(i -> labels[i]).toArray();
    double[] chosenWeights = Arrays.stream(chosen).mapToDouble(i -> weights[i]).toArray();
    double[] chosenOffsets =
        offsets.length == 0 ? null : Arrays.stream(chosen).mapToDouble(this::offset).toArray();
    long present = Arrays.stream(chosen).mapToLong(i -> starts[i + 1] - starts[i]).sum();
    long full = (long) chosen.length * features;
    if (sparse && present <= full / 2) {
      return packSparse(
          chosen, features, (int) present, chosenLabels, chosenWeights, chosenOffsets, storage);
    }
    if (full > MOST_VALUES) {
      throw new IllegalArgumentException(
          "a dense shard holds at most 2^31 values; a worker with more must be split");
    }
    double[] packed = new double[(int) full + Kernels.LANES];
    for (int r = 0; r < chosen.length; r++) {
      int i = chosen[r];
      for (int k = starts[i]; k < starts[i + 1]; k++) {
        packed[r * features + (sparse ? columns[k] : k - starts[i])] = values[k];
      }
    }
    PackedValues kept = PackedValues.of(packed, storage);
    return new DenseExamples(features, kept, chosenLabels, chosenWeights, chosenOffsets);
  }

  private Examples packSparse(
      int[] chosen,
      int features,
      int present,
      double[] chosenLabels,
      double[] chosenWeights,
      double[] chosenOffsets,
      Storage storage) {
    int[] rowStarts = new int[chosen.length + 1];
    int[] packedColumns = new int[present];
    double[] packedValues = new double[present + Kernels.LANES];
    int end = 0;
    for (int r = 0; r < chosen.length; r++) {
      int from = starts[chosen[r]];
      int width = starts[chosen[r] + 1] - from;
      System.arraycopy(columns, from, packedColumns, end, width);
      System.arraycopy(values, from, packedValues, end, width);
      end += width;
      rowStarts[r + 1] = end;
    }
    return new SparseExamples(
        features,
        rowStarts,
        packedColumns,
        PackedValues.of(packedValues, storage),
        chosenLabels,
        chosenWeights,
        chosenOffsets);
  }

  /** -0.0 and 0.0 are one value, so that equal rows are identical. */
  private static double withoutNegativeZero(double value) {
    return value == 0.0 ? 0.0 : value;
  }
}
