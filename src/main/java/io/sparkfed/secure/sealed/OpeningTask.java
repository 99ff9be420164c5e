package io.sparkfed.secure.sealed;

import io.sparkfed.aggregate.AggregatorTask;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.protocol.PhaseTask;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.Site;

/**
 * What an aggregator does in a phase.
 *
 * @param keys where the aggregator finds its keys
 * @param frame what the driver sent
 */
record OpeningTask(KeyRing keys, SealedFrame.ToAggregator frame) implements AggregatorTask<byte[]> {
  /** Reads the task. */
  private enum OpeningForm implements Form<AggregatorTask<byte[]>> {
    INSTANCE;

    @Override
    public AggregatorTask<byte[]> read(byte[] bytes, Site site) {
      return new OpeningTask(
          (KeyRing) site, SealedFrame.BYTES.read(bytes, SealedFrame.ToAggregator.class, site));
    }
  }

  @Override
  public byte[] toBytes() {
    return SealedFrame.BYTES.toBytes(frame);
  }

  @Override
  public Form<AggregatorTask<byte[]>> form() {
    return OpeningForm.INSTANCE;
  }

  @Override
  public Site site() {
    return keys;
  }

  @Override
  public byte[] run(String aggregator) {
    if (frame instanceof SealedFrame.Open open) {
      return PhaseTask.orTag(
              "opening",
              () -> opened(aggregator, open),
              failure ->
                  failure instanceof AccusedException accused
                      ? ShareSum.accusing(aggregator, accused.workers())
                      : ShareSum.refused(aggregator, PhaseTask.rule(failure)))
          .toBytes();
    }
    byte[] runId = ((SealedFrame.Advert) frame).runId();
    return PhaseTask.orDropout(
        "advertising",
        () ->
            AggregatorAdvert.make(keys.open(aggregator).keysOf(runId), aggregator, runId)
                .toBytes());
  }

  private ShareSum opened(String aggregator, SealedFrame.Open frame) {
    OpeningSide side = new OpeningSide(keys.open(aggregator), aggregator, frame.session());
    return side.holdsKey() ? side.open(frame.messages()) : ShareSum.withoutKey(aggregator);
  }
}
