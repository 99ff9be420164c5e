package io.sparkfed.spark.cluster;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.serializer.SerializationStream;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * A value on its way from the driver to the tasks of one job: among their code while it is small,
 * as a broadcast otherwise, which costs Spark some messages more. Either way an executor reads it
 * once, and its tasks share what was read: it must not be changed there.
 *
 * @param <T> type of the value
 */
abstract sealed class Carried<T> implements Serializable, AutoCloseable {
  private static final long serialVersionUID = 1L;

  /** Spark's own broadcast of a stage's code has to be copied by each task. */
  static final int MOST_BYTES_AMONG_CODE = 1 << 16;

  /** Sends a value, at the driver. */
  static <T extends Serializable> Carried<T> of(JavaSparkContext spark, T value) {
    byte[] bytes = Bounded.serialized(value);
    return bytes == null ? new ByBroadcast<>(spark.broadcast(value)) : new AmongCode<>(bytes);
  }

  /** Returns the value, in a task. */
  abstract T value();

  /** Forgets the value, at the driver, when the job has ended. */
  @Override
  public abstract void close();

  private static <T> ClassTag<T> tag() {
    return ClassTag$.MODULE$.apply(Object.class);
  }

  private static final class AmongCode<T> extends Carried<T> {
    private static final long serialVersionUID = 1L;

    private final UUID id = UUID.randomUUID();
    private final byte[] bytes;

    AmongCode(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    T value() {
      @SuppressWarnings("unchecked")
      T value = (T) Read.value(id, bytes);
      return value;
    }

    @Override
    public void close() {}
  }

  private static final class ByBroadcast<T> extends Carried<T> {
    private static final long serialVersionUID = 1L;

    private final Broadcast<T> broadcast;

    ByBroadcast(Broadcast<T> broadcast) {
      this.broadcast = broadcast;
    }

    @Override
    T value() {
      return broadcast.value();
    }

    @Override
    public void close() {
      broadcast.destroy();
    }
  }

  /** The last values that tasks of this process have read. */
  private static final class Read {
    private static final int MOST = 8;

    private static final Map<UUID, Object> VALUES = new LinkedHashMap<>();

    static Object value(UUID id, byte[] bytes) {
      synchronized (VALUES) {
        Object known = VALUES.get(id);
        if (known != null) {
          return known;
        }
        Object value =
            SparkEnv.get()
                .closureSerializer()
                .newInstance()
                .deserialize(
                    ByteBuffer.wrap(bytes),
                    Thread.currentThread().getContextClassLoader(),
                    Carried.tag());
        VALUES.put(id, value);
        if (VALUES.size() > MOST) {
          VALUES.remove(VALUES.keySet().iterator().next());
        }
        return value;
      }
    }
  }

  /** Keeps what is written to it, up to a bound. */
  private static final class Bounded extends OutputStream {
    private byte[] bytes = new byte[1 << 12];
    private int length;

    private static final class TooLarge extends IOException {
      private static final long serialVersionUID = 1L;
    }

    /** Returns the serialized value; null if it is too large. */
    static byte[] serialized(Object value) {
      Bounded out = new Bounded();
      try (SerializationStream stream =
          SparkEnv.get().closureSerializer().newInstance().serializeStream(out)) {
        stream.writeObject(value, Carried.tag());
        stream.flush();
      } catch (Exception e) {
        if (out.length > MOST_BYTES_AMONG_CODE) {
          return null;
        }
        throw e;
      }
      return Arrays.copyOf(out.bytes, out.length);
    }

    @Override
    public void write(int b) throws IOException {
      write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int count) throws IOException {
      if (length > MOST_BYTES_AMONG_CODE) {
        return;
      }
      if (length + count > MOST_BYTES_AMONG_CODE) {
        length = MOST_BYTES_AMONG_CODE + 1;
        throw new TooLarge();
      }
      if (length + count > bytes.length) {
        bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + count));
      }
      System.arraycopy(from, offset, bytes, length, count);
      length += count;
    }
  }
}
