package io.sparkfed.spark.service;

import io.sparkfed.data.Shard;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.spark.agents.AgentReply;
import io.sparkfed.spark.agents.AgentReply.Opened;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What was made ready to be asked about, until it is released, nobody has asked for a while, or
 * something newer needs the room. The same can be made ready again.
 */
final class KeptOpen {
  private final int most;
  private final long mostBytes;
  private final long idleNanos;
  private final Supplier<Long> nanos;
  private final Map<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, /* accessOrder= */ true);
  private final Map<String, Object> locks = new HashMap<>();

  private static final class Kept {
    private final Made made;
    private long lastUsed;

    Kept(Made made, long lastUsed) {
      this.made = made;
      this.lastUsed = lastUsed;
    }
  }

  /**
   * What an opening makes.
   *
   * @param reply what is said of it
   * @param held what can be asked about; null where there is nothing of use
   * @param reading a fresh text: made again, of rows that may be others, it is something else
   */
  record Made(AgentReply reply, Object held, String reading) {
    Made(AgentReply reply, Object held) {
      this(reply, held, HexFormat.of().formatHex(Kdf.fresh()));
    }

    /** A fault isn't kept: the owner may mend it. */
    private boolean isKept() {
      return reply instanceof Opened;
    }

    private long bytes() {
      return held instanceof Shard shard
          ? shard.train().packedBytes() + shard.test().packedBytes()
          : 0;
    }
  }

  /**
   * Prepares for things.
   *
   * @param most how many are kept
   * @param mostBytes how much of packed rows is, beside the newest
   * @param idle how long one is that nobody asks about
   * @param nanos a clock
   */
  KeptOpen(int most, long mostBytes, Duration idle, Supplier<Long> nanos) {
    this.most = most;
    this.mostBytes = mostBytes;
    this.idleNanos = idle.toNanos();
    this.nanos = nanos;
  }

  /** Returns what is kept under a name, or else made and kept; one at a time is made under it. */
  Made opened(String name, Supplier<Made> making) {
    Object lock;
    synchronized (this) {
      lock = locks.computeIfAbsent(name, n -> new Object());
    }
    synchronized (lock) {
      try {
        Optional<Made> known = get(name);
        if (known.isPresent()) {
          return known.get();
        }
        Made made = making.get();
        if (made.isKept()) {
          keep(name, made);
        }
        return made;
      } finally {
        synchronized (this) {
          locks.remove(name, lock);
        }
      }
    }
  }

  /** Returns what is kept under a name. */
  synchronized Optional<Made> get(String name) {
    Kept known = kept.get(name);
    if (known == null) {
      return Optional.empty();
    }
    known.lastUsed = nanos.get();
    return Optional.of(known.made);
  }

  synchronized void release(String name) {
    kept.remove(name);
  }

  /** Forgets what nobody has asked about for long. */
  synchronized void sweep() {
    long now = nanos.get();
    kept.values().removeIf(one -> now - one.lastUsed > idleNanos);
  }

  synchronized void clear() {
    kept.clear();
  }

  private synchronized void keep(String name, Made made) {
    kept.put(name, new Kept(made, nanos.get()));
    long bytes = kept.values().stream().mapToLong(one -> one.made.bytes()).sum();
    Iterator<Kept> eldest = kept.values().iterator();
    while (kept.size() > 1 && (kept.size() > most || bytes > mostBytes)) {
      bytes -= eldest.next().made.bytes();
      eldest.remove();
    }
  }
}
