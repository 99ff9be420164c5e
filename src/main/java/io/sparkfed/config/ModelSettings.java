package io.sparkfed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValueFactory;
import io.sparkfed.report.RunReport.Setting;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a trained model says of the configurations that are about it, where they don't say it
 * themselves. A configuration that contradicts the model is left as it is, to be refused.
 */
public final class ModelSettings {
  /** Of no model. */
  public static final ModelSettings NONE = new ModelSettings(Map.of(), Map.of());

  private static final String FAMILY = "model.family";
  private static final String FEATURES = "data.feature-columns";
  private static final String VECTORS = "data.features-column";
  private static final String FORMULA = "data.formula";
  private static final List<String> FEATURE_KEYS = List.of(FEATURES, VECTORS, FORMULA);

  /** What a training's configuration may say besides, as its model holds no more. */
  private static final Set<String> OF_TRAINING =
      Set.of(
          "model.huber-delta",
          "model.intercept",
          "model.l1",
          "model.l2",
          "data.label-column",
          "data.offset-column",
          FORMULA);

  /** Numbers that a configuration may say again, but not otherwise. */
  private static final List<String> NUMBERS = List.of("model.huber-delta", "model.l1", "model.l2");

  private final Map<String, Object> model;
  private final Map<String, Object> features;

  private ModelSettings(Map<String, Object> model, Map<String, Object> features) {
    this.model = model;
    this.features = features;
  }

  /**
   * Describes a model.
   *
   * @param family the family's name in a configuration
   * @param classes of softmax; empty for others
   * @param standardize how the training standardized
   * @param hasOffset whether its rows had offsets
   * @param columns its feature columns, or the one of vectors
   * @param areVectors whether it is one of vectors
   * @param categories the spelling of each category, by column
   * @param imputed the columns whose missing values are replaced
   * @param training the settings it was trained with, by key, as {@code run.json} renders them
   */
  public static ModelSettings of(
      String family,
      Optional<Integer> classes,
      String standardize,
      boolean hasOffset,
      List<String> columns,
      boolean areVectors,
      Map<String, String> categories,
      List<String> imputed,
      Map<String, String> training) {
    Map<String, Object> model = new LinkedHashMap<>();
    Map<String, Object> features = new LinkedHashMap<>();
    training.forEach(
        (key, value) -> {
          boolean belongs =
              !(key.equals("model.huber-delta") && !family.equals("huber"))
                  && !(key.equals("data.offset-column") && !hasOffset);
          if (OF_TRAINING.contains(key) && belongs) {
            (key.equals(FORMULA) ? features : model).put(key, parsed(value));
          }
        });
    model.put(FAMILY, family);
    classes.ifPresent(count -> model.put("model.classes", count));
    model.put("model.standardize", standardize);
    if (!features.containsKey(FORMULA)) {
      features.put(areVectors ? VECTORS : FEATURES, areVectors ? columns.get(0) : columns);
    }
    categories.forEach(
        (name, spelling) ->
            features.put(
                ConfigUtil.joinPath("data", "categorical", name), Map.of("spelling", spelling)));
    if (!imputed.isEmpty()) {
      features.put("data.impute.columns", imputed);
    }
    return new ModelSettings(model, features);
  }

  /**
   * Checks that a configuration says of the model's numbers what the model's training said.
   *
   * @throws ConfigurationException naming the key that differs
   */
  public void requireSameNumbers(TrainingConfig config) {
    for (Setting setting : config.settings()) {
      String key = setting.key();
      if (NUMBERS.contains(key)
          && model.get(key) instanceof Number trained
          && trained.doubleValue() != number(setting.value())) {
        throw new ConfigurationException(
            key + " must be the model's, " + trained + ". Provided value: " + setting.value());
      }
    }
  }

  private static double number(String rendered) {
    return Double.parseDouble(String.valueOf(parsed(rendered)));
  }

  private static Object parsed(String rendered) {
    return ConfigFactory.parseString("value = " + rendered).root().get("value").unwrapped();
  }

  /** Returns what is added to what a user says. */
  Config besides(Config user) {
    Map<String, Object> added = new HashMap<>();
    if (!user.hasPath(FAMILY) || user.getString(FAMILY).equals(model.get(FAMILY))) {
      added.putAll(model);
    }
    boolean saysFeatures = FEATURE_KEYS.stream().anyMatch(user::hasPath);
    if (!saysFeatures || saysTheModels(user)) {
      added.putAll(features);
      if (saysFeatures) {
        FEATURE_KEYS.forEach(added::remove);
      }
      if (user.hasPath("data.categorical")) {
        added.keySet().removeIf(key -> key.startsWith("data.categorical."));
      }
    }
    Config config = ConfigFactory.empty();
    for (Map.Entry<String, Object> setting : added.entrySet()) {
      config =
          config.withValue(
              setting.getKey(), ConfigValueFactory.fromAnyRef(setting.getValue(), "the model"));
    }
    return config;
  }

  /** Returns which features there are, of what {@link #besides} adds: that is as good as set. */
  static Config featuresOf(Config added) {
    Config features = ConfigFactory.empty();
    for (String key : FEATURE_KEYS) {
      features = added.hasPath(key) ? features.withValue(key, added.getValue(key)) : features;
    }
    return features;
  }

  private boolean saysTheModels(Config user) {
    return FEATURE_KEYS.stream()
        .filter(user::hasPath)
        .allMatch(
            key -> {
              Object said = user.getValue(key).unwrapped();
              Object own = features.get(key);
              return said.equals(own)
                  || (said instanceof List<?> names
                      && own instanceof List<?> columns
                      && new ArrayList<Object>(names).equals(new ArrayList<Object>(columns)));
            });
  }
}
