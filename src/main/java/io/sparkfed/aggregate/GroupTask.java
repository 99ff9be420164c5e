package io.sparkfed.aggregate;

import java.io.Serializable;
import java.util.List;

/**
 * What is done for workers that share a task. Like a {@link WorkerTask} it must be a pure function
 * of its arguments, and it sees all of its members' values: nobody is protected from it.
 *
 * @param <S> what a worker holds
 * @param <B> what the driver broadcasts
 * @param <M> what leaves the group
 */
@FunctionalInterface
public interface GroupTask<S, B, M> extends Serializable {

  /** One worker of a group. */
  record Member<S>(String worker, S shard) {}

  /** Runs once for the {@code members}, at least one. */
  M run(List<Member<S>> members, B broadcast);
}
