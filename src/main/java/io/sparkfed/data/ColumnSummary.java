package io.sparkfed.data;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.FeatureEncoding;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;

/**
 * What one worker's rows say of the columns whose encoding isn't known yet: the rows at each level
 * of the k categories, and mean's two sums of the m columns with missing values. Stays at the
 * worker, and is a function of the set of rows alone.
 */
public final class ColumnSummary implements Serializable {
  private static final long serialVersionUID = 1L;

  private final List<SortedMap<String, Long>> levels;
  private final double[] sums;
  private final double[] weights;

  /** Of the rows looked at, for training and to test. */
  private final List<long[]> hashes;

  private ColumnSummary(
      List<SortedMap<String, Long>> levels, double[] sums, double[] weights, List<long[]> hashes) {
    this.levels = List.copyOf(levels);
    this.hashes = hashes;
    this.sums = sums;
    this.weights = weights;
  }

  /** Returns the number of rows at each level of a category, by level; the levels are sorted. */
  public SortedMap<String, Long> levels(int category) {
    return levels.get(category);
  }

  /**
   * Returns {@code [sum_i weight_i * x_ij..., sum_i weight_i...]} over the training rows that have
   * a value, for each of the m columns; length 2m.
   */
  public double[] meanSums() {
    double[] both = Arrays.copyOf(sums, 2 * sums.length);
    System.arraycopy(weights, 0, both, sums.length, weights.length);
    return both;
  }

  /**
   * Returns a hash of what was looked at of each row of some weight, for training rows and for test
   * rows; in no order.
   */
  public List<long[]> hashes() {
    return List.copyOf(hashes);
  }

  /** Returns 1 for each of the m columns that has a value in a training row, otherwise 0. */
  public double[] holdsValues() {
    return Arrays.stream(weights).map(weight -> weight > 0.0 ? 1.0 : 0.0).toArray();
  }

  /** Collects a summary. One-shot: {@link #build} ends it. */
  public static final class Builder {
    private final List<SortedMap<String, Long>> levels = new ArrayList<>();
    private final List<GrowingColumn> columns = new ArrayList<>();
    private final LongStream.Builder trainHashes = LongStream.builder();
    private final LongStream.Builder testHashes = LongStream.builder();

    /** Starts a summary of an encoding's categories and of its columns with missing values. */
    public Builder(FeatureEncoding draft) {
      draft.categories().forEach(category -> levels.add(new TreeMap<>()));
      draft.imputed().forEach(column -> columns.add(new GrowingColumn()));
    }

    /**
     * Adds a row.
     *
     * @param rowLevels its level of each category, length k
     * @param values its value in each column with missing ones, length m; NaN where it is missing
     * @param weight its instance weight
     * @param isTraining whether it is a training row: others have levels, but no part in a mean
     */
    public void add(String[] rowLevels, double[] values, double weight, boolean isTraining) {
      EncodedRow row = new EncodedRow();
      row.see(0, null, values, 0, values.length);
      row.seeLevels(rowLevels);
      row.weight = weight;
      row.part = isTraining ? Part.TRAIN : Part.TEST;
      add(row);
    }

    /** Adds a row that was encoded for a survey, with what a survey reads. */
    public void add(EncodedRow row) {
      if (row.weight() > 0.0) {
        (row.part() == Part.TRAIN ? trainHashes : testHashes).add(RowHash.ofSurvey(row));
      }
      for (int k = 0; k < row.levels().length; k++) {
        levels.get(k).merge(row.levels()[k], 1L, Long::sum);
      }
      for (int j = 0; j < row.entries(); j++) {
        double value = row.values()[row.from() + j];
        if (row.part() == Part.TRAIN && !Double.isNaN(value)) {
          columns.get(j).add(value, row.weight());
        }
      }
    }

    /** Returns how many levels of a category there are so far. */
    public int levelCount(int category) {
      return levels.get(category).size();
    }

    /** Returns the summary. */
    public ColumnSummary build() {
      int m = columns.size();
      double[] sums = new double[m];
      double[] weights = new double[m];
      for (int j = 0; j < m; j++) {
        double[] pair = columns.get(j).sortedSums();
        sums[j] = pair[0];
        weights[j] = pair[1];
      }
      return new ColumnSummary(
          levels,
          sums,
          weights,
          List.of(trainHashes.build().toArray(), testHashes.build().toArray()));
    }
  }

  /** Values with weights, kept to be summed in an order that the rows' order has no part in. */
  private static final class GrowingColumn implements CanonicalOrder.Keys {
    private final GrowingDoubles values = new GrowingDoubles();
    private final GrowingDoubles weights = new GrowingDoubles();

    void add(double value, double weight) {
      values.add(value);
      weights.add(weight);
    }

    @Override
    public long of(int row, int key) {
      return CanonicalOrder.key(key == 0 ? values.get(row) : weights.get(row));
    }

    @Override
    public int following(int row, int key) {
      return key == 0 ? 1 : CanonicalOrder.NONE;
    }

    double[] sortedSums() {
      int[] order = CanonicalOrder.of(values.count(), this);
      double sum = 0.0;
      double total = 0.0;
      for (int i : order) {
        sum += weights.get(i) * values.get(i);
        total += weights.get(i);
      }
      return new double[] {sum, total};
    }
  }
}
