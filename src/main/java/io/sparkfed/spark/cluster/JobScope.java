package io.sparkfed.spark.cluster;

import org.apache.spark.api.java.JavaSparkContext;

/** Describes the Spark jobs run inside it, and restores the caller's job group when closed. */
public final class JobScope implements AutoCloseable {
  private static final String GROUP = "spark.jobGroup.id";
  private static final String DESCRIPTION = "spark.job.description";
  private static final String INTERRUPT = "spark.job.interruptOnCancel";

  private final JavaSparkContext spark;
  private final String group;
  private final String description;
  private final String interrupt;

  public JobScope(JavaSparkContext spark, String newGroup, String newDescription) {
    this.spark = spark;
    this.group = spark.getLocalProperty(GROUP);
    this.description = spark.getLocalProperty(DESCRIPTION);
    this.interrupt = spark.getLocalProperty(INTERRUPT);
    spark.setJobGroup(newGroup, newDescription, true);
  }

  @Override
  public void close() {
    spark.setLocalProperty(GROUP, group);
    spark.setLocalProperty(DESCRIPTION, description);
    spark.setLocalProperty(INTERRUPT, interrupt);
  }
}
