package io.sparkfed.tracking;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.Mlflow;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.TrainingListener;
import java.io.IOException;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells a tracking server of one training. Only the opening may fail, and waits for the server:
 * what comes later is sent by a thread of its own, and a server that has gone is a warning.
 */
public interface RunTracker extends TrainingListener, AutoCloseable {
  /** What must be on the class path to track with MLflow, as Maven's coordinates. */
  String MLFLOW_CLIENT = "org.mlflow:mlflow-client:2.17.2";

  /** Tells nobody. */
  RunTracker NONE =
      new RunTracker() {
        @Override
        public void roundFinished(RoundSummary round) {}

        @Override
        public void ended(Ending ending) {}

        @Override
        public Optional<String> address() {
          return Optional.empty();
        }
      };

  /** How a run ends. */
  enum Ending {
    SUCCEEDED,
    DIVERGED,
    FAILED,
    /** From outside: Ctrl-C, or a signal. */
    KILLED
  }

  /**
   * Tells how the run ended, and waits for what is still to be sent: no longer than three answers
   * of the server may take. What comes after the first call changes nothing.
   */
  void ended(Ending ending);

  /** Returns where the run is shown; empty where nobody tracks it. */
  Optional<String> address();

  /** A run that has not ended yet has failed, or was killed if the process is ending. */
  @Override
  default void close() {
    ended(Ending.FAILED);
  }

  /**
   * Refuses a configuration that needs a library which isn't there.
   *
   * @throws ConfigurationException if so, with the option that adds it
   */
  static void requireClient(TrainingConfig config) {
    if (config.mlflow().isPresent() && !hasClient()) {
      throw new ConfigurationException(
          "tracking.mlflow.uri is set, but MLflow's client is not on the class path: add"
              + " -- --packages "
              + MLFLOW_CLIENT
              + " to the command, or unset the key");
    }
  }

  /** Returns whether MLflow's client is on the class path. */
  static boolean hasClient() {
    try {
      Class.forName("org.mlflow.tracking.MlflowClient", false, RunTracker.class.getClassLoader());
      return true;
    } catch (ClassNotFoundException e) {
      return false;
    }
  }

  /**
   * Begins to track a run, or goes on with the one that a resumed training had at the server.
   *
   * @param warn hears of a server that has gone, a sentence each
   * @throws ConfigurationException if the client isn't on the class path
   * @throws IOException if the server doesn't answer, or refuses
   */
  static RunTracker open(TrainingConfig config, TrackedRun run, Consumer<String> warn)
      throws IOException {
    requireClient(config);
    if (config.mlflow().isEmpty()) {
      return NONE;
    }
    Mlflow where = config.mlflow().get();
    return MlflowStart.open(where, config, run, where.timeout(), warn);
  }
}
