package io.sparkfed.aggregate;

import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs local work at the workers of a group and adds their vectors up into an unprotected {@link
 * PlainMessage}.
 *
 * <p>An exception in the work is only told as who failed, and by which rule its owner refused: its
 * text could hold a row, and an exception that leaves a task travels to the driver. It is logged
 * where it happened.
 *
 * @param <S> what a worker holds
 * @param words what each worker puts into the sum
 */
public record PlainTask<S>(Words<S> words) implements GroupTask<S, PlainMessage> {
  private static final System.Logger LOG = System.getLogger(PlainTask.class.getName());

  /** Reads the task. */
  private record PlainForm<S>(Form<Words<S>> ofWords) implements Form<GroupTask<S, PlainMessage>> {
    @Override
    public GroupTask<S, PlainMessage> read(byte[] bytes, Site site) {
      return new PlainTask<>(ofWords.read(bytes, site));
    }
  }

  /**
   * Returns what reads the task.
   *
   * @param ofWords reads what is asked for
   */
  static <S> Form<GroupTask<S, PlainMessage>> form(Form<Words<S>> ofWords) {
    return new PlainForm<>(ofWords);
  }

  @Override
  public byte[] toBytes() {
    return words.toBytes();
  }

  @Override
  public Form<GroupTask<S, PlainMessage>> form() {
    return form(words.form());
  }

  @Override
  public Site site() {
    return words.site();
  }

  @Override
  public PlainMessage run(List<Member<S>> members) {
    List<String> workers = new ArrayList<>(members.size());
    List<String> failed = new ArrayList<>();
    Set<OwnersRule> refused = new TreeSet<>();
    int notFinite = 0;
    long[] sums = new long[0];
    for (Member<S> member : members) {
      workers.add(member.worker());
      try {
        sums = added(words.ring(), sums, words.of(member.worker(), member.held()));
      } catch (NonFiniteValueException e) {
        notFinite++;
      } catch (RefusedException e) {
        LOG.log(System.Logger.Level.ERROR, "this worker drops out: {0}", e.getMessage());
        failed.add(member.worker());
        refused.add(e.rule());
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.ERROR, "local work failed; this worker drops out", e);
        failed.add(member.worker());
      }
    }
    return new PlainMessage(workers, failed, List.copyOf(refused), notFinite, sums);
  }

  /** Returns the sums with a vector added; they are changed, the vector, a worker's own, is not. */
  private static long[] added(Ring ring, long[] sums, long[] vector) {
    if (sums.length == 0) {
      return vector.clone();
    }
    ring.add(sums, vector);
    return sums;
  }
}
