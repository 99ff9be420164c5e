package io.sparkfed.aggregate;

import java.util.ArrayList;
import java.util.List;

/**
 * Runs local work at the workers of a group and adds their vectors up into an unprotected {@link
 * PlainMessage}.
 *
 * <p>An exception in the work is only told as who failed: its text could hold a row, and an
 * exception that leaves a task travels to the driver. It is logged where it happened.
 *
 * @param <S> what a worker holds
 * @param <B> what the driver broadcasts
 */
public final class PlainTask<S, B> implements GroupTask<S, B, PlainMessage> {
  private static final long serialVersionUID = 1L;
  private static final System.Logger LOG = System.getLogger(PlainTask.class.getName());

  private final WorkerTask<S, B, long[]> work;

  /** Wraps {@code work}. */
  public PlainTask(WorkerTask<S, B, long[]> work) {
    this.work = work;
  }

  @Override
  public PlainMessage run(List<Member<S>> members, B broadcast) {
    List<String> workers = new ArrayList<>(members.size());
    List<String> failed = new ArrayList<>();
    int notFinite = 0;
    long[] sums = new long[0];
    for (Member<S> member : members) {
      workers.add(member.worker());
      try {
        sums = added(sums, work.run(member.worker(), member.shard(), broadcast));
      } catch (NonFiniteValueException e) {
        notFinite++;
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "local work failed; this worker drops out", e);
        failed.add(member.worker());
      }
    }
    return new PlainMessage(workers, failed, notFinite, sums);
  }

  /** Returns the sums with a vector added; they are changed, the vector, a worker's own, is not. */
  private static long[] added(long[] sums, long[] vector) {
    if (sums.length == 0) {
      return vector.clone();
    }
    if (vector.length != sums.length) {
      throw new IllegalArgumentException("vectors of one sum must have one length");
    }
    for (int j = 0; j < vector.length; j++) {
      sums[j] += vector[j];
    }
    return sums;
  }
}
