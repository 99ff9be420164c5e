package io.sparkfed.testing;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.Words;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Sendable;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.ObjectStreamClass;
import java.io.Serializable;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What tests ask of workers: a function of their own. Within one process its bytes are a number it
 * is kept under; {@code ...Anywhere} is for functions that other processes run, and has the
 * function's serialized form as its bytes.
 */
public final class Asked {
  private static final Map<Integer, Object> KEPT = new ConcurrentHashMap<>();
  private static final AtomicInteger NUMBERS = new AtomicInteger();

  private Asked() {}

  /** What a worker answers. */
  @FunctionalInterface
  public interface Answer<S, V> extends Serializable {
    /** Returns the answer of a worker from what it holds. */
    V of(String worker, S held);
  }

  /** Returns a question whose answers have these numbers on one scale, and then exact ones. */
  public static <S> Question<S> vector(int scaled, int exact, Answer<S, double[]> answer) {
    return vector(layout(scaled, exact), answer);
  }

  /** Returns a question whose answers have a layout. */
  public static <S> Question<S> vector(Layout layout, Answer<S, double[]> answer) {
    return new Vector<>(kept(answer), Forms.KEPT, layout, answer);
  }

  /** Returns the layout of such a question. */
  public static Layout layout(int scaled, int exact) {
    Layout layout = scaled == 0 ? Layout.empty() : Layout.empty().scaled("scaled", scaled);
    return exact == 0 ? layout : layout.exact("exact", exact);
  }

  /** Returns what each worker puts into a sum of integers. */
  public static <S> Words<S> words(Answer<S, long[]> answer) {
    return words(Ring.OF_WORDS, answer);
  }

  /** Returns the same where vectors are added in a way of their own. */
  public static <S> Words<S> words(Ring ring, Answer<S, long[]> answer) {
    return new Integers<>(kept(answer), Forms.KEPT, ring, answer);
  }

  /** Returns the same for functions that run in other processes, too. */
  public static <S> Words<S> wordsAnywhere(Answer<S, long[]> answer) {
    return new Integers<>(serialized(answer), Forms.SERIALIZED, Ring.OF_WORDS, answer);
  }

  /** Returns what an aggregator does, in whatever process it is. */
  public static <M> AggregatorTask<M> aggregatorTaskAnywhere(Answer<Void, M> answer) {
    return new OfAggregator<>(serialized(answer), answer);
  }

  /** Returns a task. */
  public static <S, M> WorkerTask<S, M> task(Answer<S, M> answer) {
    return new Task<>(kept(answer), Forms.KEPT, answer);
  }

  /** Returns a task that runs in other processes, too. */
  public static <S, M> WorkerTask<S, M> taskAnywhere(Answer<S, M> answer) {
    return new Task<>(serialized(answer), Forms.SERIALIZED, answer);
  }

  /** Returns a copy of what is sent, as it is read where it arrives. */
  public static <T extends Sendable<T>> T travelled(T sent) {
    return sent.form().read(sent.toBytes(), sent.site());
  }

  private static byte[] kept(Object answer) {
    int number = NUMBERS.incrementAndGet();
    KEPT.put(number, answer);
    return new WireWriter().integer(number).toByteArray();
  }

  private static byte[] serialized(Object answer) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(answer);
    } catch (IOException e) {
      throw new IllegalArgumentException(e);
    }
    return bytes.toByteArray();
  }

  private enum Forms {
    KEPT {
      @Override
      Object read(byte[] bytes) {
        return Asked.KEPT.get(new WireReader(bytes).integer());
      }
    },
    SERIALIZED {
      @Override
      Object read(byte[] bytes) {
        try (ObjectInputStream in =
            new ObjectInputStream(new ByteArrayInputStream(bytes)) {
              @Override
              protected Class<?> resolveClass(ObjectStreamClass type)
                  throws IOException, ClassNotFoundException {
                ClassLoader loader = Thread.currentThread().getContextClassLoader();
                return Class.forName(type.getName(), false, loader);
              }
            }) {
          return in.readObject();
        } catch (IOException | ClassNotFoundException e) {
          throw new IllegalArgumentException(e);
        }
      }
    };

    abstract Object read(byte[] bytes);
  }

  private record Vector<S>(byte[] bytes, Forms forms, Layout layout, Answer<S, double[]> answer)
      implements Question<S> {
    @Override
    public double[] answer(String worker, S held) {
      return answer.of(worker, held);
    }

    @Override
    public byte[] toBytes() {
      return bytes;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Form<Question<S>> form() {
      Forms read = forms;
      int scaled = layout.scaledLength();
      int exact = layout.exactLength();
      return (from, site) ->
          new Vector<>(
              from, read, Asked.layout(scaled, exact), (Answer<S, double[]>) read.read(from));
    }
  }

  private record Integers<S>(byte[] bytes, Forms forms, Ring ring, Answer<S, long[]> answer)
      implements Words<S> {
    @Override
    public byte[] subject() {
      return bytes;
    }

    @Override
    public long[] of(String worker, S held) {
      return answer.of(worker, held);
    }

    @Override
    public byte[] toBytes() {
      return bytes;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Form<Words<S>> form() {
      Forms read = forms;
      int singles = ring.singles();
      int width = ring.width();
      return (from, site) ->
          new Integers<>(from, read, new Ring(singles, width), (Answer<S, long[]>) read.read(from));
    }
  }

  private record Task<S, M>(byte[] bytes, Forms forms, Answer<S, M> answer)
      implements WorkerTask<S, M> {
    @Override
    public M run(String worker, S held) {
      return answer.of(worker, held);
    }

    @Override
    public byte[] toBytes() {
      return bytes;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Form<WorkerTask<S, M>> form() {
      Forms read = forms;
      return (from, site) -> new Task<>(from, read, (Answer<S, M>) read.read(from));
    }
  }

  private record OfAggregator<M>(byte[] bytes, Answer<Void, M> answer)
      implements AggregatorTask<M> {
    @Override
    public M run(String aggregator) {
      return answer.of(aggregator, null);
    }

    @Override
    public byte[] toBytes() {
      return bytes;
    }

    @Override
    @SuppressWarnings("unchecked")
    public Form<AggregatorTask<M>> form() {
      return (from, site) ->
          new OfAggregator<>(from, (Answer<Void, M>) Forms.SERIALIZED.read(from));
    }
  }
}
