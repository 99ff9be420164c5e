package io.sparkfed.spark.cluster;

import io.sparkfed.spark.cluster.Arrivals.TaskBody;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.rdd.RDD;
import scala.Function0;
import scala.Function2;
import scala.Tuple2;
import scala.collection.Iterator;
import scala.collection.immutable.Seq;
import scala.concurrent.ExecutionContext;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * The labels of an application's executors, as far as these have told: an executor's environment is
 * known to itself alone. A job asks, with a task that prefers each executor that hasn't told; a
 * task that lands elsewhere tells what that one's label is, and the first is asked again later.
 */
final class Labels {
  private static final Map<SparkContext, Labels> ALL = new WeakHashMap<>();
  private static final String GROUP = "spark-federated-labels";
  private static final long POLL_MILLIS = 20;
  private static final Duration PAUSE = Duration.ofSeconds(5);

  /** By executor. Keeps no context: it is the value to one. */
  private final Map<String, String> told = new ConcurrentHashMap<>();

  private final AtomicBoolean asking = new AtomicBoolean();

  /** When the executors could not be asked, as {@link System#nanoTime}; null if they could. */
  private volatile Long failedAt;

  private Labels(String driver) {
    told.put(driver, Spot.ownLabel());
  }

  /** Returns those of an application. */
  static Labels of(SparkContext spark) {
    synchronized (ALL) {
      return ALL.computeIfAbsent(spark, s -> new Labels(s.env().executorId()));
    }
  }

  /** Returns an executor's label; empty if it has none or hasn't told. */
  String label(String executor) {
    return told.getOrDefault(executor, "");
  }

  /** Returns whether executors could not even be asked: then other jobs will say why. */
  boolean hasFailed() {
    return failedAt != null;
  }

  /** Returns whether one of these executors is still to tell its label. */
  boolean areAwaited(List<Executor> executors) {
    return !hasFailed()
        && executors.stream().anyMatch(executor -> !told.containsKey(executor.id()));
  }

  /**
   * Asks the executors that haven't told, unless some are being asked or could not be a moment ago;
   * waits for nobody.
   */
  void ask(JavaSparkContext spark) {
    Long failure = failedAt;
    List<Executor> silent = silent(spark);
    if (silent.isEmpty()
        || (failure != null && System.nanoTime() - failure < PAUSE.toNanos())
        || !asking.compareAndSet(false, true)) {
      return;
    }
    try (JobScope scope = new JobScope(spark, GROUP, "asking executors for their labels")) {
      submit(spark.sc(), silent)
          .onComplete(
              end -> {
                failedAt = end.isFailure() ? System.nanoTime() : null;
                asking.set(false);
                return end;
              },
              ExecutionContext.parasitic$.MODULE$);
    } catch (RuntimeException e) {
      asking.set(false);
      throw e;
    }
  }

  /** Asks, and waits for the answers, but no longer than {@code limit}. */
  void await(JavaSparkContext spark, Duration limit) {
    await(spark, limit, () -> false);
  }

  /**
   * Asks, and waits for the answers, but no longer than {@code limit}.
   *
   * @param isLacking whether executors are waited for that aren't there yet
   */
  void await(JavaSparkContext spark, Duration limit, BooleanSupplier isLacking) {
    long deadline = System.nanoTime() + limit.toNanos();
    ask(spark);
    while ((!silent(spark).isEmpty() || isLacking.getAsBoolean())
        && !hasFailed()
        && System.nanoTime() < deadline
        && !spark.sc().isStopped()) {
      try {
        Thread.sleep(POLL_MILLIS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      ask(spark);
    }
  }

  private List<Executor> silent(JavaSparkContext spark) {
    return Executors.alive(spark.sc()).stream()
        .filter(executor -> !told.containsKey(executor.id()))
        .toList();
  }

  private SimpleFutureAction<Object> submit(SparkContext spark, List<Executor> silent) {
    List<Tuple2<String, Seq<String>>> placed =
        silent.stream()
            .map(
                executor ->
                    new Tuple2<>(
                        executor.id(),
                        CollectionConverters.asScala(List.of(executor.location())).toSeq()))
            .toList();
    RDD<String> asked =
        spark.makeRDD(
            CollectionConverters.asScala(placed).toSeq(), ClassTag$.MODULE$.apply(String.class));
    Function2<Object, Object[], BoxedUnit> take =
        (index, answer) -> {
          told.put((String) answer[0], (String) answer[1]);
          return BoxedUnit.UNIT;
        };
    Function0<Object> done = () -> true;
    return spark.submitJob(
        asked,
        new Answer(),
        CollectionConverters.asScala(
                IntStream.range(0, silent.size()).<Object>mapToObj(k -> k).toList())
            .toSeq(),
        take,
        done);
  }

  /** Runs in a task: who it is, and its label. */
  private record Answer() implements TaskBody<String> {
    @Override
    public Object[] apply(Iterator<String> asked) {
      return new Object[] {SparkEnv.get().executorId(), Spot.ownLabel()};
    }
  }
}
