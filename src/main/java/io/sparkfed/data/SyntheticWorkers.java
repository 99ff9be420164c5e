package io.sparkfed.data;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.loss.LogisticLoss;
import io.sparkfed.math.SeededRandom;
import io.sparkfed.math.Seeds;
import io.sparkfed.model.Family;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Generates rows of non-identical workers: "synthetic(alpha, beta)" of Li et al., "Federated
 * Optimization in Heterogeneous Networks" (MLSys 2020, section 5.1), for one output.
 *
 * <p>Common to all workers: true weights {@code w_j ~ N(0, 1)} and intercept {@code b ~ N(0, 1)}.
 * Worker k: {@code w_k = w + alpha N(0, 1)}, {@code b_k = b + alpha N(0, 1)}, feature means {@code
 * v_k ~ beta N(0, 1)}, rows {@code x_j ~ N(v_kj, j^-1.2)}. A linear label is {@code w_k'x + b_k +
 * N(0, 0.25)}; a logistic one is 1 with the probability that score gives. Sizes are log-normal
 * around the mean.
 *
 * @param features number of features p, at least 1
 * @param rowsPerWorker mean number of rows, at least 1
 * @param modelSkew alpha, at least 0
 * @param featureSkew beta, at least 0
 * @param family whose labels are generated
 * @param runSeed the run's seed
 */
public record SyntheticWorkers(
    int features,
    int rowsPerWorker,
    double modelSkew,
    double featureSkew,
    Family family,
    long runSeed)
    implements Serializable {
  private static final double SIZE_SPREAD = 0.5;
  private static final double NOISE = 0.5;

  /** Returns the ids of {@code count} workers: worker-1 and on, padded so that they sort. */
  public static List<String> ids(int count) {
    int digits = String.valueOf(count).length();
    List<String> ids = new ArrayList<>(count);
    for (int k = 1; k <= count; k++) {
      ids.add(String.format(Locale.ROOT, "worker-%0" + digits + "d", k));
    }
    return ids;
  }

  /** Adds the rows of one worker, the same whenever and wherever it is called. */
  public void generate(String worker, ShardBuilder into) {
    SeededRandom common = new SeededRandom(Seeds.derive(runSeed, "synthetic-common", 0, ""));
    SeededRandom own = new SeededRandom(Seeds.derive(runSeed, "synthetic-worker", 0, worker));
    double[] weights = new double[features];
    double[] means = new double[features];
    for (int j = 0; j < features; j++) {
      weights[j] = common.nextGaussian() + modelSkew * own.nextGaussian();
      means[j] = featureSkew * own.nextGaussian();
    }
    double intercept = common.nextGaussian() + modelSkew * own.nextGaussian();
    double size =
        StrictMath.exp(SIZE_SPREAD * own.nextGaussian() - SIZE_SPREAD * SIZE_SPREAD / 2.0);
    int rows = Math.max(1, (int) Math.rint(rowsPerWorker * size));
    double[] x = new double[features];
    for (int i = 0; i < rows; i++) {
      double score = intercept;
      for (int j = 0; j < features; j++) {
        x[j] = means[j] + StrictMath.pow(j + 1.0, -0.6) * own.nextGaussian();
        score += weights[j] * x[j];
      }
      into.addDense(x, label(score, own), 1.0, Part.TRAIN);
    }
  }

  private double label(double score, SeededRandom own) {
    if (family.isClassifier()) {
      return own.nextDouble() < LogisticLoss.INSTANCE.mean(score) ? 1.0 : 0.0;
    }
    return score + NOISE * own.nextGaussian();
  }
}
