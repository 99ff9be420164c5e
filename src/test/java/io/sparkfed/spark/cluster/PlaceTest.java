package io.sparkfed.spark.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No name here needs a name server: {@code .invalid} has none, and addresses are literals. */
class PlaceTest {
  private static final List<String> NAMES =
      List.of("10.0.0.1", "10.0.0.2", "10.0.0.3", "north.invalid", "south.invalid", "East Wing");

  private static Executor executor(String id, String host, String label) {
    return new Executor(id, new Spot(host, label));
  }

  @ParameterizedTest
  @CsvSource({
    "10.0.0.1, '', 10.0.0.1, true",
    "10.0.0.1, '', 10.0.0.2, false",
    "10.0.0.1, north.invalid, north.invalid, true",
    "10.0.0.1, North.invalid, nORTH.invalid, true",
    "10.0.0.1, north, north.invalid, false",
    "10.0.0.1, East Wing, east wing, true",
    "10.0.0.1, EastWing, East Wing, false",
    // A label that is the name of another's host: whoever is called so.
    "10.0.0.1, 10.0.0.2, 10.0.0.2, true",
    "10.0.0.1, 10.0.0.2, 10.0.0.1, true",
    "localhost, '', 127.0.0.1, true",
    "127.0.0.1, other, LOCALHOST, true"
  })
  void allows_hostNameAddressOrLabel_whateverTheCase(
      String host, String label, String own, boolean allowed) {
    Spot spot = new Spot(host, label);

    assertEquals(allowed, Place.ofWorker("a", List.of(own)).allows(spot));
    assertEquals(allowed, Place.ofWorker("a", List.of("10.9.9.9", own)).allows(spot));
    assertTrue(Place.anywhere("a").allows(spot));
  }

  /** What the driver expects is what tasks then find. */
  @Test
  void among_anyPlaceAndExecutors_areThoseThatItAllows() {
    Random random = new Random(7);
    for (int k = 0; k < 500; k++) {
      List<Executor> executors = new ArrayList<>();
      for (int id = 0; id < random.nextInt(5); id++) {
        String host = NAMES.get(random.nextInt(3));
        String label = random.nextInt(3) == 0 ? "" : NAMES.get(random.nextInt(NAMES.size()));
        executors.add(executor(String.valueOf(id), host, label));
      }
      List<String> own = new ArrayList<>(NAMES);
      Collections.shuffle(own, random);
      Place place = Place.ofWorker("a", own.subList(0, random.nextInt(3)));

      List<Executor> among = new ArrayList<>(place.among(executors));
      among.sort(Comparator.comparing(Executor::id));

      assertEquals(
          executors.stream().filter(executor -> place.allows(executor.spot())).toList(),
          among,
          place + " of " + executors);
    }
  }

  @Test
  void preferred_labels_areTheExecutorsThatCarryThem() {
    List<Executor> executors =
        List.of(
            executor("0", "10.0.0.1", "north.invalid"),
            executor("1", "10.0.0.1", "south.invalid"),
            executor("2", "10.0.0.2", "NORTH.invalid"),
            executor("3", "pod_3", "north.invalid"),
            executor("4", "10.0.0.4", ""));

    assertEquals(
        List.of("north.invalid", "executor_10.0.0.1_0", "executor_10.0.0.2_2", "pod_3"),
        Place.ofWorker("a", List.of("north.invalid")).preferred(executors));
    assertEquals(
        List.of("10.0.0.4", "south.invalid", "executor_10.0.0.1_1"),
        Place.ofWorker("a", List.of("10.0.0.4", "south.invalid")).preferred(executors));
  }

  /** Spark would take them for marks of its own, and fail at what follows. */
  @ParameterizedTest
  @CsvSource({"executor_1", "hdfs_cache_1"})
  void preferred_labelLikeAMarkOfSparks_isNoLocation(String label) {
    Place place = Place.ofWorker("a", List.of(label));

    assertEquals(List.of(), place.preferred(List.of(executor("0", "10.0.0.1", ""))));
    assertEquals(
        List.of("executor_10.0.0.1_0"), place.preferred(List.of(executor("0", "10.0.0.1", label))));
  }

  @Test
  void rule_ofEachRole_namesItsKey() {
    assertEquals(
        "worker a may run on 10.0.0.1, East Wing only (data.workers.a.hosts)",
        Place.ofWorker("a", List.of("10.0.0.1", "East Wing")).rule());
    assertEquals(
        "aggregator s may run on north only (aggregation.aggregators.s)",
        Place.ofAggregator("s", List.of("north")).rule());
    assertFalse(Place.ofAggregator("s", List.of("north")).isAnywhere());
    assertEquals("10.0.0.1", new Spot("10.0.0.1", "").toString());
    assertEquals("10.0.0.1 (SPARKFED_SITE = north)", new Spot("10.0.0.1", "north").toString());
  }
}
