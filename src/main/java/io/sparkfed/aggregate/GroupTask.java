package io.sparkfed.aggregate;

import io.sparkfed.wire.Sendable;
import java.util.List;

/**
 * What is done for workers that share a task. Like a {@link WorkerTask} it must be a pure function
 * of its arguments, and it sees all of its members' values: nobody is protected from it.
 *
 * @param <S> what a worker holds
 * @param <M> what leaves the group
 */
public interface GroupTask<S, M> extends Sendable<GroupTask<S, M>> {

  /** One worker of a group. */
  record Member<S>(String worker, S held) {}

  /** Runs once for the {@code members}, at least one. */
  M run(List<Member<S>> members);
}
