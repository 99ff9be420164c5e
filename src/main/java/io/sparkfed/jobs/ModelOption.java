package io.sparkfed.jobs;

import io.sparkfed.config.TrainingConfig;
import java.io.IOException;
import org.apache.hadoop.conf.Configuration;
import picocli.CommandLine.Option;

/** What the command lines that use a trained model have besides {@link JobOptions}. */
final class ModelOption {
  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Output folder of a training.")
  private String dir;

  /**
   * Reads the model and checks that the configuration is about it.
   *
   * @throws IOException if it can't be read
   * @throws io.sparkfed.config.ConfigurationException naming the key that differs
   */
  SavedModel read(Configuration hadoop, TrainingConfig config) throws IOException {
    SavedModel saved = SavedModel.read(hadoop, dir);
    saved.requireFits(config);
    return saved;
  }

  /** Adds the model's folder to what is read. */
  Places readBy(Places places) {
    return places.reads("--model", dir);
  }
}
