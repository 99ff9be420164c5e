package io.sparkfed.agent;

import java.io.Serializable;
import java.nio.charset.StandardCharsets;

/** Where an agent listens, in the text that {@link #parse} reads. */
public sealed interface AgentAddress extends Serializable {
  /** What the addresses of each kind start with. */
  String UNIX = "unix:";

  String TLS = "tls:";

  /**
   * A socket in the file system of one host.
   *
   * @param path absolute, at most 106 bytes as UTF-8
   */
  record UnixSocket(String path) implements AgentAddress {
    /** The kernel has room for 108 bytes, of which the JDK uses no more. */
    private static final int LONGEST = 106;

    /**
     * @throws IllegalArgumentException if the path isn't absolute, or too long
     */
    public UnixSocket {
      if (!path.startsWith("/") || path.endsWith("/") || path.indexOf('\0') >= 0) {
        throw new IllegalArgumentException(
            "a socket must have an absolute path. Provided value: " + path);
      }
      int length = path.getBytes(StandardCharsets.UTF_8).length;
      if (length > LONGEST) {
        throw new IllegalArgumentException(
            "a socket's path must have at most " + LONGEST + " bytes. Provided value: " + path);
      }
    }

    @Override
    public String toString() {
      return UNIX + path;
    }
  }

  /**
   * A port with mutual TLS.
   *
   * @param host a name or an address, of which an IPv6 one stands in brackets
   * @param port 1 to 65535; 0 for any that is free, at the agent
   */
  record TlsPort(String host, int port) implements AgentAddress {
    /**
     * @throws IllegalArgumentException if there is no host, or the port is out of range
     */
    public TlsPort {
      if (host.isEmpty() || host.chars().anyMatch(Character::isWhitespace) || port >>> 16 != 0) {
        throw new IllegalArgumentException(
            "an address must be tls:HOST:PORT. Provided value: " + TLS + host + ":" + port);
      }
    }

    @Override
    public String toString() {
      return TLS + host + ":" + port;
    }
  }

  /**
   * Reads an address: {@code unix:/run/x/a.sock}, or the path alone, or {@code tls:HOST:PORT}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  static AgentAddress parse(String text) {
    if (text.startsWith("/")) {
      return new UnixSocket(text);
    }
    if (text.startsWith(UNIX)) {
      return new UnixSocket(text.substring(UNIX.length()));
    }
    int colon = text.lastIndexOf(':');
    if (text.startsWith(TLS)
        && colon >= TLS.length()
        && text.substring(colon + 1).matches("[0-9]{1,5}")) {
      return new TlsPort(
          text.substring(TLS.length(), colon), Integer.parseInt(text.substring(colon + 1)));
    }
    throw new IllegalArgumentException(
        "an agent's address must be an absolute path, unix:PATH or tls:HOST:PORT. Provided value: "
            + text);
  }
}
