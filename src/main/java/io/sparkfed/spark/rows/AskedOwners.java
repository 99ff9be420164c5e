package io.sparkfed.spark.rows;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.data.DataException;
import io.sparkfed.owner.StudyPendingException;
import io.sparkfed.owner.StudyRefusedException;
import io.sparkfed.recipe.OwnersConsent;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.PlacedRdd;
import io.sparkfed.spark.cluster.TaskFailures;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;

/** Asks the owners whether they join a run's study, each where its rows are to be read. */
final class AskedOwners {
  private static final System.Logger LOG = System.getLogger(AskedOwners.class.getName());

  /** Owners are people: they need minutes, and a question costs a job. */
  private static final Duration PAUSE = Duration.ofSeconds(5);

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
   * @param wait how long owners are waited for who approve studies by hand
   * @throws StudyPendingException if some have not by then
   * @throws StudyRefusedException naming the first worker whose owner does, and the rule
   * @throws ConfigurationException if an owner's keys, and with them its policy, aren't where its
   *     rows are to be read
   */
  static void require(
      JavaSparkContext context, OwnersConsent consent, List<Place> places, Duration wait) {
    if (consent == OwnersConsent.NoSay.INSTANCE) {
      return;
    }
    Map<String, Place> byParty = new LinkedHashMap<>();
    places.forEach(place -> byParty.put(place.party(), place));
    await(
        List.copyOf(byParty.keySet()),
        wait,
        parties -> notYet(context, consent, parties.stream().map(byParty::get).toList()));
  }

  /**
   * Waits for owners who approve studies by hand.
   *
   * @param wait how long
   * @param asking asks the owners of parties, and returns those who have not approved the study
   * @throws StudyPendingException if some have not by then
   */
  static void await(List<String> all, Duration wait, UnaryOperator<List<String>> asking) {
    long end = System.nanoTime() + wait.toNanos();
    List<String> waiting = asking.apply(all);
    if (!waiting.isEmpty() && wait.toNanos() > 0) {
      LOG.log(System.Logger.Level.WARNING, "{0}", new StudyPendingException(waiting).getMessage());
    }
    while (!waiting.isEmpty()) {
      long left = end - System.nanoTime();
      if (left <= 0) {
        throw new StudyPendingException(waiting);
      }
      pause(Math.min(left, PAUSE.toNanos()));
      waiting = asking.apply(waiting);
    }
  }

  private static void pause(long nanos) {
    try {
      TimeUnit.NANOSECONDS.sleep(nanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while owners were waited for", e);
    }
  }

  /** Returns the workers whose owners have not approved the study. */
  private static List<String> notYet(
      JavaSparkContext context, OwnersConsent consent, List<Place> places) {
    List<Said> said = said(context, consent, places);
    List<String> waiting = new ArrayList<>();
    for (int k = 0; k < places.size(); k++) {
      String worker = places.get(k).party();
      String rule = said.get(k).rule();
      if (rule.equals(OwnersConsent.WAITING)) {
        waiting.add(worker);
        continue;
      }
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
    return waiting;
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
                      consent.refusal(places.get(k).party()).orElse(""),
                      SparkEnv.get().blockManager().blockManagerId().host()))
          .collect();
    } catch (Exception e) {
      throw new DataException(
          "the owners could not be asked; see the executors' logs", TaskFailures.withoutText(e));
    }
  }
}
