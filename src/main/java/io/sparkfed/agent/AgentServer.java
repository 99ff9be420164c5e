package io.sparkfed.agent;

import java.io.IOException;
import java.net.BindException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Listens for relays and hands their requests to a handler. Memory is bounded, whoever comes: by
 * {@link FrameLimits#budget} for requests, and {@link FrameLimits#longest} for each of the {@link
 * FrameLimits#atOnce} answers. A peer that breaks a rule, or is slow, costs its connection and one
 * line in the log, without anything of what it sent.
 */
public final class AgentServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(AgentServer.class.getName());

  /** How long requests that are being worked on may go on once the agent is to stop. */
  private static final Duration GRACE = Duration.ofSeconds(10);

  /** Before the next try where the system has no room for one more connection. */
  private static final Duration PAUSE = Duration.ofMillis(200);

  /** Those that wait to be told that there is no room; others are told nothing. */
  private static final int MOST_WAITING = 64;

  private final Door door;
  private final Serving serving;
  private final Set<ServedLink> served = ConcurrentHashMap.newKeySet();
  private final ThreadPoolExecutor connections;
  private final ThreadPoolExecutor turningAway;
  private final ExecutorService work;
  private volatile boolean isStopping;

  private AgentServer(Door door, AgentHandler handler, FrameLimits limits) {
    this.door = door;
    this.work = Executors.newCachedThreadPool(threads("agent-work"));
    this.serving =
        new Serving(
            door,
            handler,
            limits,
            new ByteBudget(limits.budget()),
            new Semaphore(limits.atOnce(), true),
            work);
    this.connections =
        new ThreadPoolExecutor(
            0,
            limits.connections(),
            30,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            threads("agent-connection"));
    this.turningAway =
        new ThreadPoolExecutor(
            1,
            1,
            30,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(MOST_WAITING),
            threads("agent-full"),
            (task, pool) -> ((ServedLink) task).close());
  }

  /**
   * Starts to listen.
   *
   * @param identity shown to relays at a TLS port; not needed for a socket
   * @throws BindException if another agent listens there
   * @throws IOException if the address can't be listened at
   * @throws IllegalArgumentException if a TLS port has no identity
   */
  public static AgentServer open(
      AgentAddress address,
      Relays relays,
      Optional<TlsIdentity> identity,
      AgentHandler handler,
      FrameLimits limits)
      throws IOException {
    Door door =
        address instanceof AgentAddress.UnixSocket socket
            ? UnixDoor.open(socket, relays)
            : TlsDoor.open(
                (AgentAddress.TlsPort) address,
                relays,
                identity.orElseThrow(
                    () -> new IllegalArgumentException("a TLS port must have an identity")));
    AgentServer server = new AgentServer(door, handler, limits);
    threads("agent-door").newThread(server::acceptAll).start();
    return server;
  }

  /** Returns where it listens, with the port that it has. */
  public AgentAddress address() {
    return door.address();
  }

  private void acceptAll() {
    while (!isStopping) {
      try {
        accept(door.accept());
      } catch (IOException e) {
        if (!isStopping) {
          LOG.log(System.Logger.Level.WARNING, "no connection can be taken: {0}", e.getMessage());
          pause();
        }
      }
    }
  }

  private void accept(Link link) {
    ServedLink one = new ServedLink(link, serving, served::remove);
    served.add(one);
    try {
      connections.execute(one);
    } catch (RejectedExecutionException e) {
      one.turnAway();
      turningAway.execute(one);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(PAUSE.toMillis());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Stops listening, lets requests that are being worked on end for some seconds, and returns. */
  @Override
  public void close() throws IOException {
    isStopping = true;
    door.close();
    served.forEach(ServedLink::closeIfIdle);
    long end = System.nanoTime() + GRACE.toNanos();
    while (!served.isEmpty() && System.nanoTime() < end) {
      pause();
    }
    served.forEach(ServedLink::close);
    connections.shutdown();
    turningAway.shutdown();
    work.shutdown();
  }

  private static ThreadFactory threads(String name) {
    AtomicLong made = new AtomicLong();
    return task -> {
      Thread thread = new Thread(task, name + "-" + made.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }
}
