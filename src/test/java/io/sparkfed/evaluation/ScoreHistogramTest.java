package io.sparkfed.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.data.Examples;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.ModelShape;
import io.sparkfed.testing.Table;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvFileSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreHistogramTest {
  private static final int PARTS = 2048;
  private static final double AIM = MetricSettings.AUC_ERROR;

  /** The one feature is the score itself. */
  private static final Coefficients SCORE =
      new Coefficients(new ModelShape(1, false), new double[] {1.0});

  /** The values and how they were made are in {@code auc_golden.py}. */
  @ParameterizedTest
  @CsvFileSource(resources = "auc_golden.csv")
  void auc_refined_isScikitLearnsWithinItsError(
      String name,
      int rows,
      double events,
      double shift,
      double scale,
      int weighted,
      int positives,
      double golden) {
    int number = Arrays.asList(CASES).indexOf(name);
    Golden golds = new Golden(number);
    double[] scores = new double[rows];
    double[] labels = new double[rows];
    double[] weights = new double[rows];
    for (int i = 0; i < rows; i++) {
      double sum = (golds.next() + golds.next()) + (golds.next() + golds.next());
      double z = (sum - 2.0) * 1.7320508075688772;
      scores[i] = shift + scale * z;
      double share = 1.0 + 0.5 * z;
      labels[i] = golds.next() < (events / rows) * (share * share) ? 1.0 : 0.0;
      double u = golds.next();
      weights[i] = weighted == 1 ? Math.floor(u * 3.0) + 0.5 : 1.0;
    }
    assertEquals(positives, Arrays.stream(labels).sum(), "the generator is the script's");

    ScoreHistogram found = refined(rows(scores, labels, weights), 100);

    assertTrue(found.error() <= AIM, "error " + found.error());
    assertEquals(golden, found.auc(), found.error() + 1e-12);
  }

  private static final String[] CASES = {
    "rare", "rare-weighted", "near-zero", "near-one", "huge", "tiny", "far", "narrow", "usual"
  };

  /** The generator of the script. */
  private static final class Golden {
    private long state;

    Golden(long seed) {
      state = seed;
    }

    double next() {
      state = state * 6364136223846793005L + 1442695040888963407L;
      return (state >>> 11) * 0x1p-53;
    }
  }

  /** Whatever the scale of the scores, how many they are, and whether they tie. */
  @ParameterizedTest
  @ValueSource(doubles = {1e-300, 1e-30, 1e-12, 1e-3, 1.0, 30.0, 1e6, 1e100, 1e300})
  void auc_refined_isThatOfAllPairs(double scale) {
    Random random = new Random(5L);
    for (int rows : new int[] {2, 3, 10, 60}) {
      for (int distinct : new int[] {1, 2, 5, Integer.MAX_VALUE}) {
        for (double shift : new double[] {0.0, -9.3, 1.0 / 3.0}) {
          double[] scores = new double[rows];
          double[] labels = new double[rows];
          for (int i = 0; i < rows; i++) {
            double z = random.nextGaussian();
            scores[i] = scale * (distinct > 5 ? z : Math.floor(z * distinct / 2.0)) + shift * scale;
            labels[i] = i < 2 ? i : random.nextInt(2);
          }

          ScoreHistogram found = refined(rows(scores, labels, null), 100);

          assertTrue(
              found.error() <= AIM, scale + " " + rows + " " + distinct + " " + found.error());
          assertEquals(overAllPairs(scores, labels), found.auc(), found.error() + 1e-12);
        }
      }
    }
  }

  /** Before any refinement, too. */
  @ParameterizedTest
  @ValueSource(ints = {2, 3, 5, 20, 100})
  void error_fixedBins_boundsTheDifferenceToAllPairs(int bins) {
    Random random = new Random(2L);
    for (int draw = 0; draw < 50; draw++) {
      double[] scores = random.doubles(60).map(u -> 12.0 * u - 6.0).toArray();
      double[] labels =
          Arrays.stream(scores).map(s -> random.nextGaussian() < s / 4.0 ? 1.0 : 0.0).toArray();
      labels[0] = 0.0;
      labels[1] = 1.0;

      ScoreHistogram found = histogram(rows(scores, labels, null), ScoreBins.fixed(bins));

      assertEquals(overAllPairs(scores, labels), found.auc(), found.error() + 1e-12);
    }
  }

  @Test
  void fixedBin_anyScore_isTheBinOfTheEdges() {
    Random random = new Random(3L);
    for (int count : new int[] {2, 3, 100, 1001}) {
      ScoreBins bins = ScoreBins.fixed(count);
      assertEquals(count, bins.count());
      for (int i = 0; i < 2000; i++) {
        double score = random.nextGaussian() * Math.pow(10.0, random.nextInt(40) - 20);
        assertEquals(bins.bin(score), bins.fixedBin(score), "score " + score);
      }
      for (int bin = 1; bin < count; bin++) {
        assertEquals(bin, bins.fixedBin(bins.from(bin)));
        assertEquals(bin - 1, bins.fixedBin(Math.nextDown(bins.from(bin))));
      }
    }
  }

  @Test
  void error_equalScoresOfBothLabels_isNone() {
    double[] scores = {0.25, 0.25, 0.25};
    ScoreHistogram found = refined(rows(scores, new double[] {1.0, 0.0, 0.0}, null), 2);

    assertEquals(0.5, found.auc());
    assertEquals(0.0, found.error());
  }

  @Test
  void refined_onceOverManyRows_isFineEnoughAndNotMuchLonger() {
    Random random = new Random(4L);
    double[] scores = random.doubles(20_000).map(u -> 8.0 * u - 4.0).toArray();
    double[] labels =
        Arrays.stream(scores).map(s -> random.nextGaussian() < s / 2.0 ? 1.0 : 0.0).toArray();
    Examples rows = rows(scores, labels, null);

    ScoreBins once = histogram(rows, ScoreBins.fixed(100)).refined(PARTS);

    assertTrue(once.count() <= 100 + PARTS, "bins " + once.count());
    assertTrue(histogram(rows, once).error() <= AIM);
  }

  @Test
  void at_edgesThatDontAscend_areRefused() {
    assertEquals(
        "edges must ascend",
        assertThrows(IllegalArgumentException.class, () -> ScoreBins.at(new double[] {1.0, 1.0}))
            .getMessage());
  }

  private static ScoreHistogram refined(Examples rows, int bins) {
    ScoreHistogram found = histogram(rows, ScoreBins.fixed(bins));
    for (int visit = 0; visit < 16 && found.error() > AIM; visit++) {
      found = histogram(rows, found.refined(PARTS));
    }
    return found;
  }

  private static ScoreHistogram histogram(Examples rows, ScoreBins bins) {
    double[] sums = bins.histogram(rows, SCORE);
    return new ScoreHistogram(
        bins,
        Arrays.copyOf(sums, bins.count()),
        Arrays.copyOfRange(sums, bins.count(), sums.length));
  }

  private static Examples rows(double[] scores, double[] labels, double[] weights) {
    double[][] x = Arrays.stream(scores).mapToObj(s -> new double[] {s}).toArray(double[][]::new);
    Table table = Table.of(x, labels);
    return (weights == null ? table : table.withWeights(weights)).examples();
  }

  private static double overAllPairs(double[] scores, double[] labels) {
    double concordant = 0.0;
    double pairs = 0.0;
    for (int i = 0; i < scores.length; i++) {
      for (int j = 0; j < scores.length; j++) {
        if (labels[i] == 1.0 && labels[j] == 0.0) {
          pairs++;
          concordant += scores[i] > scores[j] ? 1.0 : scores[i] == scores[j] ? 0.5 : 0.0;
        }
      }
    }
    return concordant / pairs;
  }
}
