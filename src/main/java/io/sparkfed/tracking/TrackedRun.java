package io.sparkfed.tracking;

import io.sparkfed.evaluation.RoundSummary;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What is told of a run beside its configuration.
 *
 * @param id the run's id, that of the resumed run if there is one
 * @param started when it was started, or resumed
 * @param output where its results will be
 * @param versions versions by name: spark-federated, spark, scala, java
 * @param resumed each round of the run that is resumed; empty for a new run
 */
public record TrackedRun(
    String id,
    Instant started,
    String output,
    Map<String, String> versions,
    Optional<List<RoundSummary>> resumed) {}
