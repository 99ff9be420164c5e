package io.sparkfed.jobs;

import io.sparkfed.it.StandaloneCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What happens to a training while it runs. */
final class Running {
  private static final Duration LIMIT = Duration.ofMinutes(2);

  private Running() {}

  /** What happens. */
  interface Event {
    void happen() throws Exception;
  }

  /** What is to happen, in a thread of its own. */
  static final class Happening {
    private final FutureTask<Void> task;

    private Happening(Callable<Void> event) {
      task = new FutureTask<>(event);
      Thread thread = new Thread(task, "what happens to a run");
      thread.setDaemon(true);
      thread.start();
    }

    /** Called when the run has ended: it must have happened by then, or the run's end says why. */
    void assertHappened(JobRunner.Outcome outcome) throws Exception {
      try {
        task.get(30, TimeUnit.SECONDS);
      } catch (TimeoutException e) {
        throw new AssertionError("it did not come to that: " + outcome, e);
      } finally {
        task.cancel(true);
      }
    }
  }

  /** Lets something happen as soon as a condition holds. */
  static Happening when(BooleanSupplier condition, Event event) {
    return new Happening(
        () -> {
          StandaloneCluster.await(LIMIT, condition, "it did not come to that");
          event.happen();
          return null;
        });
  }

  /** Returns how many rounds an unfinished run has written. */
  static int rounds(Path folder, String output) {
    try (Stream<Path> entries = Files.list(folder)) {
      List<Path> unfinished =
          entries
              .filter(entry -> entry.getFileName().toString().startsWith("." + output + "."))
              .toList();
      Path file = unfinished.isEmpty() ? null : unfinished.get(0).resolve("rounds.jsonl");
      return file == null || !Files.exists(file) ? 0 : Files.readAllLines(file).size();
    } catch (IOException e) {
      return 0;
    }
  }
}
