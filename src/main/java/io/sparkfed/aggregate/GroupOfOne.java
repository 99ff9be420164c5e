package io.sparkfed.aggregate;

import io.sparkfed.aggregate.GroupTask.Member;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import java.util.List;

/**
 * What is done for a group, done for each worker alone.
 *
 * @param <S> what a worker holds
 * @param <M> what leaves the worker
 * @param task what is done for a group
 */
record GroupOfOne<S, M>(GroupTask<S, M> task) implements WorkerTask<S, M> {

  /** Reads the task. */
  private record OneForm<S, M>(Form<GroupTask<S, M>> ofTask) implements Form<WorkerTask<S, M>> {
    @Override
    public WorkerTask<S, M> read(byte[] bytes, Site site) {
      return new GroupOfOne<>(ofTask.read(bytes, site));
    }
  }

  /**
   * Returns what reads the task.
   *
   * @param ofTask reads what is done for a group
   */
  static <S, M> Form<WorkerTask<S, M>> form(Form<GroupTask<S, M>> ofTask) {
    return new OneForm<>(ofTask);
  }

  @Override
  public M run(String worker, S held) {
    return task.run(List.of(new Member<>(worker, held)));
  }

  @Override
  public byte[] toBytes() {
    return task.toBytes();
  }

  @Override
  public Form<WorkerTask<S, M>> form() {
    return form(task.form());
  }

  @Override
  public Site site() {
    return task.site();
  }
}
