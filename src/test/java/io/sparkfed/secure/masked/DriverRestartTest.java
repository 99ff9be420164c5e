package io.sparkfed.secure.masked;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Visit;
import io.sparkfed.secure.keys.EphemeralKeys;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.masked.PhaseFederation.Call;
import io.sparkfed.secure.masked.PhaseFederation.Line;
import io.sparkfed.secure.masked.PhaseFederation.Phase;
import io.sparkfed.wire.ProtocolException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A driver that dies at any step and starts again learns the sum, once, and nothing else. */
class DriverRestartTest {

  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Everything that left the workers. */
  private static final class Outside implements Line {
    /** Distinct masked vectors by session and worker. */
    private final Map<String, Set<String>> vectors = new HashMap<>();

    /** Distinct things that one holder revealed of one worker, by session. */
    private final Map<String, Set<String>> shares = new HashMap<>();

    private final Phase killedIn;
    private final int messagesBefore;
    private boolean killed;
    private int messages;

    /** Kills the driver once, when it has received so many messages of the phase. */
    Outside(Phase killedIn, int messagesBefore) {
      this.killedIn = killedIn;
      this.messagesBefore = messagesBefore;
    }

    @Override
    public Object call(Phase phase, String worker, Call call, MaskedFrame frame) {
      byte[] message = (byte[]) call.run(frame);
      if (frame instanceof MaskedFrame.OfSession inSession && message.length > 0) {
        String session = HexFormat.of().formatHex(inSession.session().id());
        if (phase == Phase.MASK) {
          note(vectors, session + worker, message);
        } else if (phase == Phase.REVEAL) {
          Reveal reveal = Reveal.parse(message);
          reveal.shares().forEach((owner, share) -> note(shares, session + worker + owner, share));
          reveal.seeds().forEach((owner, seed) -> note(shares, session + worker + owner, seed));
        }
      }
      if (phase == killedIn && !killed && messages++ == messagesBefore) {
        killed = true;
        throw new Killed();
      }
      return message;
    }

    private static void note(Map<String, Set<String>> seen, String key, byte[] bytes) {
      seen.computeIfAbsent(key, k -> new HashSet<>()).add(HexFormat.of().formatHex(bytes));
    }
  }

  @ParameterizedTest
  @EnumSource(Phase.class)
  void aggregate_driverKilledInAPhase_theNextOneOpensTheSum(Phase phase) {
    SortedMap<String, long[]> held = Rehearsal.vectors(5, 3, 1L);
    for (int before = 0; before < 5; before++) {
      KeyRing keys = new EphemeralKeys();
      Outside outside = new Outside(phase, before);
      PhaseFederation federation = new PhaseFederation(held, outside);
      Visit visit = new Visit("sum", 1, List.copyOf(held.keySet()));
      MaskedSum first = new MaskedSum(keys, 3);
      assertThrows(Killed.class, () -> first.sum(federation, visit, Rehearsal.SEND));

      long[] opened = new MaskedSum(keys, 3).sum(federation, visit, Rehearsal.SEND).value();

      assertArrayEquals(sum(held), opened);
      assertTrue(outside.vectors.size() >= 5);
      outside.vectors.forEach((who, seen) -> assertEquals(1, seen.size(), who));
      outside.shares.forEach((who, seen) -> assertEquals(1, seen.size(), who));
    }
  }

  /** A share and a seed of one worker would take a mask too many off its vector. */
  @Test
  void reveal_askedAgainWithOtherSurvivors_isRefusedAndTheSameQuestionIsNot() {
    Rehearsal session = Rehearsal.of(5, 2, 77L);
    session.receive(session.mask(session.all()));
    WorkerSide side = session.side("w00");
    SortedSet<String> all = session.all();
    byte[] answer = side.reveal(all, session.inbox("w00")).toBytes();

    assertArrayEquals(answer, side.reveal(all, session.inbox("w00")).toBytes());
    assertThrows(
        ProtocolException.class, () -> side.reveal(session.allBut("w04"), session.inbox("w00")));
  }

  private static long[] sum(SortedMap<String, long[]> held) {
    long[] sum = new long[held.get(held.firstKey()).length];
    for (long[] vector : held.values()) {
      for (int j = 0; j < sum.length; j++) {
        sum[j] += vector[j];
      }
    }
    return sum;
  }
}
