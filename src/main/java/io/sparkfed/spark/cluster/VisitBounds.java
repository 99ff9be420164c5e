package io.sparkfed.spark.cluster;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/**
 * What holds for each visit of a federation.
 *
 * @param deadline how long a visit may take; empty for no bound
 * @param clusterTimeout how long it waits where there is no executor that may run it
 * @param aggregatorHosts host by aggregator; who isn't in it may run anywhere
 */
public record VisitBounds(
    Optional<Duration> deadline, Duration clusterTimeout, Map<String, String> aggregatorHosts) {}
