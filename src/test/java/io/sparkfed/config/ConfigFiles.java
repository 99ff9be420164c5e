package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Configurations written out in tests. */
public final class ConfigFiles {

  /** The least that loads: everything else has a default. */
  public static final String LEAST =
      """
      data { path = "rows.csv", worker-column = "owner", feature-columns = ["a", "b"] }
      """;

  /** The least that hides the rows of {@link #LEAST}. */
  public static final String PRIVATE =
      """
      privacy {
        unit = row, epsilon = 1, delta = 1e-6, label-bounds = [0, 1]
        bounds { a = [0, 1], b = [-1, 1] }
      }
      """;

  /** The least that hides the workers of {@link #LEAST}. */
  public static final String PRIVATE_WORKERS =
      PRIVATE + "privacy { unit = worker, update-norm = 0.5 }\n";

  private final Path folder;

  public ConfigFiles(Path folder) {
    this.folder = folder;
  }

  /** Writes {@code text} as {@code run.conf}. */
  Path file(String text) {
    try {
      return Files.writeString(folder.resolve("run.conf"), text, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Loads {@code text} with overrides from the command line. */
  public TrainingConfig load(String text, String... overrides) {
    return ConfigLoader.load(file(text), Map.of(), List.of(overrides));
  }

  /** Returns the message {@code text} is refused with. */
  public String refusal(String text, String... overrides) {
    return assertThrows(ConfigurationException.class, () -> load(text, overrides)).getMessage();
  }

  /** Returns the message the least configuration with these overrides is refused with. */
  public String refusalOf(String... overrides) {
    return refusal(LEAST, overrides);
  }
}
