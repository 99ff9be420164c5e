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
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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
  private final AtomicReference<Cut> cut = new AtomicReference<>();

  /** What not to pass on: a text, and so many bytes behind it that are still kept. */
  private record Cut(Pattern marker, int behind, Runnable before) {}

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

  /** Forgets what was sent so far. Whoever sends just now may be heard in part. */
  public void forget() {
    sent.forEach(ByteArrayOutputStream::reset);
  }

  /**
   * Cuts the next connection in which a client sends {@code marker}, once: neither its end nor
   * anything later arrives, but the marker and {@code behind} bytes after it are kept as sent.
   *
   * @param marker of bytes, each one character
   * @param before runs before either side can notice
   */
  public void cutAt(Pattern marker, int behind, Runnable before) {
    cut.set(new Cut(marker, behind, before));
  }

  /** Returns whether a connection was cut. */
  public boolean hasCut() {
    return cut.get() == null;
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
        start("tap down", () -> relay(upstream, client, null));
      }
    } catch (IOException e) {
      // Closed.
      closeQuietly(listening);
    }
  }

  /**
   * Passes on what one side sends until it ends.
   *
   * @param record where it is kept; null to keep nothing
   */
  private void relay(Socket from, Socket to, ByteArrayOutputStream record) {
    try {
      InputStream in = from.getInputStream();
      OutputStream out = to.getOutputStream();
      byte[] chunk = new byte[CHUNK];
      boolean passesOn = true;
      for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
        Cut waiting = cut.get();
        if (record != null) {
          record.write(chunk, 0, n);
          int behind = waiting == null ? -1 : behindMarker(record, waiting.marker());
          passesOn = passesOn && behind < 0;
          if (behind >= 0 && behind >= waiting.behind()) {
            waiting.before().run();
            cut.set(null);
            break;
          }
        }
        if (passesOn) {
          out.write(chunk, 0, n);
        }
      }
    } catch (IOException e) {
      // One side has gone: so must the other.
      closeQuietly(from);
    }
    closeQuietly(from);
    closeQuietly(to);
  }

  /** Returns how many bytes were sent behind the marker; negative if it was not sent. */
  private static int behindMarker(ByteArrayOutputStream record, Pattern marker) {
    Matcher found = marker.matcher(record.toString(StandardCharsets.ISO_8859_1));
    return found.find() ? record.size() - found.end() : -1;
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
