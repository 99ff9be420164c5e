package io.sparkfed.secure;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.Question;
import java.lang.ref.SoftReference;
import java.lang.ref.WeakReference;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;

/**
 * The answers whose magnitude was asked for, until the answers themselves are, a visit later: the
 * work is done once. They are pure functions, so one that isn't here is computed again. Runs at the
 * worker.
 */
final class LastAnswers {
  /**
   * Longer ones, from half a megabyte on, aren't worth the memory of a process with many workers.
   */
  private static final int MOST_NUMBERS = 1 << 16;

  private static final Map<String, Kept> BY_WORKER = new ConcurrentHashMap<>();

  private record Kept(
      WeakReference<Object> held,
      byte[] question,
      Optional<Clip> clip,
      SoftReference<double[]> answer) {}

  private LastAnswers() {}

  /** Returns an answer, and keeps it. */
  static <S> double[] kept(Question<S> question, String worker, S held) {
    return kept(question, worker, held, Optional.empty(), question.answer(worker, held));
  }

  /** Returns an answer as an owner lets it leave, and keeps it. */
  static <S> double[] kept(Question<S> question, String worker, S held, Clip clip) {
    return kept(question, worker, held, Optional.of(clip), question.answer(worker, held, clip));
  }

  private static <S> double[] kept(
      Question<S> question, String worker, S held, Optional<Clip> clip, double[] answer) {
    if (answer.length <= MOST_NUMBERS) {
      BY_WORKER.put(
          worker,
          new Kept(
              new WeakReference<>(held), question.toBytes(), clip, new SoftReference<>(answer)));
    }
    return answer;
  }

  /** Returns an answer: the kept one if it is to this question from what is held. */
  static <S> double[] taken(Question<S> question, String worker, S held) {
    return taken(question, worker, held, Optional.empty(), () -> question.answer(worker, held));
  }

  /** Returns an answer as an owner lets it leave: the kept one if it is the same. */
  static <S> double[] taken(Question<S> question, String worker, S held, Clip clip) {
    return taken(
        question, worker, held, Optional.of(clip), () -> question.answer(worker, held, clip));
  }

  private static <S> double[] taken(
      Question<S> question,
      String worker,
      S held,
      Optional<Clip> clip,
      Supplier<double[]> otherwise) {
    Kept kept = BY_WORKER.remove(worker);
    boolean isOfThese = kept != null && kept.held.get() == held && kept.clip.equals(clip);
    double[] answer =
        isOfThese && Arrays.equals(kept.question, question.toBytes()) ? kept.answer.get() : null;
    return answer == null ? otherwise.get() : answer;
  }
}
