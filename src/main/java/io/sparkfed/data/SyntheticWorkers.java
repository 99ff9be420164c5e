package io.sparkfed.data;

import io.sparkfed.data.ShardBuilder.Part;
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
 * v_k ~ beta N(0, 1)}, rows {@code x_j ~ N(v_kj, j^-1.2)}; with several outputs the weights and
 * intercepts of each. A linear or Huber label is {@code w_k'x + b_k + N(0, 0.25)}; a class is drawn
 * with the probabilities that the scores give, for a support vector machine those of the logistic
 * model; a Poisson or gamma label (of shape 1) has the mean {@code exp(s)} with the score held in
 * [-3, 3]. Sizes are log-normal around the mean.
 *
 * @param features number of features p, at least 1
 * @param rowsPerWorker mean number of rows, at least 1
 * @param modelSkew alpha, at least 0
 * @param featureSkew beta, at least 0
 * @param family whose labels are generated
 * @param outputs number of the model's outputs, at least 1
 * @param runSeed the run's seed
 */
public record SyntheticWorkers(
    int features,
    int rowsPerWorker,
    double modelSkew,
    double featureSkew,
    Family family,
    int outputs,
    long runSeed)
    implements Serializable {
  private static final double SIZE_SPREAD = 0.5;

  /** Generates rows for a family of one output. */
  public SyntheticWorkers(
      int features,
      int rowsPerWorker,
      double modelSkew,
      double featureSkew,
      Family family,
      long runSeed) {
    this(features, rowsPerWorker, modelSkew, featureSkew, family, 1, runSeed);
  }

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
    double[][] weights = new double[outputs][features];
    double[] means = new double[features];
    double[] intercepts = new double[outputs];
    for (int k = 0; k < outputs; k++) {
      for (int j = 0; j < features; j++) {
        weights[k][j] = common.nextGaussian() + modelSkew * own.nextGaussian();
        if (k == 0) {
          means[j] = featureSkew * own.nextGaussian();
        }
      }
      intercepts[k] = common.nextGaussian() + modelSkew * own.nextGaussian();
    }
    double size =
        StrictMath.exp(SIZE_SPREAD * own.nextGaussian() - SIZE_SPREAD * SIZE_SPREAD / 2.0);
    int rows = Math.max(1, (int) Math.rint(rowsPerWorker * size));
    double[] deviations = new double[features];
    for (int j = 0; j < features; j++) {
      deviations[j] = StrictMath.pow(j + 1.0, -0.6);
    }
    double[] x = new double[features];
    double[] scores = new double[outputs];
    for (int i = 0; i < rows; i++) {
      System.arraycopy(intercepts, 0, scores, 0, outputs);
      for (int j = 0; j < features; j++) {
        x[j] = means[j] + deviations[j] * own.nextGaussian();
        for (int k = 0; k < outputs; k++) {
          scores[k] += weights[k][j] * x[j];
        }
      }
      into.addDense(x, family.drawLabel(scores, own), 1.0, Part.TRAIN);
    }
  }
}
