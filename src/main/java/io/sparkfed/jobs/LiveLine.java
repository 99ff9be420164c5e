package io.sparkfed.jobs;

import io.sparkfed.model.ShownText;
import java.io.PrintStream;
import java.util.Timer;
import java.util.TimerTask;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * The lines of a job, and below them one that tells what is going on: on a terminal it is written
 * over twice a second and goes when the next line comes; elsewhere it is a line of its own, but
 * only where nothing else was printed for long.
 *
 * <p>Thread-safe.
 */
final class LiveLine implements AutoCloseable {
  private static final String CLEAR = "\r\u001b[K";
  private static final long REPAINT_MILLIS = 500;

  /** Runs that are quicker, and most rounds, print nothing besides their own lines. */
  private static final long SILENCE_SECONDS = 15;

  /** What the lines are printed on. */
  enum Screen {
    TERMINAL,
    LOG;

    /** Returns what this process prints on. */
    @SuppressWarnings("SystemConsoleNull")
    static Screen ofProcess() {
      // Newer Javas have a console whatever the streams are.
      boolean tells = Runtime.version().feature() < 22;
      String term = System.getenv("TERM");
      boolean clears = term != null && !term.isEmpty() && !term.equals("dumb");
      return tells && clears && System.console() != null ? TERMINAL : LOG;
    }
  }

  private final PrintStream out;
  private final Screen screen;
  private final LongSupplier nanos;
  private final Timer ticker = new Timer("spark-federated-live-line", /* isDaemon= */ true);
  private Supplier<String> now = () -> "";
  private boolean shown;
  private long printed;

  /** Prints on a stream; {@link #begin} starts to tell what is going on. */
  LiveLine(PrintStream out, Screen screen, LongSupplier nanos) {
    this.out = out;
    this.screen = screen;
    this.nanos = nanos;
    this.printed = nanos.getAsLong();
  }

  /**
   * Starts to tell what is going on.
   *
   * @param text what is; asked for whenever it is shown; empty to show nothing
   */
  void begin(Supplier<String> text) {
    synchronized (this) {
      now = text;
    }
    ticker.schedule(
        new TimerTask() {
          @Override
          public void run() {
            tick();
          }
        },
        REPAINT_MILLIS,
        REPAINT_MILLIS);
  }

  /** Shows what is going on, if it is time to. */
  synchronized void tick() {
    if (screen == Screen.TERMINAL) {
      String text = ShownText.line(now.get());
      out.print(CLEAR + text);
      out.flush();
      shown = !text.isEmpty();
    } else if (nanos.getAsLong() - printed >= TimeUnit.SECONDS.toNanos(SILENCE_SECONDS)) {
      String text = now.get();
      if (!text.isEmpty()) {
        print(text);
      }
    }
  }

  /** Prints a line that stays, and that a terminal only shows. */
  synchronized void print(String line) {
    clear();
    out.println(ShownText.line(line));
    printed = nanos.getAsLong();
  }

  private void clear() {
    if (shown) {
      out.print(CLEAR);
      shown = false;
    }
  }

  /** Ends the telling; what was printed stays. */
  @Override
  public void close() {
    ticker.cancel();
    synchronized (this) {
      clear();
      now = () -> "";
      out.flush();
    }
  }
}
