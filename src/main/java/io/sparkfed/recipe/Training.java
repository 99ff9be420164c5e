package io.sparkfed.recipe;

import io.sparkfed.aggregate.AggregationException;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.EnumNames;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.FeatureException;
import io.sparkfed.federated.TrainingListener;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.model.Family;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training without a file, for users of the library: settings by their keys, rows from where
 * {@link Rows} finds them. Immutable: each setting gives a training of its own.
 *
 * <p>What a file's keys mean, and their defaults, hold here too ({@code jobs/train --keys}); the
 * sections that say where a job writes, and who follows it, don't.
 */
public final class Training {
  private static final String NAME = "training";

  /** Sections about what a job makes of a training. */
  private static final List<String> OF_JOBS =
      List.of("output", "checkpoint", "predictions", "tracking");

  private final Map<String, Object> settings;

  private Training(Map<String, Object> settings) {
    this.settings = settings;
  }

  /** Returns the training of a model with the defaults of all other settings. */
  public static Training of(Family family) {
    return new Training(Map.of()).with("model.family", EnumNames.of(family));
  }

  /**
   * Returns the same with a setting.
   *
   * @param key dotted path, as in a file
   * @param value a number, text or boolean, a list of them, or of sections whose names are free,
   *     such as {@code data.workers}, a map
   */
  public Training with(String key, Object value) {
    Map<String, Object> more = new LinkedHashMap<>(settings);
    more.put(key, value);
    return new Training(more);
  }

  /** Returns the same with a named algorithm: {@code algorithm.preset}. */
  public Training preset(String name) {
    return with("algorithm.preset", name);
  }

  /**
   * Returns the same with the least number of workers in a sum: {@code aggregation.min-workers}.
   */
  public Training minWorkers(int least) {
    return with(TrainingConfig.MIN_WORKERS, least);
  }

  /** Returns the same with a ridge penalty, at least 0: {@code model.l2}. */
  public Training l2(double penalty) {
    return with("model.l2", penalty);
  }

  /** Returns the same with another seed of everything random: {@code seed}. */
  public Training seed(long seed) {
    return with("seed", seed);
  }

  /**
   * Returns the configuration of a training on these rows.
   *
   * @throws ConfigurationException if a key is unknown or has no meaning here, or a value is out of
   *     its domain
   */
  public TrainingConfig config(Rows rows) {
    for (String key : settings.keySet()) {
      if (OF_JOBS.stream().anyMatch(s -> key.equals(s) || key.startsWith(s + "."))) {
        throw new ConfigurationException(
            key + " is for jobs/train and the other jobs; a training in a program can't heed it");
      }
    }
    Map<String, Object> values = new LinkedHashMap<>(rows.settings(settings.keySet()));
    values.putAll(settings);
    return ConfigLoader.of(NAME, values, List.of());
  }

  /**
   * Trains.
   *
   * @throws ConfigurationException see {@link #config}
   * @throws DataException if rows can't be used, or don't determine the model
   * @throws AggregationException if too few workers took part, or a sum could not be opened
   */
  public Trained train(Rows rows) {
    return train(rows, round -> {});
  }

  /**
   * Trains, and says so after each round; see {@link #train(Rows)}.
   *
   * @param listener hears of rounds at the driver
   */
  public Trained train(Rows rows, TrainingListener listener) {
    TrainingConfig config = config(rows);
    try (Rows.Loaded loaded = rows.load(config)) {
      List<String> features = loaded.features();
      try {
        TrainingResult result =
            new FederatedTrainer(
                    loaded.federation(), Presets.plan(config, loaded.encoding()), listener)
                .train();
        return new Trained(result, features, config);
      } catch (FeatureException e) {
        throw e.named(features);
      }
    } catch (DataException | AggregationException e) {
      throw e.in(KeyWords::of);
    }
  }
}
