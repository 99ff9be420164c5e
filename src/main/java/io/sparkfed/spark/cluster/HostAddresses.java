package io.sparkfed.spark.cluster;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Addresses of hosts, by name. A name service that doesn't answer takes ten seconds and more for
 * each name, and most labels of sites are no names of hosts. So names are looked up in threads of
 * their own, nobody waits for long, and an answer that comes late is there for who asks again.
 */
final class HostAddresses {
  private static final int MOST_THREADS = 32;
  private static final long IDLE_SECONDS = 10;

  /** What patience is divided by after a disappointment: what no service is needed for is found. */
  private static final int IMPATIENCE = 50;

  private final Service service;
  private final Duration patience;
  private final Duration holds;
  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor threads =
      new ThreadPoolExecutor(
          MOST_THREADS,
          MOST_THREADS,
          IDLE_SECONDS,
          TimeUnit.SECONDS,
          new LinkedBlockingQueue<>(),
          HostAddresses::thread);

  /** Until when nobody waits for long, as {@link System#nanoTime}: somebody did in vain. */
  private volatile long hopelessUntil = System.nanoTime();

  /** What knows addresses. */
  interface Service {
    /**
     * Returns a host's addresses.
     *
     * @throws UnknownHostException if it has none
     */
    InetAddress[] addresses(String host) throws UnknownHostException;
  }

  /** What is known of a name: an answer to come, and the one before; null if there was none. */
  private record Answer(
      CompletableFuture<Set<InetAddress>> next, Set<InetAddress> last, long askedAt) {}

  /**
   * Makes one that asks a service.
   *
   * @param patience how long a name's first answer is waited for
   * @param holds how old an answer gets before the name is looked up again; until that is over, the
   *     old answer is given. Also for how long nobody waits much after somebody did in vain.
   */
  HostAddresses(Service service, Duration patience, Duration holds) {
    this.service = service;
    this.patience = patience;
    this.holds = holds;
    threads.allowCoreThreadTimeOut(true);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "spark-federated host addresses");
    thread.setDaemon(true);
    return thread;
  }

  /** Returns a host's addresses; none if it has none, or if they aren't known yet. */
  Set<InetAddress> of(String host) {
    if (host.chars().anyMatch(Character::isWhitespace)) {
      return Set.of();
    }
    Answer answer = answers.compute(host, this::renewed);
    return answer.last() == null || answer.next().isDone() ? first(answer) : answer.last();
  }

  private Answer renewed(String host, Answer before) {
    boolean isFirst = before == null;
    long now = System.nanoTime();
    if (!isFirst && (!before.next().isDone() || now - before.askedAt() < holds.toNanos())) {
      return before;
    }
    return new Answer(
        CompletableFuture.supplyAsync(() -> lookUp(host), threads),
        isFirst ? null : before.next().join(),
        now);
  }

  private Set<InetAddress> lookUp(String host) {
    try {
      return Set.copyOf(List.of(service.addresses(host)));
    } catch (UnknownHostException | SecurityException e) {
      return Set.of();
    }
  }

  /** Waits, unless the answer has been waited for already; not for long if another has been. */
  private Set<InetAddress> first(Answer answer) {
    long now = System.nanoTime();
    long most = patience.toNanos() / (now - hopelessUntil < 0 ? IMPATIENCE : 1);
    long rest = answer.askedAt() + most - now;
    try {
      return answer.next().get(Math.max(0, rest), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      hopelessUntil = System.nanoTime() + holds.toNanos();
      return Set.of();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Set.of();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a host could not be looked up", e.getCause());
    }
  }
}
