package io.sparkfed.secure;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.HeldRows;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.RowCounts;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.privacy.Release;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;
import java.io.Serializable;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Sums that are asked for a study. Its hash is part of what each worker is asked, and so of what
 * the keys of a sum are bound to: workers which were told of different studies don't cancel.
 *
 * @param study SHA-256 of the study
 * @param sum what opens the sums
 */
public record SumsOfStudy(byte[] study, RingSum sum) implements RingSum {

  @Override
  public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
    return sum.sum(federation, visit, new WordsOfStudy<>(study, Seen.ONCE, words));
  }

  @Override
  public <S> void end(Federation<S> federation) {
    sum.end(federation);
  }

  @Override
  public SortedMap<String, String> journals() {
    return sum.journals();
  }

  @Override
  public SortedMap<String, Integer> leftOut() {
    return sum.leftOut();
  }

  /**
   * Returns what reads what is asked for any study.
   *
   * @param ofWords reads what is asked for
   */
  static <S> Form<Words<S>> form(Form<Words<S>> ofWords) {
    return form(ofWords, Seen.ONCE);
  }

  /**
   * Returns the same where a study's rows may be opened in several ways, and read several times.
   *
   * @param ofWords reads what is asked for
   * @param seen which rows this is asked of
   */
  static <S> Form<Words<S>> form(Form<Words<S>> ofWords, Seen seen) {
    return new WordsOfStudy.StudyForm<>(ofWords, seen);
  }

  /**
   * Which rows of a study something is asked of.
   *
   * @param opened how they were opened, in the words of who did; empty where the study says it all
   * @param reading a text that no other reading of them has; empty where there is one alone
   */
  public record Seen(String opened, String reading) implements Serializable {
    static final Seen ONCE = new Seen("", "");
  }

  /** What is asked, for which study, and of which of its rows. */
  private record WordsOfStudy<S>(byte[] study, Seen seen, Words<S> words) implements Words<S> {

    /** Reads what is asked. */
    private record StudyForm<S>(Form<Words<S>> ofWords, Seen seen) implements Form<Words<S>> {
      @Override
      public Words<S> read(byte[] bytes, Site site) {
        WireReader in = new WireReader(bytes);
        byte[] study = in.bytes();
        Words<S> words = ofWords.read(in.bytes(), site);
        in.end();
        return new WordsOfStudy<>(study, seen, words);
      }
    }

    @Override
    public long[] of(String worker, S held) {
      return words.of(worker, held);
    }

    @Override
    public long[] of(String worker, S held, OwnersSide owner) {
      return words.of(worker, held, owner);
    }

    /** The same question in two studies is one: their difference is a sum, too. */
    @Override
    public byte[] subject() {
      return words.subject();
    }

    @Override
    public byte[] rounding() {
      return words.rounding();
    }

    @Override
    public String asked() {
      return words.asked();
    }

    @Override
    public long parameters() {
      return words.parameters();
    }

    @Override
    public boolean isOfAll() {
      return words.isOfAll();
    }

    @Override
    public Optional<RowCounts> rows(S held) {
      return words.rows(held);
    }

    @Override
    public Optional<HeldRows> heldRows(S held) {
      return words.heldRows(held);
    }

    @Override
    public byte[] view() {
      return study.length == 0
          ? new byte[0]
          : new WireWriter().bytes(study).text(seen.opened()).toByteArray();
    }

    @Override
    public String reading() {
      return seen.reading();
    }

    @Override
    public Optional<Release> release() {
      return words.release();
    }

    @Override
    public Ring ring() {
      return words.ring();
    }

    @Override
    public byte[] toBytes() {
      return new WireWriter().bytes(study).bytes(words.toBytes()).toByteArray();
    }

    @Override
    public Form<Words<S>> form() {
      return SumsOfStudy.form(words.form(), seen);
    }

    @Override
    public Site site() {
      return words.site();
    }
  }
}
