package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.Phase;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.Visit;
import io.sparkfed.secure.SumsOfStudy.Seen;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.Roster;
import io.sparkfed.secure.keys.ThrowAwayKeys;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.sealed.SealedSum;
import io.sparkfed.testing.Asked;
import io.sparkfed.wire.Site;
import io.sparkfed.wire.WireWriter;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** An owner whose policy is about questions answers for a study that it accepted, and no other. */
class SumsOfStudyTest {
  private static final byte[] STUDY = new byte[32];
  private static final byte[] OTHER =
      "another study than the first one".getBytes(StandardCharsets.US_ASCII);
  private static final Layout LAYOUT = Asked.layout(0, 1);

  private final LocalDate today = LocalDate.now(ZoneOffset.UTC);
  private final ThrowAwayKeys keys = ThrowAwayKeys.random();

  /** Keys of parties of which {@code a} has a policy about questions. */
  private record Governed(ThrowAwayKeys keys, TreeMap<String, String> questions)
      implements KeyRing {
    private static final long serialVersionUID = 1L;

    @Override
    public Owner open(String worker) {
      Owner owner = keys.open(worker);
      SortedMap<String, String> own = worker.equals("a") ? questions : new TreeMap<>();
      return new Owner(owner.keys(), owner.policy(), own, owner.journal(), owner.roster());
    }

    @Override
    public Roster roster() {
      return keys.roster();
    }
  }

  static List<Function<KeyRing, RingSum>> modes() {
    return List.of(
        keys -> new MaskedSum(keys, 3),
        keys -> new SealedSum(keys, Set.of("trusted"), 3),
        keys -> new SealedSum(keys, Set.of("one", "other"), 3),
        keys -> new UnderPolicies(keys, new InsecurePlainSum(3), new byte[32]));
  }

  private Governed governed(Map<String, String> questions) {
    return new Governed(keys, new TreeMap<>(questions));
  }

  private static double[] sum(RingSum ring) {
    InProcessFederation<Double> workers =
        new InProcessFederation<>(new TreeMap<>(Map.of("a", 1.0, "b", 2.0, "c", 4.0)));
    return new FixedPointSum(ring, LAYOUT)
        .sum(
            workers,
            new Visit(Phase.WORK, "adding", 1, workers.workers()),
            Asked.<Double>vector(LAYOUT, (worker, held) -> new double[] {held}))
        .value();
  }

  private static void assertRefused(String rule, RingSum ring) {
    RuntimeException refused = assertThrows(RuntimeException.class, () -> sum(ring));
    assertTrue(
        refused instanceof CohortException || refused instanceof RefusedException,
        refused.toString());
    assertTrue(refused.getMessage().contains("(" + rule + ")"), refused.getMessage());
  }

  @ParameterizedTest
  @MethodSource("modes")
  void sum_ofAStudy_opensOnlyWhereTheOwnerAcceptedIt(Function<KeyRing, RingSum> mode) {
    Governed owners = governed(Map.of("families", "linear"));
    RingSum ring = new SumsOfStudy(STUDY, mode.apply(owners));
    assertRefused("study", ring);

    owners.open("a").accept(STUDY, today.minusDays(1));
    assertRefused("study", new SumsOfStudy(STUDY, mode.apply(owners)));

    owners.open("a").accept(STUDY, today);
    assertArrayEquals(new double[] {7.0}, sum(new SumsOfStudy(STUDY, mode.apply(owners))));
    assertRefused("study", new SumsOfStudy(OTHER, mode.apply(owners)));
    assertRefused("study", mode.apply(owners));
    // What one policy accepted another one need not.
    Governed stricter = governed(Map.of("families", "logistic"));
    assertRefused("study", new SumsOfStudy(STUDY, mode.apply(stricter)));
  }

  @ParameterizedTest
  @MethodSource("modes")
  void sum_ofAListedStatement_opensAndNoOther(Function<KeyRing, RingSum> mode) {
    Governed listed = governed(Map.of(Owner.STATEMENTS, "LocalTraining, vector"));
    listed.open("a").accept(STUDY, today);
    assertArrayEquals(new double[] {7.0}, sum(new SumsOfStudy(STUDY, mode.apply(listed))));

    Governed others = governed(Map.of(Owner.STATEMENTS, "LocalTraining"));
    others.open("a").accept(STUDY, today);
    assertRefused("statements", new SumsOfStudy(STUDY, mode.apply(others)));
  }

  @ParameterizedTest
  @MethodSource("modes")
  void sum_ofOwnersWithoutSuchAPolicy_needsNoStudy(Function<KeyRing, RingSum> mode) {
    assertEquals(7.0, sum(mode.apply(governed(Map.of())))[0]);
  }

  /** A study that is opened in two ways may have a row in both parts. */
  @Test
  void view_ofOneStudyOpenedInAnotherWay_isAnother() {
    byte[] bytes = new WireWriter().bytes(STUDY).bytes(new byte[0]).toByteArray();
    Function<String, byte[]> view =
        opened ->
            SumsOfStudy.form((read, site) -> null, new Seen(opened, "read"))
                .read(bytes, Site.BARE)
                .view();

    assertArrayEquals(view.apply("one"), view.apply("one"));
    assertFalse(Arrays.equals(view.apply("one"), view.apply("other")));
  }
}
