package io.sparkfed.jobs;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.model.ShownText;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tells the launchers which files a configuration consists of: what a driver on a cluster needs.
 * Prints one a line.
 */
public final class ConfigurationFiles {
  private ConfigurationFiles() {}

  /** Entry point; takes the configuration file. */
  public static void main(String[] args) {
    try {
      List<Path> files = ConfigLoader.files(Path.of(args[0]));
      requireDistinctNames(files);
      files.forEach(System.out::println);
    } catch (ConfigurationException e) {
      System.err.println(ShownText.paragraph("error: " + e.getMessage()));
      System.exit(ExitCode.CONFIGURATION.code());
    }
  }

  /** They are shipped into one folder. */
  private static void requireDistinctNames(List<Path> files) {
    Map<Path, Path> byName = new HashMap<>();
    for (Path file : files) {
      Path other = byName.put(file.getFileName(), file);
      if (other != null) {
        throw new ConfigurationException(
            "files of a configuration must have names of their own to be shipped to a cluster: "
                + other
                + ", "
                + file);
      }
    }
  }
}
