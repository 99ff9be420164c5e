package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.ReleasedSum;
import io.sparkfed.aggregate.RingSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.data.Storage;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.PrivatePlan;
import io.sparkfed.federated.RunBudget;
import io.sparkfed.federated.TrainingPlan;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.FixedPointSum;
import io.sparkfed.secure.NoisySum;
import io.sparkfed.secure.SumsOfStudy;
import io.sparkfed.secure.masked.MaskedSum;
import io.sparkfed.secure.masked.MaskingAssumptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The folders of three owners, made once and copied for each test, which may break its copy; and
 * rows of theirs.
 *
 * @param dir the folder that the owners' folders lie in
 */
record ThreeOwners(Path dir, RosterFile roster) {
  static final List<String> NAMES = List.of("a", "b", "c");
  static final ModelShape SHAPE = new ModelShape(2, true, 1);
  static final double DELTA = 1e-6;
  static final int ROUNDS = 2;
  static final byte[] STUDY = new byte[32];

  static ThreeOwners make(Path dir) throws IOException {
    List<String> cards = new ArrayList<>();
    for (String owner : NAMES) {
      Path folder = KeyFolderMaker.init(dir, owner);
      cards.addAll(Files.readAllLines(folder.resolve(KeyFolderMaker.CARD)));
    }
    RosterFile roster = RosterFile.parse(cards);
    for (String owner : NAMES) {
      KeyFolderMaker.accept(dir.resolve(owner), owner, roster);
    }
    return new ThreeOwners(dir, roster);
  }

  ThreeOwners copy(Path to) throws IOException {
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(dir.relativize(file)), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
    return new ThreeOwners(to, roster);
  }

  KeyFolders keys() {
    return new KeyFolders(dir.toString(), roster.lines());
  }

  void policies(String lines) throws IOException {
    for (String owner : NAMES) {
      policy(owner, lines);
    }
  }

  void policy(String owner, String lines) throws IOException {
    Files.writeString(
        dir.resolve(owner).resolve(KeyFolder.POLICY), lines, StandardOpenOption.APPEND);
  }

  Ledger ledger(String owner) throws IOException {
    return Ledger.of(dir.resolve(owner), new KeyFolder(dir.resolve(owner)).budget().orElseThrow());
  }

  /** The sums of one driver in one run. */
  SumFactory sums(byte[] runId) {
    return sums(runId, STUDY);
  }

  /** The same, asked for a study. */
  SumFactory sums(byte[] runId, byte[] study) {
    KeyFolders keys = keys();
    RingSum ring =
        new SumsOfStudy(study, new MaskedSum(keys, 3, MaskingAssumptions.DEFAULT, runId));
    return new SumFactory() {
      @Override
      public VectorSum sumOf(Layout layout) {
        return new FixedPointSum(ring, layout);
      }

      @Override
      public ReleasedSum released(Zcdp cost, Zcdp plan, int honestWorkers) {
        return new NoisySum(ring, cost, plan, honestWorkers);
      }

      @Override
      public int mostHonest(int cohort) {
        return cohort;
      }
    };
  }

  /**
   * Returns the plan of a logistic training in so many rounds as {@link #ROUNDS} says.
   *
   * @param honest of how many workers the noise is relied on
   */
  TrainingPlan plan(byte[] runId, double epsilon, int honest, RunBudget budget) {
    return new PlanBuilder()
        .family(Family.LOGISTIC)
        .features(2)
        .rounds(ROUNDS)
        .sums(sums(runId))
        .privacy(
            new PrivatePlan(
                HiddenUnit.ROW,
                PrivatePlan.Method.GRADIENTS,
                epsilon,
                DELTA,
                budget,
                new RowCut(Scaling.identity(SHAPE), Math.sqrt(3.0), 1.0, 1),
                0.0,
                1.0,
                OptionalLong.of(90),
                OptionalInt.of(honest),
                0.95,
                MetricSettings.of(Family.LOGISTIC),
                OptionalDouble.empty()))
        .build();
  }

  /** Returns thirty training rows of each. */
  static InProcessFederation<Shard> workers() {
    return workers(0);
  }

  /**
   * Returns thirty training rows of each.
   *
   * @param test number of test rows beside them
   */
  static InProcessFederation<Shard> workers(int test) {
    Random random = new Random(1);
    Map<String, Shard> shards = new TreeMap<>();
    for (String owner : NAMES) {
      ShardBuilder rows = new ShardBuilder(owner, 2, Storage.DOUBLE);
      for (int i = 0; i < 30 + test; i++) {
        rows.addDense(
            random.doubles(2, -1.0, 1.0).toArray(),
            i % 2,
            1.0,
            0.0,
            i < 30 ? Part.TRAIN : Part.TEST);
      }
      shards.put(owner, rows.build(0.0, 1L, false, SHAPE));
    }
    return new InProcessFederation<>(shards);
  }
}
