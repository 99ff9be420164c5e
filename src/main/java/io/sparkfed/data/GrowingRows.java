package io.sparkfed.data;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.math.Kernels;
import java.util.Arrays;
import java.util.BitSet;

/**
 * The append-only store behind {@link ShardBuilder}: rows end to end in pieces, so that what is
 * there is not copied when more come. A row lies in one piece. Column indices are kept from the
 * first sparse row on.
 */
final class GrowingRows {
  private static final int MOST_VALUES = Integer.MAX_VALUE - 8 - Kernels.LANES;

  /** A piece has 2^15 values: a quarter of a megabyte. A wider row has one of its own. */
  private static final int SHIFT = 15;

  private static final int PIECE = 1 << SHIFT;
  private static final int MASK = PIECE - 1;
  private static final int LEAST_ROOM = 64;

  private int count;

  /** Where the next row begins, if it fits into the piece: the piece's number, then the place. */
  private int next;

  private int[] starts = new int[16];

  /** How many entries rows have; all have as many as the first one until a row is sparse. */
  private int[] widths = new int[0];

  private int widthOfAll;
  private double[][] values = {new double[LEAST_ROOM]};
  private int[][] columns = new int[0][];
  private final GrowingDoubles labels = new GrowingDoubles();
  private final GrowingDoubles weights = new GrowingDoubles();

  /** Empty until a row has an offset. */
  private final GrowingDoubles offsets = new GrowingDoubles();

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
    if (count == 0) {
      widthOfAll = width;
    }
    if (!sparse && (row.columns() != null || width != widthOfAll)) {
      becomeSparse();
    }
    int start = room(width);
    double[] piece = values[start >>> SHIFT];
    int at = start & MASK;
    for (int k = 0; k < width; k++) {
      piece[at + k] = withoutNegativeZero(row.values()[row.from() + k]);
    }
    if (sparse) {
      widths = ShardBuilder.grown(widths, count + 1);
      widths[count] = width;
      int[] own = columns(start >>> SHIFT);
      for (int k = 0; k < width; k++) {
        own[at + k] = row.columns() == null ? k : row.columns()[row.from() + k];
      }
    }
    starts = ShardBuilder.grown(starts, count + 1);
    starts[count] = start;
    labels.add(withoutNegativeZero(row.label()));
    weights.add(withoutNegativeZero(row.weight()));
    if (row.offset() != 0.0) {
      while (offsets.count() < count) {
        offsets.add(0.0);
      }
      offsets.add(row.offset());
    }
    tests.set(count, row.part() == Part.TEST);
    count++;
  }

  /** Returns where a row of this width goes, and has it in the store's pieces. */
  private int room(int width) {
    int at = next & MASK;
    int start = at == 0 || at + width <= PIECE ? next : Math.addExact(next, PIECE - at);
    int piece = start >>> SHIFT;
    if (piece >= values.length) {
      values = Arrays.copyOf(values, piece + (piece >> 1) + 1);
    }
    int end = (start & MASK) + width;
    if (values[piece] == null) {
      values[piece] = new double[Math.max(PIECE, width)];
    } else if (values[piece].length < end) {
      // Only the first one begins small.
      int larger = Math.max(end, Math.min(PIECE, 4 * values[piece].length));
      values[piece] = Arrays.copyOf(values[piece], larger);
    }
    next = Math.addExact(start, width);
    if (width > PIECE) {
      next = Math.addExact(next, PIECE - 1) & ~MASK;
    }
    return start;
  }

  /** Returns the columns of a piece. */
  private int[] columns(int piece) {
    if (columns.length < values.length) {
      columns = Arrays.copyOf(columns, values.length);
    }
    int[] own = columns[piece];
    if (own == null || own.length < values[piece].length) {
      own = own == null ? new int[values[piece].length] : Arrays.copyOf(own, values[piece].length);
      columns[piece] = own;
    }
    return own;
  }

  private void becomeSparse() {
    sparse = true;
    widths = new int[Math.max(16, count)];
    Arrays.fill(widths, 0, count, widthOfAll);
    for (int i = 0; i < count; i++) {
      int[] own = columns(starts[i] >>> SHIFT);
      for (int k = 0; k < widthOfAll; k++) {
        own[(starts[i] & MASK) + k] = k;
      }
    }
  }

  private double offset(int row) {
    return row < offsets.count() ? offsets.get(row) : 0.0;
  }

  private int width(int row) {
    return sparse ? widths[row] : widthOfAll;
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

    @Override
    public long of(int row, int key) {
      if (key >= firstValue) {
        int start = starts[row];
        return CanonicalOrder.key(values[start >>> SHIFT][(start & MASK) + key - firstValue]);
      }
      return switch (key) {
        case LABEL -> CanonicalOrder.key(labels.get(row));
        case WEIGHT -> CanonicalOrder.key(weights.get(row));
        case OFFSET -> CanonicalOrder.key(offset(row));
        case PART -> tests.get(row) ? 1L : 0L;
        default -> column(row, key - FIRST_ENTRY);
      };
    }

    private long column(int row, int entry) {
      int start = starts[row];
      return entry < width(row) ? columns[start >>> SHIFT][(start & MASK) + entry] : NO_COLUMN;
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
    double[] chosenLabels = labels.at(chosen);
    double[] chosenWeights = weights.at(chosen);
    double[] chosenOffsets = null;
    if (offsets.count() > 0) {
      chosenOffsets = new double[chosen.length];
      for (int r = 0; r < chosen.length; r++) {
        chosenOffsets[r] = offset(chosen[r]);
      }
    }
    long present = 0;
    for (int row : chosen) {
      present += width(row);
    }
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
      int start = starts[chosen[r]];
      double[] piece = values[start >>> SHIFT];
      int at = start & MASK;
      if (!sparse) {
        System.arraycopy(piece, at, packed, r * features, features);
        continue;
      }
      int[] own = columns[start >>> SHIFT];
      for (int k = at; k < at + widths[chosen[r]]; k++) {
        packed[r * features + own[k]] = piece[k];
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
      int start = starts[chosen[r]];
      int width = widths[chosen[r]];
      System.arraycopy(columns[start >>> SHIFT], start & MASK, packedColumns, end, width);
      System.arraycopy(values[start >>> SHIFT], start & MASK, packedValues, end, width);
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
