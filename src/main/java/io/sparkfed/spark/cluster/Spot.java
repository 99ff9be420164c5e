package io.sparkfed.spark.cluster;

import io.sparkfed.model.PlainText;
import java.time.Duration;
import java.util.List;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Where tasks run: a process on a host, with the label that its site gave it.
 *
 * @param host what Spark calls the host
 * @param label what {@value #VARIABLE} in the environment of the process says, as plain text; empty
 *     where it says nothing, or nobody has been told
 */
public record Spot(String host, String label) {
  /** The variable of the environment that has a process's label. */
  public static final String VARIABLE = "SPARKFED_SITE";

  private static final Duration ANSWERS = Duration.ofSeconds(10);

  /** Returns the label of this process; empty for none. */
  public static String ownLabel() {
    String label = System.getenv(VARIABLE);
    return label == null ? "" : PlainText.of(label);
  }

  /** Returns where a task runs that asks. */
  static Spot here() {
    return new Spot(SparkEnv.get().blockManager().blockManagerId().host(), ownLabel());
  }

  /**
   * Returns where tasks may run now. Executors that haven't told their labels are asked, and those
   * that places lack are waited for, as an application's first ones need seconds to come; one that
   * is busy for long is taken to have no label.
   */
  public static List<Spot> all(JavaSparkContext spark, List<Place> places) {
    Labels.of(spark.sc()).await(spark, ANSWERS, () -> ClusterWatch.lacks(spark.sc(), places));
    return Executors.now(spark.sc()).stream().map(Executor::spot).toList();
  }

  /** Returns the host, and the label if there is one. */
  @Override
  public String toString() {
    return label.isEmpty() ? host : host + " (" + VARIABLE + " = " + label + ")";
  }
}
