package io.sparkfed.agent;

import io.sparkfed.agent.AgentException.Kind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/** One connection at its agent, from the peer's name to its end. */
final class ServedLink implements Runnable {
  private static final System.Logger LOG = System.getLogger(AgentServer.class.getName());

  private final Link link;
  private final Serving serving;
  private final FrameLimits limits;
  private final Consumer<ServedLink> onEnd;
  private final FrameStream frames;
  private String who = "a peer that didn't say who it is";
  private boolean isTurnedAway;
  private volatile boolean isBusy;
  private volatile boolean isClosed;

  ServedLink(Link link, Serving serving, Consumer<ServedLink> onEnd) {
    this.link = link;
    this.serving = serving;
    this.limits = serving.limits();
    this.onEnd = onEnd;
    this.frames = new FrameStream(link, limits);
  }

  /** It is told that there is no room, and no more. */
  void turnAway() {
    isTurnedAway = true;
  }

  void closeIfIdle() {
    if (!isBusy) {
      close();
    }
  }

  void close() {
    isClosed = true;
    try {
      link.close();
    } catch (IOException e) {
      // It is of no use any more.
    }
    onEnd.accept(this);
  }

  @Override
  public void run() {
    long number = 0;
    try {
      Peer peer = peer();
      if (isTurnedAway) {
        throw new BadFrameException(Kind.BUSY, "there is no room for one more connection");
      }
      while (serveNext(peer, number)) {
        number++;
      }
      link.end();
    } catch (BadFrameException e) {
      log(e);
      refuse(number, e.kind());
    } catch (IOException e) {
      log(e);
    } catch (RuntimeException | Error e) {
      LOG.log(System.Logger.Level.ERROR, "a connection failed", e);
    } finally {
      close();
    }
  }

  private Peer peer() throws IOException {
    Deadline deadline = Deadline.of(link, limits.frame());
    try {
      Peer peer = link.peer();
      who = peer.name();
      if (!serving.door().admits(peer)) {
        throw new BadFrameException(Kind.TURNED_AWAY, "it isn't among those who may relay");
      }
      return peer;
    } catch (IOException e) {
      throw deadline.isMissed() ? new SilentException(limits.frame(), e) : e;
    } finally {
      deadline.close();
    }
  }

  /** Returns whether there was a request. */
  private boolean serveNext(Peer peer, long number) throws IOException {
    FrameStream.Head head = frames.head(limits.idle());
    if (head == null) {
      return false;
    }
    isBusy = true;
    if (head.kind() != Frame.Kind.REQUEST || head.number() != number) {
      throw new BadFrameException(
          Kind.BROKEN, "requests of a connection must be numbered in their order");
    }
    int taken = takeRoom(number, head.length());
    try {
      Frame request = frames.rest(head, byte[]::new);
      answer(request, peer);
    } finally {
      serving.budget().give(taken);
    }
    isBusy = false;
    return true;
  }

  private int takeRoom(long number, int length) throws IOException {
    long end = System.nanoTime() + limits.frame().toNanos();
    while (!serving.budget().take(length, limits.keepAlive())) {
      if (System.nanoTime() > end) {
        throw new BadFrameException(Kind.BUSY, "there is no room for one more request");
      }
      say(number, "the agent is busy");
    }
    return length;
  }

  private void answer(Frame request, Peer peer) throws IOException {
    awaitTurn(request.number());
    try {
      Said said = new Said();
      Future<byte[]> work =
          serving.work().submit(() -> serving.handler().answer(request.payload(), peer, said));
      frames.write(result(request.number(), work, said));
    } finally {
      serving.turns().release();
    }
  }

  private void awaitTurn(long number) throws IOException {
    try {
      while (!serving.turns().tryAcquire(limits.keepAlive().toNanos(), TimeUnit.NANOSECONDS)) {
        say(number, "the agent is busy");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  private Frame result(long number, Future<byte[]> work, Said said) throws IOException {
    IOException gone = null;
    while (true) {
      try {
        byte[] answer = work.get(limits.keepAlive().toNanos(), TimeUnit.NANOSECONDS);
        if (gone != null) {
          throw gone;
        }
        if (answer.length > limits.longest()) {
          LOG.log(System.Logger.Level.ERROR, "an answer is longer than a frame may be");
          return refusal(number, Kind.TOO_LONG);
        }
        return new Frame(Frame.Kind.ANSWER, number, answer);
      } catch (TimeoutException e) {
        gone = gone == null ? keptAlive(number, said) : gone;
      } catch (ExecutionException e) {
        LOG.log(System.Logger.Level.ERROR, "a request failed: " + e.getCause(), e.getCause());
        return refusal(number, Kind.FAILED);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IOException("interrupted", e);
      }
    }
  }

  /** The handler isn't broken off where its peer is gone: it may be about to write its journal. */
  private IOException keptAlive(long number, Said said) {
    try {
      say(number, said.last);
      return null;
    } catch (IOException e) {
      return e;
    }
  }

  private void say(long number, String text) throws IOException {
    frames.write(new Frame(Frame.Kind.SAID, number, Words.toBytes(text)));
  }

  private void refuse(long number, Kind kind) {
    try {
      frames.write(refusal(number, kind));
      link.end();
    } catch (IOException e) {
      // The peer is told if it is still there.
    }
  }

  private static Frame refusal(long number, Kind kind) {
    return new Frame(Frame.Kind.REFUSAL, number, kind.name().getBytes(StandardCharsets.US_ASCII));
  }

  private void log(IOException e) {
    if (!isClosed) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the connection of {0} ended: {1}",
          Words.of(who.getBytes(StandardCharsets.UTF_8)),
          e.getMessage());
    }
  }

  /** What the handler said last. */
  private static final class Said implements Progress {
    private volatile String last = "";

    @Override
    public void says(String text) {
      last = text;
    }
  }
}
