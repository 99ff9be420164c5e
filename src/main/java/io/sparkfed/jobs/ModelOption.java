package io.sparkfed.jobs;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.output.Places;
import io.sparkfed.output.SavedModel;
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
   * Reads the model.
   *
   * @throws IOException if it can't be read
   * @throws ConfigurationException if it is blank
   */
  SavedModel read(Configuration hadoop) throws IOException {
    if (dir.isBlank()) {
      throw new ConfigurationException("--model must not be blank");
    }
    return SavedModel.read(hadoop, dir);
  }

  /** Adds the model's folder to what is read. */
  Places readBy(Places places) {
    return places.reads("--model", dir);
  }
}
