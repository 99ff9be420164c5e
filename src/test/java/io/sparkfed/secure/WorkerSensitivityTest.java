package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Question;
import io.sparkfed.data.Shard;
import io.sparkfed.data.Storage;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.LocalUpdate;
import io.sparkfed.federated.MeansWithin;
import io.sparkfed.federated.UpdateWithin;
import io.sparkfed.federated.Weighting;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Interval;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.HostileRows.Row;
import io.sparkfed.secure.HostileRows.Stored;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.solver.LocalSolver;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.solver.Schedule;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * The whole numbers that get noise, of a worker with any rows, beside those of one without rows,
 * and of one with any others: for shards of hostile rows, and local trainings that lead nowhere.
 */
class WorkerSensitivityTest {
  private static final int TRIALS = 10_000;
  private static final List<Family> FAMILIES = List.of(Family.values());
  private static final Zcdp COST = Zcdp.within(1.0, 1e-5);
  private static final double[] MODELS = {1e300, -1e155, 1e9, Double.NaN};

  /** Parts of what is said, at most: of the way to zeros, and to any other vector. */
  private record Moved(double toZeros, double toOthers) {
    Moved max(Moved other) {
      return new Moved(Math.max(toZeros, other.toZeros), Math.max(toOthers, other.toOthers));
    }
  }

  private static LocalSolver solver(Random random) {
    double step = Math.pow(10.0, random.nextInt(3) == 0 ? random.nextInt(300) : -random.nextInt(4));
    return switch (random.nextInt(4)) {
      case 0 -> new GradientDescent(1 + random.nextInt(4), step, Schedule.INVERSE_SQRT);
      case 1 ->
          new MinibatchSgd(
              1 + random.nextInt(3),
              1 + random.nextInt(9),
              1 + random.nextInt(5),
              step,
              random.nextBoolean() ? 0.9 : 0.0,
              Schedule.CONSTANT);
      case 2 -> new LocalLbfgs(1 + random.nextInt(5), 1e-9, 3);
      default -> new LocalNewton(1 + random.nextInt(4), 1e-9);
    };
  }

  private static Shard shard(Random random, Family family, ModelShape shape, Stored stored) {
    VectorLoss loss = family.loss(3, 1.35);
    boolean plain = random.nextBoolean();
    List<Row> rows = new ArrayList<>();
    int count = random.nextInt(3) == 0 ? random.nextInt(3) : random.nextInt(60);
    for (int i = 0; i < count; i++) {
      Row row = HostileRows.row(random, family, shape.features(), stored, plain);
      // Readers leave out rows with other labels.
      if (loss.acceptsLabel(row.label())) {
        rows.add(row);
      }
    }
    return stored.shard(rows, shape);
  }

  private static LocalUpdate local(Random random, VectorLoss loss, ModelShape shape) {
    LocalSolver solver = solver(random);
    double[] model = random.doubles(shape.size(), -2.0, 2.0).toArray();
    if (random.nextInt(20) == 0) {
      model[0] = MODELS[random.nextInt(MODELS.length)];
    }
    boolean hasL1 = random.nextInt(4) == 0 && !(solver instanceof LocalNewton);
    return new LocalUpdate(
        loss,
        shape,
        new Penalty(hasL1 ? 0.1 : 0.0, random.nextInt(3) == 0 ? 0.5 : 0.0),
        random.nextInt(3) == 0 ? 0.5 : 0.0,
        random.nextBoolean() ? Reduction.SUM : Reduction.MEAN,
        solver,
        random.nextBoolean() ? Weighting.ROWS : Weighting.EQUAL,
        HostileRows.scaling(random, shape),
        random.nextLong(),
        1 + random.nextInt(5),
        model);
  }

  /** Of two means without negative numbers none is opposite to the other. */
  private static double farthest(String kind) {
    return kind.equals("means") ? Math.sqrt(0.5) : 1.0;
  }

  private static Moved moved(NoisyAnswer<Shard> answer, Shard none, Shard one, Shard other) {
    return new Moved(
        Math.max(
            RowSensitivityTest.moved(answer, one, none),
            RowSensitivityTest.moved(answer, other, none)),
        RowSensitivityTest.moved(answer, one, other));
  }

  @Test
  void of_anyRowsOrNone_movesByNoMoreThanIsSaidAndBySomeAlmostThat() {
    Random random = new Random(11);
    Map<String, Moved> most = new TreeMap<>();
    for (int trial = 0; trial < TRIALS; trial++) {
      Family family = FAMILIES.get(trial % FAMILIES.size());
      VectorLoss loss = family.loss(3, 1.35);
      ModelShape shape =
          new ModelShape(1 + random.nextInt(6), random.nextInt(3) > 0, loss.outputs());
      Stored stored =
          new Stored(
              random.nextInt(3) == 0, random.nextInt(3) == 0 ? Storage.FLOAT : Storage.DOUBLE);
      Shard none = stored.shard(List.of(), shape);
      Shard one = shard(random, family, shape, stored);
      Shard other = shard(random, family, shape, stored);
      LocalUpdate local = local(random, loss, shape);
      double norm = Math.pow(10.0, random.nextInt(3) == 0 ? random.nextInt(41) - 20 : -2);
      BoundedSums sums =
          BoundedSums.of(
              family,
              loss,
              MetricSettings.of(family),
              Optional.of(new Interval(-3.0, 9.0)),
              random.nextGaussian());
      Map<String, Question<Shard>> questions =
          Map.of(
              "update " + local.solver().getClass().getSimpleName() + " " + family,
              new UpdateWithin(local, norm),
              "means " + family,
              new MeansWithin(sums, AskedRows.TRAIN, shape, local.model()));
      questions.forEach(
          (kind, question) -> {
            NoisyAnswer<Shard> answer = NoisyAnswer.of(question, 4, COST, 1, COST);
            Moved part = moved(answer, none, one, other);
            assertTrue(part.toZeros <= 0.5, () -> part + " of what is said: " + question);
            assertTrue(part.toOthers <= 1.0, () -> part + " of what is said: " + question);
            most.merge(kind, part, Moved::max);
          });
    }
    assertEquals(5 * FAMILIES.size(), most.size());
    Map<String, Double> others = new TreeMap<>();
    most.forEach(
        (kind, part) -> {
          assertTrue(part.toZeros >= 0.45, kind + " " + part);
          others.merge(kind.substring(0, kind.lastIndexOf(' ')), part.toOthers, Math::max);
        });
    others.forEach(
        (kind, part) -> assertTrue(part >= 0.9 * farthest(kind), kind + " moved by " + part));
  }
}
