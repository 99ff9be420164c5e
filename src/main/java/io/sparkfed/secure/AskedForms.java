package io.sparkfed.secure;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.PlainMessage;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.Words;
import io.sparkfed.aggregate.WorkerTask;
import io.sparkfed.secure.SumsOfStudy.Seen;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.protocol.EndOfRun;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireReader;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * All that the sums of a study have a worker do, as a closed list of names, for workers that are
 * asked by bytes alone: a task is a name of the list and bytes, its message bytes.
 *
 * @param <S> what a worker holds
 */
public final class AskedForms<S> {
  private final Map<String, Form<? extends WorkerTask<S, ?>>> byName = new LinkedHashMap<>();

  /** What protects the messages. Who is asked for a study answers in the study's own way alone. */
  public enum Way {
    MASKED,
    SEALED,
    /** Nothing does. */
    PLAIN
  }

  /** Whether owners add noise to answers. A study's answers all have it, or none has. */
  public enum Noise {
    NONE,
    OF_OWNERS
  }

  private AskedForms(
      Set<Way> ways,
      Set<Noise> noises,
      UnaryOperator<Form<Words<S>>> ofStudy,
      Form<Question<S>> questions) {
    Map<String, Form<Words<S>>> asked = new LinkedHashMap<>();
    if (noises.contains(Noise.NONE)) {
      asked.put("", ofStudy.apply(EncodedAnswer.form(questions)));
      asked.put(" magnitude", ofStudy.apply(AnswersMagnitude.form(questions)));
    }
    if (noises.contains(Noise.OF_OWNERS)) {
      asked.put(" release", ofStudy.apply(NoisyAnswer.form(questions)));
    }
    byName.put("end of run", EndOfRun.<S>form());
    if (ways.contains(Way.MASKED)) {
      byName.put("masked phase", MaskedSum.<S>formOfPhases());
      asked.forEach((kind, words) -> byName.put("masked" + kind, MaskedSum.form(words)));
    }
    if (ways.contains(Way.SEALED)) {
      asked.forEach((kind, words) -> byName.put("sealed" + kind, SealedSum.form(words)));
    }
    if (ways.contains(Way.PLAIN)) {
      asked.forEach(
          (kind, words) ->
              byName.put("plain" + kind, InsecurePlainSum.form(UnderPolicies.form(words))));
    }
  }

  /** Returns the list for the questions that a form reads, as who asks needs it. */
  public static <S> AskedForms<S> of(Form<Question<S>> questions) {
    return new AskedForms<>(
        EnumSet.allOf(Way.class), EnumSet.allOf(Noise.class), SumsOfStudy::form, questions);
  }

  /**
   * Returns the list for the questions that a form reads, asked for one study alone.
   *
   * @param study SHA-256 of the study
   * @param seen which of its rows are asked about
   * @param way what protects the study's sums
   * @param noise whether the study's answers have noise
   */
  public static <S> AskedForms<S> ofStudy(
      byte[] study, Seen seen, Way way, Noise noise, Form<Question<S>> questions) {
    return new AskedForms<>(
        EnumSet.of(way),
        EnumSet.of(noise),
        words -> only(study, SumsOfStudy.form(words, seen)),
        questions);
  }

  private static <S> Form<Words<S>> only(byte[] study, Form<Words<S>> words) {
    return (bytes, site) -> {
      if (!Arrays.equals(new WireReader(bytes).bytes(), study)) {
        throw new ProtocolException("what is asked must be asked for the study that it is about");
      }
      return words.read(bytes, site);
    };
  }

  /**
   * Returns the name of a task's form.
   *
   * @throws IllegalArgumentException if the task is none of a study's sums over these questions
   */
  public String nameOf(WorkerTask<S, ?> task) {
    Form<?> form = task.form();
    return byName.entrySet().stream()
        .filter(known -> known.getValue().equals(form))
        .map(Map.Entry::getKey)
        .findFirst()
        .orElseThrow(
            () -> new IllegalArgumentException("a worker's task must be one of a study's sums"));
  }

  /**
   * Reads a task and runs it, where the worker is.
   *
   * @param name of its form
   * @param task its bytes
   * @param site what the worker finds where it is
   * @return the message's bytes
   * @throws ProtocolException if the name is not in the list, or the bytes are not such a task's
   */
  public byte[] run(String name, byte[] task, Site site, String worker, S held) {
    Form<? extends WorkerTask<S, ?>> form = byName.get(name);
    if (form == null) {
      throw new ProtocolException("what is asked must be in the list");
    }
    Object message = form.read(task, site).run(worker, held);
    return message instanceof PlainMessage plain ? plain.toBytes() : (byte[]) message;
  }

  /**
   * Reads a message.
   *
   * @param name of its task's form
   * @param bytes as {@link #run} returned them
   * @throws ProtocolException if they are not such a message's
   */
  @SuppressWarnings({
    "unchecked",
    "TypeParameterUnusedInFormals"
  }) // A form says what its message is.
  public <M> M message(String name, byte[] bytes) {
    return (M) (name.startsWith("plain") ? PlainMessage.parse(bytes) : bytes);
  }
}
