package io.sparkfed.tracking;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.config.TrainingConfig.Mlflow;
import io.sparkfed.evaluation.RoundSummary;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.mlflow.api.proto.Service.CreateRun;
import org.mlflow.api.proto.Service.Experiment;
import org.mlflow.api.proto.Service.Metric;
import org.mlflow.api.proto.Service.Param;
import org.mlflow.api.proto.Service.RunStatus;
import org.mlflow.api.proto.Service.ViewType;
import org.mlflow.tracking.ExperimentsPage;
import org.mlflow.tracking.RunsPage;

/** Finds or makes a training's run at an MLflow server. Whatever goes wrong here ends the job. */
final class MlflowStart {
  private static final int MOST_PARAMETERS = 100;
  private static final int BAD_REQUEST = 400;

  private final MlflowServer server;
  private final TrainingConfig config;
  private final TrackedRun run;

  private MlflowStart(MlflowServer server, TrainingConfig config, TrackedRun run) {
    this.server = server;
    this.config = config;
    this.run = run;
  }

  /**
   * Opens the run, and sends what a resumed training has done that the server hasn't heard of.
   *
   * @param pause before the second attempt to send a round
   */
  static RunTracker open(
      Mlflow where, TrainingConfig config, TrackedRun run, Duration pause, Consumer<String> warn)
      throws IOException {
    MlflowServer server = new MlflowServer(where.uri(), where.timeout());
    return new MlflowStart(server, config, run).open(where, pause, warn);
  }

  private RunTracker open(Mlflow where, Duration pause, Consumer<String> warn) throws IOException {
    String experiment = experiment(where.experiment());
    Optional<String> known = run.resumed().isPresent() ? find(experiment) : Optional.empty();
    String id = known.isPresent() ? known.get() : create(experiment, where.runName());
    Set<Integer> heard;
    try {
      heard = known.isPresent() ? goOn(id) : Set.of();
      parameters(id);
    } catch (IOException e) {
      abandon(id);
      throw e;
    }
    String address = where.uri() + "/#/experiments/" + experiment + "/runs/" + id;
    MlflowRun tracked = new MlflowRun(server, id, address, heard, pause, warn);
    for (RoundSummary round : run.resumed().orElse(List.of())) {
      tracked.roundFinished(round);
    }
    tracked.start();
    return tracked;
  }

  private String experiment(String name) throws IOException {
    Optional<String> there = experiment(server, name);
    if (there.isPresent()) {
      return there.get();
    }
    try {
      return server.ask(client -> client.createExperiment(name));
    } catch (MlflowServer.Refusal e) {
      // Somebody may have made it meanwhile.
      return experiment(server, name).orElseThrow(() -> e);
    }
  }

  /** Returns the id of an experiment; empty where there is none of that name. */
  static Optional<String> experiment(MlflowServer server, String name) throws IOException {
    // Not by its name alone: the client asks thrice for one that isn't there, and logs each.
    ExperimentsPage found =
        server.ask(
            client ->
                client.searchExperiments(
                    "name = '" + name + "'", ViewType.ACTIVE_ONLY, 1, List.of()));
    return found.getItems().stream().map(Experiment::getExperimentId).findFirst();
  }

  private Optional<String> find(String experiment) throws IOException {
    String filter = "tags.`" + MlflowRecords.RUN_ID_TAG + "` = '" + run.id() + "'";
    RunsPage found =
        server.ask(
            client -> client.searchRuns(List.of(experiment), filter, ViewType.ACTIVE_ONLY, 1));
    return found.getItems().stream().map(each -> each.getInfo().getRunId()).findFirst();
  }

  private String create(String experiment, String name) throws IOException {
    CreateRun request =
        CreateRun.newBuilder()
            .setExperimentId(experiment)
            .setRunName(name)
            .setStartTime(run.started().toEpochMilli())
            .addAllTags(MlflowRecords.tags(config, run))
            .build();
    return server.ask(client -> client.createRun(request)).getRunId();
  }

  /** Shows the run as running again, and returns the rounds that the server has. */
  private Set<Integer> goOn(String id) throws IOException {
    // The client's own way would set an end.
    String running = "{\"run_id\": \"" + id + "\", \"status\": \"" + RunStatus.RUNNING + "\"}";
    server.ask(
        client -> {
          client.sendPost("runs/update", running);
          client.setTag(id, MlflowRecords.EXIT_TAG, "resumed");
          return true;
        });
    List<Metric> losses = server.ask(client -> client.getMetricHistory(id, "loss"));
    return losses.stream().map(loss -> (int) loss.getStep()).collect(Collectors.toSet());
  }

  private void parameters(String id) throws IOException {
    try {
      send(id, MlflowRecords.parameters(config, MlflowRecords.LONGEST_VALUE));
    } catch (MlflowServer.Refusal e) {
      if (e.status() != BAD_REQUEST) {
        throw e;
      }
      send(id, MlflowRecords.parameters(config, MlflowRecords.LONGEST_VALUE_ONCE));
    }
  }

  private void send(String id, List<Param> parameters) throws IOException {
    for (int from = 0; from < parameters.size(); from += MOST_PARAMETERS) {
      List<Param> batch =
          parameters.subList(from, Math.min(parameters.size(), from + MOST_PARAMETERS));
      server.ask(
          client -> {
            client.logBatch(id, List.of(), batch, List.of());
            return true;
          });
    }
  }

  /** The job is about to end with what went wrong before, whatever becomes of this. */
  private void abandon(String id) {
    try {
      server.ask(
          client -> {
            client.setTerminated(id, RunStatus.FAILED);
            return true;
          });
    } catch (IOException e) {
      return;
    } finally {
      server.close();
    }
  }
}
