package io.sparkfed.testing;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.PlainTask;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.WorkerTask;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * Records what passes between the driver and another federation. What comes back is serialized and
 * read, as on a cluster; what is asked is read from its bytes by the other one.
 *
 * @param <S> what a worker holds
 */
public final class RecordingFederation<S> implements Federation<S> {
  /** Work that fails here fails on purpose; a field, as loggers are held weakly. */
  private static final List<Logger> OF_FAILED_WORK =
      List.of(
          Logger.getLogger(PlainTask.class.getName()),
          Logger.getLogger("io.sparkfed.secure.protocol.PhaseTask"));

  static {
    OF_FAILED_WORK.forEach(logger -> logger.setLevel(Level.OFF));
  }

  private final Federation<S> workers;
  private final List<Visit> visits = new ArrayList<>();
  private final List<Object> seenByDriver = new ArrayList<>();
  private int workerVisits;

  /** Records what passes to and from {@code workers}. */
  public RecordingFederation(Federation<S> workers) {
    this.workers = workers;
  }

  /** Returns each visit of workers or aggregators, in order. */
  public List<Visit> visits() {
    return List.copyOf(visits);
  }

  /** Returns everything that came back to the driver, in order. */
  public List<Object> seenByDriver() {
    return List.copyOf(seenByDriver);
  }

  /** Returns how often the driver visited workers. */
  public int workerVisits() {
    return workerVisits;
  }

  @Override
  public List<String> workers() {
    return workers.workers();
  }

  @Override
  public List<String> evaluators() {
    return workers.evaluators();
  }

  @Override
  public <M> List<M> visit(Visit visit, WorkerTask<S, M> task) {
    visits.add(visit);
    workerVisits++;
    List<M> messages =
        workers.visit(visit, task).stream().map(RecordingFederation::travelled).toList();
    seenByDriver.addAll(messages);
    return messages;
  }

  @Override
  public <M> List<M> visitAggregators(Visit visit, AggregatorTask<M> task) {
    visits.add(visit);
    List<M> messages =
        workers.visitAggregators(visit, task).stream().map(RecordingFederation::travelled).toList();
    seenByDriver.addAll(messages);
    return messages;
  }

  /** Returns the bytes an object travels as. */
  public static byte[] bytes(Object object) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(object);
    } catch (IOException e) {
      throw new AssertionError("does not travel: " + object, e);
    }
    return bytes.toByteArray();
  }

  @SuppressWarnings({"unchecked", "BanSerializableRead"})
  private static <T> T travelled(T object) {
    try (ObjectInputStream in = new ObjectInputStream(new ByteArrayInputStream(bytes(object)))) {
      return (T) in.readObject();
    } catch (IOException | ClassNotFoundException e) {
      throw new AssertionError("does not arrive: " + object, e);
    }
  }
}
