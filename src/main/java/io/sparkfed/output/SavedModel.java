package io.sparkfed.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Preprocessing;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.ModelSettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.csv.CellType;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.Labels;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Spelling;
import io.sparkfed.report.EncodingJson;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * A model read back from a training's output.
 *
 * @param family the family's name in the configuration
 * @param features feature names in the order of the coefficients
 * @param weights one for each feature, output after output
 * @param intercepts one for each output; 0 for a model without them
 * @param threshold above which a row of two classes is predicted positive; empty where it isn't
 *     said
 * @param standardize how the training standardized
 * @param response what its label was computed by; empty where it was a column
 * @param hasOffset whether the rows it was trained on had offsets
 * @param encoding how columns become the features
 * @param labels what stood in the label's column: classes with names, or numbers
 * @param sqlTypes types of columns that SQL saw in training, by the lower case of their names; none
 *     in files of before they were kept
 * @param settings what a configuration about it need not say again
 */
public record SavedModel(
    String family,
    List<String> features,
    double[] weights,
    double[] intercepts,
    OptionalDouble threshold,
    String standardize,
    String response,
    boolean hasOffset,
    FeatureEncoding encoding,
    Labels labels,
    Map<String, CellType> sqlTypes,
    ModelSettings settings) {

  /**
   * Reads {@code coefficients.json} of an output folder, and {@code run.json} if it is there.
   *
   * @throws IOException if it isn't there or isn't one
   */
  public static SavedModel read(Configuration hadoop, String dir) throws IOException {
    FileSystem fs = OutputFolder.fileSystem(hadoop, "--model", dir);
    Path file = new Path(dir, "coefficients.json");
    JsonNode node;
    try (InputStream in = fs.open(file)) {
      node = new ObjectMapper().readTree(in);
    } catch (FileNotFoundException e) {
      throw new IOException(
          "--model " + dir + " is not the output folder of a training: it has no coefficients.json",
          e);
    } catch (JsonProcessingException e) {
      throw new IOException(file + " is not JSON, as a training writes it", e);
    }
    List<String> features = new ArrayList<>();
    node.path("features").forEach(feature -> features.add(feature.asText()));
    JsonNode weights = node.path("coefficients");
    int outputs = weights.size();
    double[] values = new double[outputs * features.size()];
    for (int k = 0; k < outputs; k++) {
      if (weights.path(k).size() != features.size()) {
        throw new IOException(file + " does not hold one coefficient for each feature");
      }
      for (int j = 0; j < features.size(); j++) {
        values[k * features.size() + j] = weights.path(k).path(j).asDouble();
      }
    }
    JsonNode saved = node.path("intercepts");
    if (outputs == 0 || saved.size() != outputs) {
      throw new IOException(file + " does not hold coefficients and an intercept for each output");
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
    double[] intercepts = new double[outputs];
    Arrays.setAll(intercepts, k -> saved.path(k).asDouble());
    String family = node.path("family").asText();
    String standardize = node.path("standardize").asText();
    boolean hasOffset = node.path("offset").asBoolean();
    Map<String, String> spellings = new TreeMap<>();
    encoding
        .categories()
        .forEach(category -> spellings.put(category.name(), EnumNames.of(category.spelling())));
    ModelSettings settings =
        ModelSettings.of(
            family,
            outputs > 1 ? Optional.of(outputs) : Optional.empty(),
            standardize,
            hasOffset,
            encoding.columnNames(),
            encoding.isVectors(),
            spellings,
            encoding.imputed().stream().map(Numeric::name).toList(),
            trainedWith(fs, new Path(dir, "run.json")));
    return new SavedModel(
        family,
        List.copyOf(features),
        values,
        intercepts,
        node.has("threshold")
            ? OptionalDouble.of(node.path("threshold").asDouble())
            : OptionalDouble.empty(),
        standardize,
        node.path("response").asText(),
        hasOffset,
        encoding,
        labels(node.path("classes")),
        sqlTypes(file, node.path("sqlTypes")),
        settings);
  }

  /** Returns the settings of the training by key; none where its report isn't there. */
  private static Map<String, String> trainedWith(FileSystem fs, Path report) throws IOException {
    Map<String, String> settings = new TreeMap<>();
    try (InputStream in = fs.open(report)) {
      new ObjectMapper()
          .readTree(in)
          .path("configuration")
          .properties()
          .forEach(
              setting -> settings.put(setting.getKey(), setting.getValue().path("value").asText()));
    } catch (FileNotFoundException e) {
      return Map.of();
    }
    return settings;
  }

  /** Returns the names of types, as they are kept. */
  public static Map<String, String> named(Map<String, CellType> types) {
    Map<String, String> named = new TreeMap<>();
    types.forEach((column, type) -> named.put(column, EnumNames.of(type)));
    return named;
  }

  private static Map<String, CellType> sqlTypes(Path file, JsonNode saved) throws IOException {
    Map<String, CellType> types = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : saved.properties()) {
      CellType type =
          Arrays.stream(CellType.values())
              .filter(each -> EnumNames.of(each).equals(entry.getValue().asText()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IOException(
                          file + " does not hold a known type of column " + entry.getKey()));
      types.put(entry.getKey(), type);
    }
    return types;
  }

  /** Returns a configuration whose SQL sees columns as in training. */
  public TrainingConfig withTypes(TrainingConfig config) {
    return config.withTypes(sqlTypes);
  }

  private static Labels labels(JsonNode classes) {
    List<String> names = new ArrayList<>();
    classes.forEach(name -> names.add(name.asText()));
    return classes.path(0).isTextual() ? new Labels.Classes(names) : new Labels.Numbers();
  }

  /**
   * Returns a configuration for the labels that the model was trained on, unless it says what they
   * are.
   *
   * @throws ConfigurationException if it names other classes than the model has
   */
  public TrainingConfig withLabels(TrainingConfig config) {
    Labels configured = config.model().labels();
    if (configured instanceof Labels.Classes
        && labels instanceof Labels.Classes ofModel
        && !configured.equals(labels)) {
      throw new ConfigurationException(
          "data.label-levels must be the model's: " + String.join(", ", ofModel.levels()));
    }
    return configured instanceof Labels.Numbers ? config.withLabels(labels) : config;
  }

  /** Returns the coefficients as a configuration's model has them. */
  public Coefficients coefficients(boolean hasIntercept) {
    ModelShape shape = new ModelShape(features.size(), hasIntercept, intercepts.length);
    double[] values = new double[shape.size()];
    for (int k = 0; k < intercepts.length; k++) {
      System.arraycopy(weights, k * features.size(), values, shape.weightsFrom(k), features.size());
      shape.addToIntercept(k, intercepts[k], values);
    }
    return new Coefficients(shape, values);
  }

  /** Returns a configuration with this model's threshold, unless it sets one of its own. */
  public TrainingConfig withThreshold(TrainingConfig config) {
    return threshold.isPresent() ? config.withThreshold(threshold.getAsDouble()) : config;
  }

  /**
   * Checks that a configuration is about this model.
   *
   * @throws ConfigurationException naming the key that differs
   */
  public void requireFits(TrainingConfig config) {
    if (Arrays.stream(intercepts).anyMatch(b -> b != 0.0) && !config.model().intercept()) {
      throw new ConfigurationException("model.intercept must be the model's, true");
    }
    requireSame("model.family", family, EnumNames.of(config.model().family()));
    settings.requireSameNumbers(config);
    requireSame("model.standardize", standardize, EnumNames.of(config.model().standardize()));
    if (config.model().loss().outputs() != intercepts.length) {
      throw new ConfigurationException("model.classes must be the model's, " + intercepts.length);
    }
    if (config.data().columns().offset().isPresent() != hasOffset) {
      throw new ConfigurationException(
          hasOffset
              ? "data.offset-column must be set: the model was trained with offsets"
              : "data.offset-column must not be set: the model was trained without offsets");
    }
    DataConfig.Columns columns = config.data().columns();
    Preprocessing preprocessing = config.data().preprocessing();
    if (columns.formula().isPresent()) {
      Set<String> categories = preprocessing.categories().keySet();
      if (!columns.formula().get().terms(categories).equals(encoding.terms())) {
        throw new ConfigurationException("data.formula must have the model's terms");
      }
    } else if (!(config.data().source() instanceof Synthetic)
        && !columns.features().equals(encoding.columnNames())
        && !encoding.isVectors()) {
      throw new ConfigurationException(
          "data.feature-columns must be the model's: " + String.join(", ", encoding.columnNames()));
    }
    requireFits(preprocessing);
  }

  /** What the configuration says of categories and imputation must not contradict the model. */
  public void requireFits(Preprocessing configured) {
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
              Spelling spelling = ofModel.spelling();
              requireSame(
                  "data.categorical." + name + ".spelling",
                  EnumNames.of(spelling),
                  EnumNames.of(category.spelling()));
              if (category.reference().isPresent()
                  && !category.reference().get().equals(spelling.level(ofModel.reference()))) {
                throw new ConfigurationException(
                    "data.categorical."
                        + name
                        + ".reference must be the model's, "
                        + ofModel.reference());
              }
              if (!category.levels().isEmpty()
                  && !category
                      .levels()
                      .equals(ofModel.levels().stream().map(spelling::level).toList())) {
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
   * Checks that a configuration computes its label as the model's was, or takes it as it is.
   *
   * @throws ConfigurationException if it doesn't
   */
  public void requireLabel(TrainingConfig config) {
    String configured = config.data().columns().computedLabel().orElse("");
    if (!configured.equals(response)) {
      throw new ConfigurationException(
          response.isEmpty()
              ? "data.formula must have a column on its left side, as the model's label was one"
              : "data.formula must have the model's left side, " + response);
    }
  }

  /**
   * Checks the width of the rows.
   *
   * @throws ConfigurationException if it isn't the model's
   */
  public void requireFeatures(int width) {
    if (width != features.size()) {
      throw new ConfigurationException(
          "the rows must have the model's " + features.size() + " features. Provided: " + width);
    }
  }

  private static void requireSame(String key, String saved, String configured) {
    if (!saved.equals(configured)) {
      throw new ConfigurationException(
          key + " must be the model's, " + saved + ". Provided value: " + configured);
    }
  }
}
