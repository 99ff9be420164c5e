package io.sparkfed.secure;

import io.sparkfed.aggregate.Federation;
import io.sparkfed.aggregate.Opened;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Ring;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.aggregate.Words;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireReader;
import io.sparkfed.wire.WireWriter;

/**
 * A sum that has no owner's side of its own, over what owners' policies let leave: what they say of
 * questions, and the length of updates and of vectors. Nothing else of a policy holds, as nothing
 * is protected.
 *
 * @param keys where the policies are
 * @param sum what adds the vectors up
 * @param runId 32 bytes that no other run has; what is charged is of this run
 */
public record UnderPolicies(KeyRing keys, RingSum sum, byte[] runId) implements RingSum {

  @Override
  public <S> Opened<long[]> sum(Federation<S> federation, Visit visit, Words<S> words) {
    return sum.sum(federation, visit, new OwnersWords<>(keys, runId, words));
  }

  /**
   * Returns what reads what is asked, for the owners of the place.
   *
   * @param ofWords reads what is asked for
   */
  static <S> Form<Words<S>> form(Form<Words<S>> ofWords) {
    return new OwnersWords.OwnersForm<>(ofWords);
  }

  /** A worker's vector as its owner lets it leave. */
  private record OwnersWords<S>(KeyRing keys, byte[] runId, Words<S> words) implements Words<S> {

    /** Reads what is asked, for the owners of the place. */
    private record OwnersForm<S>(Form<Words<S>> ofWords) implements Form<Words<S>> {
      @Override
      public Words<S> read(byte[] bytes, Site site) {
        WireReader in = new WireReader(bytes);
        byte[] runId = in.bytes();
        if (runId.length != Kdf.LENGTH) {
          throw new ProtocolException("a run's id must have " + Kdf.LENGTH + " bytes");
        }
        Words<S> words = ofWords.read(in.bytes(), site);
        in.end();
        return new OwnersWords<>((KeyRing) site, runId, words);
      }
    }

    @Override
    public long[] of(String worker, S held) {
      Owner owner = keys.open(worker);
      owner.requireAllowed(words, held);
      long[] vector =
          words.of(
              worker,
              held,
              new OwnersSide(
                  owner.clipOf(words),
                  () -> owner.keys().derive("in the clear", words.toBytes()),
                  exact -> released(owner, held, exact)));
      owner.policy().checkDimension(vector.length);
      return vector;
    }

    /**
     * Everybody sees this vector alone: the noise on it must do. What another run asks again of the
     * same rows has the same noise, and is charged to that run, too.
     */
    private long[] released(Owner owner, S held, long[] exact) {
      return owner.released(
          words,
          held,
          runId,
          1,
          exact,
          hash ->
              owner
                  .keys()
                  .ofReading(words.reading())
                  .derive("release in the clear", words.toBytes(), hash));
    }

    @Override
    public byte[] subject() {
      return words.subject();
    }

    @Override
    public Ring ring() {
      return words.ring();
    }

    @Override
    public byte[] toBytes() {
      return new WireWriter().bytes(runId).bytes(words.toBytes()).toByteArray();
    }

    @Override
    public Form<Words<S>> form() {
      return UnderPolicies.form(words.form());
    }

    @Override
    public Site site() {
      return keys;
    }
  }
}
