package io.sparkfed.spark.cluster;

/**
 * A process that takes tasks.
 *
 * @param id what Spark calls it
 */
record Executor(String id, Spot spot) {
  /** Returns it as Spark's scheduler reads it in a preferred location. */
  String location() {
    // Spark takes what is before the first of these for the host.
    return spot.host().contains("_") ? spot.host() : "executor_" + spot.host() + "_" + id;
  }
}
