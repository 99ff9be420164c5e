package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.data.BrokenRuleException;
import io.sparkfed.data.CellRules;
import io.sparkfed.data.EncodedRow;
import io.sparkfed.data.NumberRows;
import io.sparkfed.data.ObjectRows;
import io.sparkfed.data.PublicBounds;
import io.sparkfed.data.RowEncoder;
import io.sparkfed.data.RowForm;
import io.sparkfed.data.Scalar;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.Storage;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.federated.AskedRows;
import io.sparkfed.federated.CountWithin;
import io.sparkfed.federated.EvaluationWithin;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.HessianWithin;
import io.sparkfed.federated.LengthsWithin;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Interval;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.Family;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Response;
import io.sparkfed.model.Scaling;
import io.sparkfed.model.formula.Expression;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.HostileRows.Row;
import io.sparkfed.secure.HostileRows.Stored;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The whole numbers that get noise, with and without some rows, against what is said of them: for
 * shards of hostile rows.
 */
class RowSensitivityTest {
  private static final int TRIALS = 10_000;
  private static final List<Family> FAMILIES = List.of(Family.values());
  private static final Zcdp COST = Zcdp.within(1.0, 1e-5);

  /** What is another sum for each family. */
  private static final Set<String> OF_FAMILIES = Set.of("GradientWithin", "EvaluationWithin");

  /** A symmetric matrix with eigenvalues far from each other: two reflections of a diagonal one. */
  private static double[] whitening(Random random, int order) {
    if (random.nextInt(3) == 0) {
      return new double[0];
    }
    double decades = random.nextInt(3) == 0 ? 9.0 : 2.0;
    double[] v = random.doubles(order, -1.0, 1.0).toArray();
    double squares = 1e-9;
    for (double entry : v) {
      squares += entry * entry;
    }
    double[][] h = new double[order][order];
    double[] diagonal = new double[order];
    for (int i = 0; i < order; i++) {
      diagonal[i] = Math.pow(10.0, -decades * random.nextDouble()) * 30.0;
      for (int j = 0; j < order; j++) {
        h[i][j] = (i == j ? 1.0 : 0.0) - 2.0 * v[i] * v[j] / squares;
      }
    }
    double[] packed = new double[SymmetricMatrix.packedLength(order)];
    for (int i = 0, at = 0; i < order; i++) {
      for (int j = i; j < order; j++, at++) {
        for (int k = 0; k < order; k++) {
          packed[at] += h[i][k] * diagonal[k] * h[j][k];
        }
      }
    }
    return packed;
  }

  /** Returns how far a vector is from another, in parts of what is said. */
  static double moved(NoisyAnswer<Shard> answer, Shard with, Shard without) {
    OwnersSide owner = new OwnersSide(Clip.NONE, () -> new byte[0], UnaryOperator.identity());
    long[] one = answer.of("a", with, owner);
    long[] other = answer.of("a", without, owner);
    double squares = 0.0;
    for (int j = 0; j < one.length; j++) {
      double moved = one[j] - other[j];
      squares += moved * moved;
    }
    return Math.sqrt(squares) / answer.release().orElseThrow().sensitivity().doubleValue();
  }

  @Test
  void of_anyRowsOfOnePersonMoreOrLess_movesByNoMoreThanIsSaidAndBySomeAlmostThat() {
    Random random = new Random(5);
    Map<String, Double> most = new TreeMap<>();
    for (int trial = 0; trial < TRIALS; trial++) {
      Family family = FAMILIES.get(trial % FAMILIES.size());
      VectorLoss loss = family.loss(3, 1.35);
      ModelShape shape =
          new ModelShape(1 + random.nextInt(6), random.nextInt(3) > 0, loss.outputs());
      Stored stored =
          new Stored(
              random.nextInt(3) == 0, random.nextInt(3) == 0 ? Storage.FLOAT : Storage.DOUBLE);
      int person = random.nextInt(4) == 0 ? 1 + random.nextInt(3) : 1;
      boolean plain = random.nextBoolean();
      List<Row> rows = new ArrayList<>();
      int count = random.nextInt(3) == 0 ? random.nextInt(2) : random.nextInt(60);
      for (int i = 0; i < count + person; i++) {
        rows.add(
            i > 0 && random.nextInt(8) == 0
                ? rows.get(random.nextInt(i))
                : HostileRows.row(random, family, shape.features(), stored, plain));
      }
      Shard without = stored.shard(rows.subList(0, count), shape);
      Shard with = stored.shard(rows, shape);
      RowCut cut =
          new RowCut(
              HostileRows.scaling(random, shape),
              Math.sqrt(shape.features() + 1.0),
              random.nextInt(3) == 0 ? 7.0 : 1.0,
              person);
      int order = shape.size() / shape.outputs();
      double[] model = random.doubles(shape.size(), -2.0, 2.0).toArray();
      if (random.nextInt(20) == 0) {
        model[0] = 0x1p16;
      }
      double clip = Math.exp(6.0 * random.nextDouble() - 3.0);
      double[] whitening = whitening(random, order);
      List<Question<Shard>> questions = new ArrayList<>();
      if (loss instanceof Loss single) {
        questions.add(new HessianWithin(model, single, shape, cut, whitening, clip, 0.0));
        double cutTo = Math.exp(6.0 * random.nextDouble() - 3.0);
        questions.add(new HessianWithin(model, single, shape, cut, whitening, clip, cutTo));
      }
      BoundedSums sums =
          BoundedSums.of(
              family,
              loss,
              MetricSettings.of(family),
              Optional.of(new Interval(-3.0, 9.0)),
              random.nextGaussian());
      questions.addAll(
          List.of(
              new EvaluationWithin(sums, AskedRows.TRAIN, shape, cut, model),
              new GradientWithin(model, loss, shape, cut, whitening, clip),
              new LengthsWithin(loss, shape, cut),
              new ProductsWithin(shape, cut),
              new ProductsWithin(shape, cut, 0.5, 0.3, 1.0),
              new CountWithin(person)));
      for (Question<Shard> question : questions) {
        NoisyAnswer<Shard> answer = NoisyAnswer.of(question, 4, COST, 1, COST);
        double part = moved(answer, with, without);
        assertTrue(part <= 1.0, () -> part + " of what is said: " + question + " in " + stored);
        boolean isOfFamily = OF_FAMILIES.contains(question.name()) || isOfCut(question);
        String kind = question.name() + (isOfFamily ? " " + family : "");
        most.merge(kind, part, Math::max);
      }
    }
    assertEquals(3 * FAMILIES.size() + 3, most.size());
    most.forEach((kind, part) -> assertTrue(part >= 0.9, kind + " moved by " + part));
  }

  private static boolean isOfCut(Question<Shard> question) {
    return question instanceof HessianWithin hessian && hessian.clip() > 0.0;
  }

  /** Rows as they are read: wild numbers are cut, and rows without a number are left out. */
  @Test
  void of_hostileRowAsItIsRead_movesByNoMoreThanIsSaidAndLikeItsBounds() {
    Random random = new Random(6);
    ModelShape shape = new ModelShape(2, true, 1);
    Interval bounds = new Interval(-2.0, 3.0);
    RowCut cut =
        new RowCut(
            Scaling.standardize(shape, new double[] {0.5, 0.5}, new double[] {2.5, 2.5}),
            Math.sqrt(3.0),
            1.0,
            1);
    List<Object[]> rows = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      rows.add(new Object[] {random.nextGaussian(), random.nextGaussian(), random.nextGaussian()});
    }
    Loss loss = Family.LINEAR.loss();
    double[] model = {0.3, -0.7, 0.1};
    List<Question<Shard>> questions =
        List.of(
            new GradientWithin(model, loss, shape, cut, new double[0], 0.8),
            new HessianWithin(model, loss, shape, cut, new double[0], 0.8, 0.0),
            new HessianWithin(model, loss, shape, cut, new double[0], 0.8, 1.5),
            new ProductsWithin(shape, cut, 0.5, 0.3, 1.0),
            new LengthsWithin(loss, shape, cut),
            new CountWithin(1));
    Shard without = read(rows, bounds, shape);
    Object[] wild = {1e300, "-1e400", Double.POSITIVE_INFINITY, 1e9, -1e155, "Infinity"};
    for (int trial = 0; trial < 300; trial++) {
      Object[] row = {0.5, 0.25, 1.5};
      Object[] cutByHand = row.clone();
      for (int k = random.nextInt(4); k > 0; k--) {
        int at = random.nextInt(3);
        row[at] = wild[random.nextInt(wild.length)];
        cutByHand[at] = bounds.nearest(Double.parseDouble(row[at].toString()));
      }
      Object[] none = row.clone();
      none[random.nextInt(3)] = Double.NaN;
      Shard with = read(with(rows, row), bounds, shape);
      Shard alike = read(with(rows, cutByHand), bounds, shape);
      for (Question<Shard> question : questions) {
        NoisyAnswer<Shard> answer = NoisyAnswer.of(question, 4, COST, 1, COST);
        assertTrue(moved(answer, with, without) <= 1.0, question.toString());
        assertEquals(0.0, moved(answer, with, alike), question.toString());
        assertEquals(0.0, moved(answer, read(with(rows, none), bounds, shape), without));
      }
    }
  }

  private static List<Object[]> with(List<Object[]> rows, Object[] row) {
    List<Object[]> more = new ArrayList<>(rows);
    more.add(row);
    return more;
  }

  private static Shard read(List<Object[]> rows, Interval bounds, ModelShape shape) {
    FeatureEncoding encoding = FeatureEncoding.ofNumbers(List.of("x", "z"));
    RowForm form =
        new RowForm(
            new Response(Family.LINEAR, Family.LINEAR.loss()),
            encoding,
            new CellRules(MissingTexts.COMMON),
            false,
            new Scalar(new Expression.Column("y")),
            null,
            null,
            null,
            null,
            new PublicBounds(new TreeMap<>(Map.of("x", bounds, "z", bounds)), bounds));
    NumberRows cells = new NumberRows(new ObjectRows(rows), form.width());
    RowEncoder encoder = new RowEncoder(form);
    EncodedRow row = new EncodedRow();
    ShardBuilder builder = new ShardBuilder("a", 2);
    while (cells.next()) {
      try {
        encoder.encode(cells.cells(), row);
        builder.add(row);
      } catch (BrokenRuleException e) {
        builder.drop(1);
      }
    }
    return builder.splitByRow(0.0, 1L, shape);
  }
}
