package io.sparkfed.config;

import io.sparkfed.config.TrainingConfig.Mlflow;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Optional;

/** Reads who follows a training. */
final class TrackingReader {
  private static final String URI_KEY = "tracking.mlflow.uri";
  private static final String EXPERIMENT_KEY = "tracking.mlflow.experiment";
  private static final String RULE =
      "must be the address of a tracking server, http://HOST:PORT or https://HOST:PORT";

  private final ConfigReader read;

  TrackingReader(ConfigReader read) {
    this.read = read;
  }

  /** Returns the MLflow server; empty where the address is not set, or empty. */
  Optional<Mlflow> mlflow() {
    String timeout = "tracking.mlflow.timeout";
    String experiment = read.string(EXPERIMENT_KEY);
    if (experiment.contains("'") || experiment.contains("\"")) {
      throw read.invalid(EXPERIMENT_KEY, "must hold no quotation mark");
    }
    Mlflow mlflow =
        new Mlflow(
            isOff() ? "" : address(),
            experiment,
            read.optionalString("tracking.mlflow.run-name").orElseGet(() -> read.string("name")),
            read.optionalDuration(timeout).orElseThrow(() -> read.missing(timeout)));
    return mlflow.uri().isEmpty() ? Optional.empty() : Optional.of(mlflow);
  }

  private boolean isOff() {
    return read.value(URI_KEY).map(value -> value.unwrapped().equals("")).orElse(true);
  }

  private String address() {
    String given = read.string(URI_KEY);
    URI uri;
    try {
      uri = new URI(given);
    } catch (URISyntaxException e) {
      throw read.invalid(URI_KEY, RULE);
    }
    boolean isHttp = "http".equals(uri.getScheme()) || "https".equals(uri.getScheme());
    if (!isHttp || uri.getHost() == null) {
      throw read.invalid(URI_KEY, RULE);
    }
    if (uri.getRawUserInfo() != null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw read.invalid(
          URI_KEY,
          "must hold no password and no query: use the environment variables"
              + " MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD, or MLFLOW_TRACKING_TOKEN");
    }
    return given.replaceFirst("/+$", "");
  }
}
