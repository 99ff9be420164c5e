package io.sparkfed.spark.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.it.StandaloneCluster;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class HostAddressesTest {
  private static final Duration LONG = Duration.ofHours(1);

  private final AtomicInteger asked = new AtomicInteger();
  private final CountDownLatch answering = new CountDownLatch(1);

  private static InetAddress address(int last) throws UnknownHostException {
    return InetAddress.getByAddress(new byte[] {10, 0, 0, (byte) last});
  }

  /** Knows hosts called by a number. */
  private InetAddress[] answer(String host) throws UnknownHostException {
    asked.incrementAndGet();
    if (!host.startsWith("host-")) {
      throw new UnknownHostException(host);
    }
    InetAddress address = address(Integer.parseInt(host.substring(5)));
    return new InetAddress[] {address, address};
  }

  /** Answers only once it is let. */
  private InetAddress[] answerLate(String host) throws UnknownHostException {
    try {
      answering.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return answer(host);
  }

  @Test
  void of_serviceThatAnswers_itsAddressesOnce() throws Exception {
    HostAddresses addresses = new HostAddresses(this::answer, LONG, LONG);

    for (int k = 0; k < 3; k++) {
      assertEquals(Set.of(address(7)), addresses.of("host-7"));
      assertEquals(Set.of(), addresses.of("north"));
    }

    assertEquals(2, asked.get());
  }

  @Test
  void of_labelWithABlank_isNoHost() {
    assertEquals(Set.of(), new HostAddresses(this::answer, LONG, LONG).of("South Wing"));
    assertEquals(0, asked.get());
  }

  /** One name is waited for; a thousand others hardly, and the same again not at all. */
  @Test
  void of_serviceThatDoesNotAnswer_waitsOnce() throws Exception {
    Duration patience = Duration.ofMillis(300);
    HostAddresses addresses = new HostAddresses(this::answerLate, patience, LONG);
    long before = System.nanoTime();

    assertEquals(Set.of(), addresses.of("host-1"));
    assertTrue(System.nanoTime() - before >= patience.toNanos());
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int k = 0; k < 1000; k++) {
            assertEquals(Set.of(), addresses.of("host-" + k));
          }
        });

    answering.countDown();
    for (int k = 0; k < 128; k++) {
      Set<InetAddress> late = Set.of(address(k));
      String host = "host-" + k;
      StandaloneCluster.await(
          Duration.ofSeconds(30), () -> addresses.of(host).equals(late), "no late answer");
    }
    assertEquals(1000, asked.get());
  }

  /** The old answer is there at once while the new one is on its way. */
  @Test
  void of_hostThatMoves_isSeenWithoutWaiting() throws Exception {
    HostAddresses addresses =
        new HostAddresses(
            host -> asked.getAndIncrement() == 0 ? answer("host-1") : answerLate("host-2"),
            LONG,
            Duration.ZERO);

    assertEquals(Set.of(address(1)), addresses.of("a"));
    assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (int k = 0; k < 100; k++) {
            assertEquals(Set.of(address(1)), addresses.of("a"));
          }
        });

    answering.countDown();
    Set<InetAddress> moved = Set.of(address(2));
    StandaloneCluster.await(
        Duration.ofSeconds(30), () -> addresses.of("a").equals(moved), "still at the old address");
  }
}
