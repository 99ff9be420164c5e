package io.sparkfed.spark.rows;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.data.DataException;
import io.sparkfed.owner.StudyRefusedException;
import io.sparkfed.recipe.OwnersConsent;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.TaskFailures;
import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Asks the owners whether they join a run's study, each where its rows are to be read. */
final class AskedOwners {
  private AskedOwners() {}

  /**
   * What an owner says.
   *
   * @param rule the one that refuses; empty for none
   * @param host where it was asked
   */
  private record Said(String rule, String host) implements Serializable {}

  /**
   * Refuses a study that an owner refuses.
   *
   * @throws StudyRefusedException naming the first worker whose owner does, and the rule
   * @throws ConfigurationException if an owner's keys, and with them its policy, aren't where its
   *     rows are to be read
   */
  static void require(JavaSparkContext context, OwnersConsent consent, List<Place> places) {
    if (consent == OwnersConsent.NoSay.INSTANCE) {
      return;
    }
    List<Said> said = said(context, consent, places);
    for (int k = 0; k < places.size(); k++) {
      String worker = places.get(k).worker();
      String rule = said.get(k).rule();
      if (rule.equals(OwnersConsent.NO_KEYS)) {
        throw new ConfigurationException(
            "worker "
                + worker
                + ": its owner's keys can't be opened on "
                + said.get(k).host()
                + " (aggregation.keys.dir); the worker's own log says why");
      }
      if (!rule.isEmpty()) {
        throw new StudyRefusedException(worker, rule);
      }
    }
  }

  private static List<Said> said(
      JavaSparkContext context, OwnersConsent consent, List<Place> places) {
    JavaRDD<Integer> indices =
        context.parallelize(IntStream.range(0, places.size()).boxed().toList(), places.size());
    try {
      return PlacedRdd.of(indices, places)
          .map(
              k ->
                  new Said(
                      consent.refusal(places.get(k).worker()).orElse(""),
                      SparkEnv.get().blockManager().blockManagerId().host()))
          .collect();
    } catch (Exception e) {
      throw new DataException(
          "the owners could not be asked; see the executors' logs", TaskFailures.withoutText(e));
    }
  }
}
