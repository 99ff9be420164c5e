package io.sparkfed.aggregate;

/**
 * Runs local work at a worker and wraps its outcome into an unprotected {@link WorkerMessage}.
 *
 * <p>An exception in the work becomes the tag {@code FAILED}: its text could hold a row, and an
 * exception that leaves a task travels to the driver. It is logged where it happened.
 *
 * @param <S> what a worker holds
 * @param <B> what the driver broadcasts
 */
public final class MessageTask<S, B> implements WorkerTask<S, B, WorkerMessage> {
  private static final long serialVersionUID = 1L;
  private static final System.Logger LOG = System.getLogger(MessageTask.class.getName());

  private final WorkerTask<S, B, long[]> work;

  /** Wraps {@code work}. */
  public MessageTask(WorkerTask<S, B, long[]> work) {
    this.work = work;
  }

  @Override
  public WorkerMessage run(String worker, S shard, B broadcast) {
    try {
      long[] sums = work.run(worker, shard, broadcast);
      return new WorkerMessage(worker, WorkerMessage.Status.OK, sums);
    } catch (NonFiniteValueException e) {
      return new WorkerMessage(worker, WorkerMessage.Status.NOT_FINITE, new long[0]);
    } catch (RuntimeException e) {
      LOG.log(System.Logger.Level.ERROR, "local work failed; this worker drops out", e);
      return new WorkerMessage(worker, WorkerMessage.Status.FAILED, new long[0]);
    }
  }
}
