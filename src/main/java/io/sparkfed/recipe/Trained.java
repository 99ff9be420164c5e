package io.sparkfed.recipe;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.federated.TrainingResult;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a {@link Training} came to.
 *
 * @param result the model, its rounds, its statistics, and whether training diverged
 * @param features names of the features, in the order of the coefficients
 * @param config what it was trained with
 */
public record Trained(TrainingResult result, List<String> features, TrainingConfig config) {

  /**
   * Returns the coefficients of an output by feature, in raw units unless {@code model.standardize}
   * is {@code worker}; the intercept is the model's own.
   *
   * @param output from 0; of softmax the class, of all other families 0
   */
  public Map<String, Double> coefficients(int output) {
    double[] weights = result.model().weights(output);
    Map<String, Double> byName = new LinkedHashMap<>();
    for (int j = 0; j < weights.length; j++) {
      byName.put(features.get(j), weights[j]);
    }
    return byName;
  }

  /** Returns the intercept of an output; 0 for a model without one. */
  public double intercept(int output) {
    return result.model().intercepts()[output];
  }
}
