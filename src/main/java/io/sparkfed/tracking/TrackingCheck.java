package io.sparkfed.tracking;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.Mlflow;
import io.sparkfed.doctor.Finding;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Whether a training could be tracked as its configuration says. Makes nothing at the server. */
public final class TrackingCheck {
  private static final String WHY = "a training ends with it before it reads a row";

  private TrackingCheck() {}

  /** Checks the library and asks the server; nothing where no server is named. */
  public static List<Finding> of(TrainingConfig config) {
    return config.mlflow().map(mlflow -> List.of(check(mlflow))).orElse(List.of());
  }

  private static Finding check(Mlflow mlflow) {
    if (!RunTracker.hasClient()) {
      return finding(
          Area.CONFIGURATION,
          Verdict.DANGER,
          "MLflow's client is not on the class path",
          "-- --packages " + RunTracker.MLFLOW_CLIENT);
    }
    String reachable = "a tracking server that answers";
    MlflowServer server = new MlflowServer(mlflow.uri(), mlflow.timeout());
    try {
      Optional<String> experiment = MlflowStart.experiment(server, mlflow.experiment());
      String is = experiment.isPresent() ? " has the experiment " : " will have the experiment ";
      return finding(Area.OUTPUT, Verdict.OK, mlflow.uri() + is + mlflow.experiment(), reachable);
    } catch (IOException e) {
      return finding(Area.OUTPUT, Verdict.DANGER, e.getMessage(), reachable);
    } finally {
      server.close();
    }
  }

  private static Finding finding(Area area, Verdict verdict, String is, String shouldBe) {
    return new Finding(area, verdict, "tracking.mlflow.uri", is, shouldBe, WHY);
  }
}
