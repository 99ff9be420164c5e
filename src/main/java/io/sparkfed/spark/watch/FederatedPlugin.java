package io.sparkfed.spark.watch;

import com.codahale.metrics.Gauge;
import com.codahale.metrics.MetricRegistry;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.evaluation.Measurement;
import io.sparkfed.federated.RunPhase;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.apache.spark.SparkContext;
import org.apache.spark.api.plugin.DriverPlugin;
import org.apache.spark.api.plugin.ExecutorPlugin;
import org.apache.spark.api.plugin.PluginContext;
import org.apache.spark.api.plugin.SparkPlugin;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerEvent;

/**
 * Publishes the last finished round to Spark's metrics sinks: {@code
 * spark.plugins=io.sparkfed.spark.watch.FederatedPlugin}. The gauges, all of the driver, are {@code
 * round, workers, dropouts, loss, clipped, saturated, bytes, seconds} and {@code
 * phase.NAME.seconds}; -1 as the round says that there was none yet. {@code run.NAME.seconds} is
 * what the last training spent in each {@link RunPhase} so far, that it has left.
 */
public final class FederatedPlugin implements SparkPlugin {

  @Override
  public DriverPlugin driverPlugin() {
    return new LastRound();
  }

  /** Executors publish nothing: what they know is of single workers. */
  @Override
  public ExecutorPlugin executorPlugin() {
    return null;
  }

  private static final class LastRound extends SparkListener implements DriverPlugin {
    private static final RoundFinished NONE =
        new RoundFinished(
            "", "", -1, 0, 0, Double.NaN, Map.of(), Map.of(), 0.0, Map.of(), Map.of());

    private volatile RoundFinished last = NONE;
    private final Map<String, Double> ofRun = new ConcurrentHashMap<>();
    private volatile String run = "";

    @Override
    public Map<String, String> init(SparkContext spark, PluginContext context) {
      spark.addSparkListener(this);
      return Map.of();
    }

    @Override
    public void registerMetrics(String appId, PluginContext context) {
      MetricRegistry registry = context.metricRegistry();
      gauge(registry, "round", RoundFinished::round);
      gauge(registry, "workers", RoundFinished::workers);
      gauge(registry, "dropouts", RoundFinished::dropouts);
      gauge(registry, "loss", RoundFinished::loss);
      for (Measurement each : Measurement.values()) {
        gauge(registry, each.key(), round -> round.measured().getOrDefault(each.key(), 0L));
      }
      gauge(registry, "seconds", RoundFinished::seconds);
      List<String> phases = new ArrayList<>(Arrays.stream(Phase.values()).map(Phase::key).toList());
      phases.add(Phase.DRIVER);
      for (String phase : phases) {
        gauge(
            registry,
            "phase." + phase + ".seconds",
            round -> round.phaseSeconds().getOrDefault(phase, 0.0));
      }
      for (RunPhase phase : RunPhase.values()) {
        gauge(
            registry,
            "run." + phase.key().replace(' ', '-') + ".seconds",
            round -> ofRun.getOrDefault(phase.key(), 0.0));
      }
    }

    private void gauge(
        MetricRegistry registry, String name, Function<RoundFinished, Number> value) {
      registry.register(name, (Gauge<Number>) () -> value.apply(last));
    }

    @Override
    public void onOtherEvent(SparkListenerEvent event) {
      if (event instanceof RoundFinished round) {
        last = round;
      } else if (event instanceof PhaseFinished phase) {
        if (!phase.run().equals(run)) {
          ofRun.clear();
          run = phase.run();
        }
        ofRun.put(phase.phase(), phase.seconds());
      }
    }
  }
}
