package io.sparkfed.it;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A TCP relay that keeps what clients send. It listens on one loopback address and connects to the
 * same port of another, so whoever advertises the first and binds the second is overheard.
 */
public final class Tap implements AutoCloseable {
  private static final int CHUNK = 1 << 16;

  private final InetAddress server;
  private final ServerSocket listening;
  private final List<Closeable> open = new CopyOnWriteArrayList<>();
  private final List<ByteArrayOutputStream> sent = new CopyOnWriteArrayList<>();

  /** Starts to relay from a free port of {@code advertised} to the same port of {@code bound}. */
  public Tap(String advertised, String bound) throws IOException {
    server = InetAddress.getByName(bound);
    listening = new ServerSocket();
    listening.bind(new InetSocketAddress(InetAddress.getByName(advertised), 0));
    start("tap", this::accept);
  }

  /** Returns the port, of both addresses. */
  public int port() {
    return listening.getLocalPort();
  }

  /** Returns what was sent so far, a text for each connection, each byte one character. */
  public List<String> sent() {
    return sent.stream().map(bytes -> bytes.toString(StandardCharsets.ISO_8859_1)).toList();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listening.accept();
        Socket upstream = new Socket(server, port());
        open.add(client);
        open.add(upstream);
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        sent.add(record);
        start("tap up", () -> relay(client, upstream, record));
        start("tap down", () -> relay(upstream, client, OutputStream.nullOutputStream()));
      }
    } catch (IOException e) {
      // Closed.
      closeQuietly(listening);
    }
  }

  private static void relay(Socket from, Socket to, OutputStream record) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] chunk = new byte[CHUNK];
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        record.write(chunk, 0, n);
        out.write(chunk, 0, n);
      }
    } catch (IOException e) {
      // One side has gone: so must the other.
      closeQuietly(from);
    }
    closeQuietly(from);
    closeQuietly(to);
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Cuts all connections; what was sent stays readable. */
  @Override
  public void close() {
    closeQuietly(listening);
    open.forEach(Tap::closeQuietly);
  }
}
