package io.sparkfed.spark.rows;

import io.sparkfed.data.DataException;
import io.sparkfed.owner.StudyRefusedException;
import io.sparkfed.recipe.OwnersConsent;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.TaskFailures;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Asks the owners whether they join a run's study, each where its rows are to be read. */
final class AskedOwners {
  private AskedOwners() {}

  /**
   * Refuses a study that an owner refuses.
   *
   * @throws StudyRefusedException naming the first worker whose owner does, and the rule
   */
  static void require(JavaSparkContext context, OwnersConsent consent, List<Place> places) {
    if (consent == OwnersConsent.NoSay.INSTANCE) {
      return;
    }
    JavaRDD<Integer> indices =
        context.parallelize(IntStream.range(0, places.size()).boxed().toList(), places.size());
    List<String> refusals;
    try {
      refusals =
          PlacedRdd.of(indices, places)
              .map(k -> consent.refusal(places.get(k).worker()).orElse(""))
              .collect();
    } catch (Exception e) {
      throw new DataException(
          "the owners could not be asked; see the executors' logs", TaskFailures.withoutText(e));
    }
    for (int k = 0; k < places.size(); k++) {
      if (!refusals.get(k).isEmpty()) {
        throw new StudyRefusedException(places.get(k).worker(), refusals.get(k));
      }
    }
  }
}
