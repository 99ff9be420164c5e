package io.sparkfed.secure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.OwnersSide;
import io.sparkfed.aggregate.Question;
import io.sparkfed.data.BrokenRuleException;
import io.sparkfed.data.CellRules;
import io.sparkfed.data.Cells;
import io.sparkfed.data.EncodedRow;
import io.sparkfed.data.RowEncoder;
import io.sparkfed.data.RowForm;
import io.sparkfed.data.Scalar;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
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
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.Family;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Response;
import io.sparkfed.model.Scaling;
import io.sparkfed.model.formula.Expression;
import io.sparkfed.objective.RowCut;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.wire.ProtocolException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/**
 * The whole numbers that get noise, with and without all rows of one person, against what is said
 * of them: from raw cells on, with as many rows and spellings of an id as a hostile owner likes.
 */
class PersonSensitivityTest {
  private static final int FEATURES = 3;
  private static final ModelShape SHAPE = new ModelShape(FEATURES, true);
  private static final Zcdp COST = Zcdp.within(1.0, 1e-5);

  /** A row of them is the spellings of one person. */
  private static final List<List<Object>> IDS =
      List.of(
          List.of(1L, "1", "1.0", " 1", "01", 1.0, "1\u00a0"),
          List.of("11", 11),
          List.of((1L << 53) + 1),
          List.of(1L << 53, 0x1p53),
          List.of("x".repeat(10_000)),
          List.of("x".repeat(10_001), "x".repeat(10_001) + "\u200b"),
          List.of("a b", "a\tb", "a  b"),
          List.of(true, "TRUE"));

  private record Raw(int person, Object[] cells) implements Cells {
    @Override
    public boolean isNull(int at) {
      return cells[at] == null;
    }

    @Override
    public Kind kind(int at) {
      return cells[at] instanceof Number
          ? Kind.NUMBER
          : cells[at] instanceof Boolean ? Kind.BOOLEAN : Kind.TEXT;
    }

    @Override
    public double number(int at) {
      return ((Number) cells[at]).doubleValue();
    }

    @Override
    public Object value(int at) {
      return cells[at];
    }

    @Override
    public Vector vector(int at) {
      throw new IllegalStateException("there is none");
    }
  }

  private static RowEncoder encoder() {
    List<InputColumn> columns = new ArrayList<>();
    for (int j = 0; j < FEATURES; j++) {
      columns.add(new Numeric("x" + j, ColumnType.NUMBER, false, 0.0));
    }
    return new RowEncoder(
        new RowForm(
            new Response(Family.LOGISTIC, Family.LOGISTIC.loss()),
            new FeatureEncoding(columns),
            new CellRules(MissingTexts.COMMON),
            false,
            new Scalar(new Expression.Column("y")),
            null,
            null,
            null,
            "id",
            null));
  }

  private static List<Raw> rows(Random random) {
    List<Raw> rows = new ArrayList<>();
    for (int p = 0; p < IDS.size(); p++) {
      // One of them has almost all rows, each as long as possible and alike.
      int count = p == 0 ? 30 : random.nextInt(6);
      for (int i = 0; i < count; i++) {
        Object[] cells = new Object[FEATURES + 2];
        for (int j = 0; j < FEATURES; j++) {
          cells[j] = p == 0 ? 1.0 : random.nextGaussian();
        }
        cells[FEATURES] = p == 0 ? 1 : random.nextInt(2);
        List<Object> spellings = IDS.get(p);
        cells[FEATURES + 1] = spellings.get(random.nextInt(spellings.size()));
        rows.add(new Raw(p, cells));
      }
    }
    for (Object nobody : Arrays.asList(null, "", "NA", Double.NaN)) {
      rows.add(new Raw(-1, new Object[] {9.0, 9.0, 9.0, 1, nobody}));
    }
    Collections.shuffle(rows, random);
    return rows;
  }

  /** Packs those rows that say whose they are. */
  private static ShardBuilder taken(List<Raw> rows) throws BrokenRuleException {
    RowEncoder encoder = encoder();
    EncodedRow encoded = new EncodedRow();
    ShardBuilder builder = new ShardBuilder("a", FEATURES);
    for (Raw row : rows) {
      if (!encoder.isIncomplete(row)) {
        encoder.encode(row, encoded);
        builder.add(encoded);
      }
    }
    return builder;
  }

  private static List<Question<Shard>> questions(int rowsOfPerson, Random random) {
    RowCut cut = new RowCut(Scaling.identity(SHAPE), Math.sqrt(FEATURES + 1.0), 1.0, rowsOfPerson);
    double[] model = random.doubles(SHAPE.size(), -1.0, 1.0).toArray();
    Loss loss = Family.LOGISTIC.loss();
    return List.of(
        new HessianWithin(model, loss, SHAPE, cut, new double[0], 0.25, 0.0),
        new EvaluationWithin(
            BoundedSums.of(
                Family.LOGISTIC, loss, MetricSettings.of(Family.LOGISTIC), Optional.empty(), 0.0),
            AskedRows.TEST,
            SHAPE,
            cut,
            model),
        new GradientWithin(model, loss, SHAPE, cut, new double[0], 0.5),
        new ProductsWithin(SHAPE, cut),
        new LengthsWithin(loss, SHAPE, cut),
        new CountWithin(rowsOfPerson));
  }

  /** Returns how far a vector is from another, in parts of what is said. */
  private static double moved(Question<Shard> question, Shard with, Shard without) {
    return RowSensitivityTest.moved(NoisyAnswer.of(question, 4, COST, 1, COST), with, without);
  }

  @Test
  void of_allRowsOfAnyPersonMoreOrLess_movesByNoMoreThanIsSaidAndBySomeAlmostThat()
      throws BrokenRuleException {
    Random random = new Random(6L);
    double[] most = new double[6];
    for (int trial = 0; trial < 100; trial++) {
      int rowsOfPerson = 1 + random.nextInt(3);
      List<Raw> rows = rows(random);
      Shard all = taken(rows).splitByPerson(rowsOfPerson, 0.3, trial, SHAPE);
      List<Question<Shard>> questions = questions(rowsOfPerson, random);
      for (int p = 0; p < IDS.size(); p++) {
        int own = p;
        List<Raw> others = rows.stream().filter(row -> row.person() != own).toList();
        Shard without = taken(others).splitByPerson(rowsOfPerson, 0.3, trial, SHAPE);
        for (int q = 0; q < questions.size(); q++) {
          double part = moved(questions.get(q), all, without);
          assertTrue(part <= 1.0, () -> part + " of what is said, by person " + own);
          most[q] = Math.max(most[q], part);
        }
        assertTrue(
            all.train().rows() == without.train().rows()
                || all.test().rows() == without.test().rows());
      }
    }
    for (double part : most) {
      assertTrue(part >= 0.9, Arrays.toString(most));
    }
  }

  /** What the cut is for: whoever has 30 rows moves sums 30 times as far as is said of a row. */
  @Test
  void of_personWhoseRowsAreAllKept_movesByMoreThanIsSaid() throws BrokenRuleException {
    Random random = new Random(6L);
    List<Raw> rows = rows(random);
    List<Raw> others = rows.stream().filter(row -> row.person() != 0).toList();
    Shard all = taken(rows).splitByRow(0.0, 1L, SHAPE);
    Shard without = taken(others).splitByRow(0.0, 1L, SHAPE);

    assertEquals(30.0, moved(new CountWithin(1), all, without), 1e-6);
    assertTrue(moved(questions(1, random).get(2), all, without) > 10.0);
  }

  /** A driver that says less than there is would get, and be charged for, too little noise. */
  @Test
  void of_sumThatCountsWithFewerRowsOfAPerson_isRefusedByTheWorker() throws BrokenRuleException {
    Random random = new Random(6L);
    Shard shard = taken(rows(random)).splitByPerson(3, 0.3, 1L, SHAPE);
    OwnersSide owner = new OwnersSide(Clip.NONE, () -> new byte[0], UnaryOperator.identity());
    for (Question<Shard> question : questions(2, random)) {
      NoisyAnswer<Shard> asked = NoisyAnswer.of(question, 4, COST, 1, COST);
      String refusal =
          assertThrows(ProtocolException.class, () -> asked.of("a", shard, owner)).getMessage();

      assertEquals("a sum must count with 3 rows of a person. Provided: 2", refusal);
    }
    for (int enough : new int[] {3, 4}) {
      for (Question<Shard> question : questions(enough, random)) {
        assertTrue(NoisyAnswer.of(question, 4, COST, 1, COST).of("a", shard, owner).length > 0);
      }
    }
  }
}
