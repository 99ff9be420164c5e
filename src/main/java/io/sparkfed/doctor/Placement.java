package io.sparkfed.doctor;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.cluster.Spot;
import io.sparkfed.spark.rows.ConfiguredCluster;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;

/** Where the parties that have hosts or labels would be now, and which labels there are. */
public final class Placement {
  private Placement() {}

  /** Looks for executors at each place; none is looked for where everybody may be anywhere. */
  public static List<Finding> of(SparkContext spark, TrainingConfig config) {
    List<Place> places =
        ConfiguredCluster.places(config).stream().filter(place -> !place.isAnywhere()).toList();
    if (places.isEmpty()) {
      return List.of();
    }
    List<Spot> spots = Spot.all(JavaSparkContext.fromSparkContext(spark), places);
    return places.stream().map(place -> finding(place, spots)).toList();
  }

  private static Finding finding(Place place, List<Spot> spots) {
    String there = shown(spots, place::allows);
    return new Finding(
        Area.DATA,
        there.isEmpty() ? Verdict.WARN : Verdict.OK,
        place.key(),
        there.isEmpty() ? "not on " + shown(spots, spot -> true) : there,
        "an executor on " + String.join(", ", place.hosts()),
        "it is waited for as long as cluster.timeout says; elsewhere its tasks are refused");
  }

  private static String shown(List<Spot> spots, Predicate<Spot> which) {
    return spots.stream()
        .filter(which)
        .map(Spot::toString)
        .collect(Collectors.toCollection(TreeSet::new))
        .stream()
        .collect(Collectors.joining(", "));
  }
}
