package io.sparkfed.agent;

import io.sparkfed.agent.AgentException.Kind;
import java.io.IOException;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A relay's connection to an agent: requests one after the other. Not for several threads at a
 * time.
 */
public final class AgentConnection implements AutoCloseable {
  private final AgentAddress address;
  private final Link link;
  private final FrameStream frames;
  private final FrameLimits limits;
  private long number;

  private AgentConnection(AgentAddress address, Link link, FrameLimits limits) {
    this.address = address;
    this.link = link;
    this.limits = limits;
    this.frames = new FrameStream(link, limits);
  }

  /**
   * Opens a connection, and makes sure who listens.
   *
   * @param identity shown to the agent at a TLS port; not needed for a socket
   * @throws AgentException if nobody listens, or not who is expected, or this process is let in by
   *     no permission of the socket's
   * @throws IllegalArgumentException if for a TLS port the identity or the agent's key isn't given
   */
  public static AgentConnection open(
      AgentAddress address, Expected expected, Optional<TlsIdentity> identity, FrameLimits limits)
      throws AgentException {
    Link link = connect(address, identity);
    try {
      requireExpected(address, expected, peer(address, link, limits));
      return new AgentConnection(address, link, limits);
    } catch (AgentException | RuntimeException e) {
      close(link);
      throw e;
    }
  }

  private static Link connect(AgentAddress address, Optional<TlsIdentity> identity)
      throws AgentException {
    try {
      return address instanceof AgentAddress.UnixSocket socket
          ? UnixLink.connect(socket)
          : TlsLink.connect(
              (AgentAddress.TlsPort) address,
              identity.orElseThrow(
                  () -> new IllegalArgumentException("at a TLS port, a relay needs an identity")));
    } catch (ConnectException e) {
      throw new AgentException(Kind.ABSENT, address, e);
    } catch (IOException e) {
      throw address instanceof AgentAddress.UnixSocket socket
          ? unopened(socket, e)
          : new AgentException(Kind.ABSENT, address, e);
    }
  }

  /** The JDK tells by the words of the system alone why a socket can't be opened. */
  private static AgentException unopened(AgentAddress.UnixSocket socket, IOException failure) {
    try {
      Files.readAttributes(Path.of(socket.path()), "*");
      return new AgentException(Kind.TURNED_AWAY, socket, failure);
    } catch (AccessDeniedException e) {
      return new AgentException(Kind.TURNED_AWAY, socket, failure);
    } catch (IOException e) {
      return new AgentException(Kind.ABSENT, socket, failure);
    }
  }

  private static Peer peer(AgentAddress address, Link link, FrameLimits limits)
      throws AgentException {
    Deadline deadline = Deadline.of(link, limits.frame());
    try {
      return link.peer();
    } catch (IOException e) {
      throw new AgentException(deadline.isMissed() ? Kind.SILENT : Kind.BROKEN, address, e);
    } finally {
      deadline.close();
    }
  }

  private static void requireExpected(AgentAddress address, Expected expected, Peer peer)
      throws AgentException {
    if (address instanceof AgentAddress.UnixSocket socket) {
      if (expected.user().isPresent() && !expected.user().get().equals(peer.name())) {
        throw new AgentException(
            Kind.IMPOSTOR, address, "its user must be " + expected.user().get());
      }
      Optional<String> fault = fault(socket, peer);
      if (fault.isPresent()) {
        throw new AgentException(Kind.IMPOSTOR, address, fault.get());
      }
    } else if (!expected
        .key()
        .orElseThrow(() -> new IllegalArgumentException("at a TLS port, a key must be expected"))
        .equals(peer.name())) {
      throw new AgentException(Kind.IMPOSTOR, address, "it has another key");
    }
  }

  private static Optional<String> fault(AgentAddress.UnixSocket socket, Peer peer) {
    try {
      return new SocketFolder(socket).fault(peer.name());
    } catch (IOException e) {
      return Optional.of("its folder can't be looked at");
    }
  }

  /**
   * Sends a request and returns its answer.
   *
   * @param silence how long nothing may be heard; more than twice the {@link FrameLimits#keepAlive}
   *     of the agent
   * @throws AgentException if there is no answer. After {@link Kind#FAILED} or {@link
   *     Kind#TOO_LONG} of an answer another request may be sent; after anything else the connection
   *     is closed
   */
  public byte[] ask(byte[] request, Duration silence) throws AgentException {
    return ask(request, silence, text -> {});
  }

  /**
   * Sends a request and returns its answer.
   *
   * @param said hears what the agent says meanwhile, again and again the same; "" for nothing new
   * @throws AgentException as {@link #ask(byte[], Duration)}
   */
  public byte[] ask(byte[] request, Duration silence, Consumer<String> said) throws AgentException {
    if (request.length > limits.longest()) {
      throw new AgentException(Kind.TOO_LONG, address, "");
    }
    long asked = number++;
    try {
      send(new Frame(Frame.Kind.REQUEST, asked, request));
      while (true) {
        Frame frame = next(asked, silence);
        switch (frame.kind()) {
          case SAID -> said.accept(Words.of(frame.payload()));
          case ANSWER -> {
            return frame.payload();
          }
          default -> throw refused(frame);
        }
      }
    } catch (BadFrameException e) {
      close();
      throw new AgentException(e.kind(), address, e);
    } catch (SilentException e) {
      close();
      throw new AgentException(Kind.SILENT, address, e);
    } catch (AgentException e) {
      throw e;
    } catch (IOException e) {
      close();
      throw new AgentException(Kind.BROKEN, address, e);
    }
  }

  /** An agent that refuses says so before it closes: that tells more than the broken pipe. */
  private void send(Frame request) throws IOException {
    try {
      frames.write(request);
    } catch (SilentException e) {
      throw e;
    } catch (IOException e) {
      Frame last;
      try {
        last = next(request.number(), limits.frame());
      } catch (IOException none) {
        throw e;
      }
      throw last.kind() == Frame.Kind.REFUSAL ? refused(last) : e;
    }
  }

  private Frame next(long asked, Duration silence) throws IOException {
    FrameStream.Head head = frames.head(silence);
    if (head == null) {
      throw new BadFrameException(Kind.BROKEN, "it was closed before the answer");
    }
    Frame frame = frames.rest(head, byte[]::new);
    if (frame.kind() == Frame.Kind.REQUEST
        || (frame.kind() != Frame.Kind.REFUSAL && frame.number() != asked)) {
      throw new BadFrameException(Kind.BROKEN, "an answer must be to what was asked");
    }
    return frame;
  }

  private AgentException refused(Frame refusal) {
    String name = new String(refusal.payload(), StandardCharsets.US_ASCII);
    for (Kind kind : Kind.values()) {
      if (kind.name().equals(name)) {
        if (kind != Kind.FAILED && kind != Kind.TOO_LONG) {
          close();
        }
        return new AgentException(kind, address, "");
      }
    }
    close();
    return new AgentException(Kind.BROKEN, address, "it refuses for a reason that isn't known");
  }

  @Override
  public void close() {
    try (Deadline deadline = Deadline.of(link, limits.frame())) {
      link.end();
    } catch (IOException e) {
      // Nothing is asked of it any more.
    }
  }

  private static void close(Link link) {
    try {
      link.close();
    } catch (IOException e) {
      // Nothing was asked of it.
    }
  }
}
