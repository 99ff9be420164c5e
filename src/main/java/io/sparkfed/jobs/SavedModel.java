package io.sparkfed.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig.Preprocessing;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.ModelShape;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A model read back from a training's output.
 *
 * @param family linear or logistic
 * @param features feature names in the order of the coefficients
 * @param weights one for each feature
 * @param intercept the intercept; 0 for a model without one
 * @param standardize how the training standardised
 * @param encoding how columns become the features
 */
record SavedModel(
    String family,
    List<String> features,
    double[] weights,
    double intercept,
    String standardize,
    FeatureEncoding encoding) {

  /**
   * Reads {@code coefficients.json} of an output folder.
   *
   * @throws IOException if it isn't there or isn't one
   */
  static SavedModel read(Configuration hadoop, String dir) throws IOException {
    Path file = new Path(dir, "coefficients.json");
    FileSystem fs = file.getFileSystem(hadoop);
    JsonNode node;
    try (InputStream in = fs.open(file)) {
      node = new ObjectMapper().readTree(in);
    } catch (FileNotFoundException e) {
      throw new IOException(
          "--model " + dir + " is not the output folder of a training: it has no coefficients.json",
          e);
    }
    List<String> features = new ArrayList<>();
    node.path("features").forEach(feature -> features.add(feature.asText()));
    JsonNode weights = node.path("coefficients").path(0);
    if (features.isEmpty() || weights.size() != features.size()) {
      throw new IOException(file + " does not hold one coefficient for each feature");
    }
    double[] values = new double[features.size()];
    for (int j = 0; j < values.length; j++) {
      values[j] = weights.path(j).asDouble();
    }
    FeatureEncoding encoding;
    try {
      encoding = EncodingJson.read(node.path("contract"));
    } catch (IllegalArgumentException e) {
      throw new IOException(file + " does not hold a feature contract: " + e.getMessage(), e);
    }
    if (!encoding.features().equals(features)) {
      throw new IOException(file + " does not hold the feature contract of its coefficients");
    }
    return new SavedModel(
        node.path("family").asText(),
        List.copyOf(features),
        values,
        node.path("intercepts").path(0).asDouble(),
        node.path("standardize").asText(),
        encoding);
  }

  /** Returns the coefficients as a configuration's model has them. */
  Coefficients coefficients(boolean hasIntercept) {
    ModelShape shape = new ModelShape(features.size(), hasIntercept);
    double[] values = Arrays.copyOf(weights, shape.size());
    shape.addToIntercept(intercept, values);
    return new Coefficients(shape, values);
  }

  /**
   * Checks that a configuration is about this model.
   *
   * @throws ConfigurationException naming the key that differs
   */
  void requireFits(TrainingConfig config) {
    if (intercept != 0.0 && !config.model().intercept()) {
      throw new ConfigurationException("model.intercept must be the model's, true");
    }
    requireSame("model.family", family, config.model().family().name());
    requireSame("model.standardize", standardize, config.model().standardize().name());
    List<String> configured = config.data().columns().features();
    if (!configured.isEmpty() && !configured.equals(encoding.columnNames())) {
      throw new ConfigurationException(
          "data.feature-columns must be the model's: " + String.join(", ", encoding.columnNames()));
    }
    requireFits(config.data().preprocessing());
  }

  /** What the configuration says of categories and imputation must not contradict the model. */
  private void requireFits(Preprocessing configured) {
    Map<String, OneHot> saved = new TreeMap<>();
    encoding.categories().forEach(category -> saved.put(category.name(), category));
    if (!configured.categories().keySet().equals(saved.keySet())) {
      throw new ConfigurationException(
          "data.categorical must name the model's categories: "
              + (saved.isEmpty() ? "none" : String.join(", ", saved.keySet())));
    }
    configured
        .categories()
        .forEach(
            (name, category) -> {
              OneHot ofModel = saved.get(name);
              if (category.reference().isPresent()
                  && !category.reference().get().equals(ofModel.reference())) {
                throw new ConfigurationException(
                    "data.categorical."
                        + name
                        + ".reference must be the model's, "
                        + ofModel.reference());
              }
              if (!category.levels().isEmpty() && !category.levels().equals(ofModel.levels())) {
                throw new ConfigurationException(
                    "data.categorical."
                        + name
                        + ".levels must be the model's: "
                        + String.join(", ", ofModel.levels()));
              }
            });
    Set<String> imputed = new TreeSet<>();
    encoding.imputed().forEach(column -> imputed.add(column.name()));
    if (!imputed.equals(new TreeSet<>(configured.imputed()))) {
      throw new ConfigurationException(
          "data.impute.columns must be the model's: "
              + (imputed.isEmpty() ? "none" : String.join(", ", imputed)));
    }
  }

  /**
   * Checks the width of the rows.
   *
   * @throws ConfigurationException if it isn't the model's
   */
  void requireFeatures(int width) {
    if (width != features.size()) {
      throw new ConfigurationException(
          "the rows must have the model's " + features.size() + " features. Provided: " + width);
    }
  }

  private static void requireSame(String key, String saved, String configured) {
    if (!saved.equals(configured.toLowerCase(Locale.ROOT))) {
      throw new ConfigurationException(
          key
              + " must be the model's, "
              + saved
              + ". Provided value: "
              + configured.toLowerCase(Locale.ROOT));
    }
  }
}
