package io.sparkfed.federated;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.NamedVector;
import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RefusedException;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.Shard;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.MetricSettings;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.evaluation.ResponseDistribution;
import io.sparkfed.evaluation.ScoreBins;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Interval;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.objective.RowCut;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.solver.LocalSolver;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.testing.Table;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.Site;
import java.io.IOException;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/** The closed list of what a worker can be asked. */
class StatementsTest {
  private static final Path PAGE = Path.of("src/site/markdown/statements.md");

  static List<Statement<?>> ofEveryKind() {
    List<Statement<?>> all = new ArrayList<>();
    for (Family family : Family.values()) {
      VectorLoss loss = family.loss(3, 1.35);
      ModelShape shape = new ModelShape(2, true, loss.outputs());
      MetricSums metrics = MetricSums.of(family, loss, MetricSettings.of(family));
      Scaling scaling =
          Scaling.standardize(shape, new double[] {1.0, -2.0}, new double[] {0.5, 3.0});
      Scaling none = Scaling.identity(shape);
      double[] model = new Random(1).doubles(shape.size()).toArray();
      for (LocalSolver solver :
          List.of(
              new GradientDescent(3, 0.1),
              new MinibatchSgd(2, 8, 0.05),
              new LocalNewton(4, 1e-9),
              new LocalLbfgs(5, 1e-9, 3))) {
        LocalUpdate update =
            new LocalUpdate(
                loss,
                shape,
                new Penalty(0.0, 0.25),
                0.125,
                Reduction.MEAN,
                solver,
                Weighting.ROWS,
                none,
                7L,
                3,
                model);
        all.add(update);
        all.add(new UpdateWithin(update, 0.5));
        all.add(new LocalTraining(update, metrics, TestRows.SUMMED, true));
        all.add(new OwnOptimum(loss, shape, new Penalty(0.0, 0.5), solver, scaling, 9L, model));
      }
      for (boolean hasHessian : new boolean[] {true, false}) {
        for (SummedDerivatives.Wanted wanted : SummedDerivatives.Wanted.values()) {
          all.add(
              new SummedDerivatives(
                  loss, shape, wanted, hasHessian, metrics, TestRows.LEFT_OUT, scaling, model));
        }
      }
      all.add(new TestEvaluation(metrics, shape, scaling, model));
      all.add(new ModelEvaluation(metrics, TestRows.SUMMED, shape, none, model));
      all.add(new SampledCurvature(shape, scaling, 100));
      RowCut cut = new RowCut(scaling, 2.0, 1.0, 2);
      double[] whitening = {1.0, 0.25, 0.0, 2.0, 0.5, 1.5};
      all.add(new GradientWithin(model, loss, shape, cut, whitening, 0.75));
      all.add(new GradientWithin(model, loss, shape, cut, new double[0], 0.75));
      all.add(new ProductsWithin(shape, cut));
      all.add(new LengthsWithin(loss, shape, cut));
      BoundedSums sums =
          BoundedSums.of(
              family,
              loss,
              MetricSettings.of(family),
              Optional.of(new Interval(0.5, 2.5)),
              scaling.shift(0));
      all.add(new EvaluationWithin(sums, AskedRows.TRAIN, shape, cut, model));
      all.add(new EvaluationWithin(sums, AskedRows.TEST, shape, cut, model));
      all.add(new MeansWithin(sums, AskedRows.TEST, shape, model));
      all.add(new ProductsWithin(shape, cut, 0.5, 2.0, 1.0));
      if (shape.outputs() == 1) {
        all.add(new HessianWithin(model, (Loss) loss, shape, cut, whitening, 2.0, 0.75));
        all.add(new HessianWithin(model, (Loss) loss, shape, cut, whitening, 2.0, 0.0));
        all.add(
            new HistogramOfScores(
                shape, none, AskedRows.TEST, model, new ScoreBins(new double[] {-1.0, 0.5})));
        ResponseDistribution.of(family)
            .ifPresent(
                distribution -> {
                  all.add(new NullModel(distribution, 0.3));
                  all.add(
                      new InformationOfFit(
                          (Loss) loss,
                          shape,
                          scaling,
                          distribution,
                          ExactPlan.Counting.ROWS,
                          model,
                          0.3));
                });
      }
    }
    LevelQuery query =
        new LevelQuery(
            List.of(new byte[] {1, 2}, new byte[] {3}),
            4,
            List.of("rank", "site"),
            new boolean[] {true, false},
            List.of(List.of("a", "b"), List.of()));
    all.addAll(
        List.of(
            new TestHolders(),
            new IncompleteRowHolders(),
            new IncompleteRows(),
            new MomentsOfFeatures(2),
            new DeviationsOfFeatures(new double[] {1.0, 2.0}),
            new ValuesOutOfRange(1e24, new boolean[] {true, false}),
            new MeanOfLabels(),
            new DeviationOfLabels(0.25),
            new HeldClasses(5),
            new LabelsAndOffsets(),
            new ExponentiatedOffsets(0.5, true),
            new RowsOfBuckets(query),
            new TextsOfBuckets(query, new int[] {1, 3}),
            new RowsOfLevels(List.of(List.of("a"), List.of("x", "y"))),
            new HoldersOfValues(2),
            new SumsOfValues(2),
            new TypesOfColumns(6),
            new CountWithin(2)));
    return all;
  }

  /** What is asked about rows that have no shard yet. */
  private static final Set<String> PREPROCESSING =
      Set.of("RowsOfBuckets", "TextsOfBuckets", "RowsOfLevels", "HoldersOfValues", "SumsOfValues");

  private static Question<Object> read(byte[] bytes) {
    return StatementForm.INSTANCE.read(bytes, Site.BARE);
  }

  @Test
  void ofEveryKind_hasEveryStatementOfTheList() {
    Set<Class<?>> tried = new TreeSet<>((a, b) -> a.getName().compareTo(b.getName()));
    ofEveryKind().forEach(statement -> tried.add(statement.getClass()));

    assertEquals(Statement.class.getPermittedSubclasses().length, tried.size(), tried.toString());
  }

  @Test
  void read_whatWasWritten_hasTheSameBytesAndLayout() {
    for (Statement<?> statement : ofEveryKind()) {
      byte[] bytes = statement.toBytes();
      Question<Object> read = read(bytes);
      assertEquals(statement.getClass(), read.getClass());
      assertEquals(statement.layout(), read.layout());
      assertArrayEquals(bytes, read.toBytes(), statement.toString());
    }
  }

  /** Fingerprints of the versions there have been; one that was released never changes. */
  private static final Map<Integer, String> FINGERPRINTS =
      Map.of(
          1, "8e27a25ac4402a79bc6115b922643d05",
          2, "2f0c406742c2c564348bec3439ebb94b",
          3, "716fcc95ca91c729bf93b5365c7f437d",
          4, "810540a1920cb2f0d0e9f40909b8d9cb",
          5, "20e52fbfdd0056b3747a41c2c2e8a51c",
          6, "4b5eca09b194a4d1b60418f46b500898",
          7, "ff0a6b5c6a60ca60b734f83a4ee1d591");

  /**
   * The list with each component's type, and the bytes of one statement of each kind. Who reads
   * bytes of another layout by this version reads something else.
   */
  @Test
  void fingerprint_ofTheLayout_isThatOfItsVersion() throws GeneralSecurityException {
    StringBuilder structure = new StringBuilder();
    for (Class<?> type : StatementForm.RECORDS.types()) {
      structure.append(type.getSimpleName());
      if (type.isEnum()) {
        structure.append(Arrays.toString(type.getEnumConstants()));
      } else {
        for (RecordComponent component : type.getRecordComponents()) {
          structure.append(' ').append(simple(component.getGenericType()));
          structure.append(' ').append(component.getName());
        }
      }
      structure.append('\n');
    }
    Map<Class<?>, byte[]> first = new LinkedHashMap<>();
    ofEveryKind().forEach(one -> first.putIfAbsent(one.getClass(), one.toBytes()));
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    digest.update(structure.toString().getBytes(StandardCharsets.UTF_8));
    first.values().forEach(digest::update);
    String found = HexFormat.of().formatHex(digest.digest(), 0, 16);

    assertEquals(
        FINGERPRINTS.get(StatementForm.VERSION),
        found,
        () ->
            "the bytes of statements are no longer those of version "
                + StatementForm.VERSION
                + ": raise StatementForm.VERSION and add its fingerprint "
                + found
                + " here. The layout:\n"
                + structure);
  }

  private static String simple(Type type) {
    return type.getTypeName().replaceAll("[a-z]+\\.", "");
  }

  /**
   * Another argument is another question: masks of workers that were asked another don't cancel.
   */
  @Test
  void toBytes_anyArgumentChanged_differ() {
    PlanBuilder builder = new PlanBuilder();
    Scaling raw = Scaling.identity(builder.build().shape());
    double[] model = {1.0, 2.0, 3.0};
    double[] almost = {1.0, Math.nextUp(2.0), 3.0};
    List<LocalTraining> all =
        List.of(
            LocalTraining.of(builder.build(), raw, 1, model, true),
            LocalTraining.of(builder.build(), raw, 2, model, true),
            LocalTraining.of(builder.build(), raw, 1, model, false),
            LocalTraining.of(builder.build(), raw, 1, almost, true),
            LocalTraining.of(builder.seed(2L).build(), raw, 1, model, true),
            LocalTraining.of(builder.weighting(Weighting.EQUAL).build(), raw, 1, model, true),
            LocalTraining.of(builder.l2(0.5).build(), raw, 1, model, true),
            LocalTraining.of(builder.proximalMu(0.1).build(), raw, 1, model, true),
            LocalTraining.of(builder.leastHolders(3).build(), raw, 1, model, true));
    Set<String> distinct = new TreeSet<>();
    all.forEach(statement -> distinct.add(Arrays.toString(statement.toBytes())));

    assertEquals(all.size(), distinct.size());
  }

  /** What owners that bound updates answer beside them. */
  private static final Set<String> BESIDE_UPDATES =
      Set.of(
          "TypesOfColumns",
          "RowsOfBuckets",
          "TextsOfBuckets",
          "RowsOfLevels",
          "HoldersOfValues",
          "IncompleteRowHolders",
          "IncompleteRows",
          "HeldClasses",
          "TestHolders",
          "TestEvaluation",
          "ModelEvaluation",
          "HistogramOfScores",
          "EvaluationWithin",
          "MeansWithin");

  /**
   * Under a bound an update is no longer than it, and of all else only numbers of rows and workers,
   * and what a model does, leave.
   */
  @Test
  @SuppressWarnings("unchecked")
  void answer_ownerBoundsUpdates_isWithinTheBoundOrBesideUpdatesOrRefused() {
    Clip clip = new Clip(1e-9);
    Shard shard =
        Table.of(new double[][] {{1, 2}, {3, -4}, {0, 5}}, new double[] {1, 1, 1}).shard("a");
    Set<String> refused = new TreeSet<>();
    Set<String> answered = new TreeSet<>();
    for (Statement<?> statement : ofEveryKind()) {
      String name = statement.getClass().getSimpleName();
      Statement<Object> asked = (Statement<Object>) statement;
      if (statement instanceof LocalUpdate alone) {
        NamedVector answer = alone.layout().read(alone.answer("a", shard, clip));
        double[] update = answer.all(LocalUpdate.UPDATE);
        double norm = Math.sqrt(Arrays.stream(update).map(u -> u * u).sum());
        // Of three rows the nearest power of two.
        assertEquals(4e-9, norm, 1e-22);
        assertEquals(4.0, answer.get(LocalUpdate.COARSE_WEIGHT));
      } else if (statement instanceof UpdateWithin bounded) {
        double[] update = bounded.answer("a", shard, clip);
        assertEquals(1e-9, Math.sqrt(Arrays.stream(update).map(u -> u * u).sum()), 1e-22);
      } else if (statement instanceof LocalTraining training) {
        NamedVector answer = training.layout().read(training.answer("a", shard, clip));
        double[] update = answer.mean(LocalUpdate.UPDATE, LocalTraining.WEIGHT);
        double norm = Math.sqrt(Arrays.stream(update).map(u -> u * u).sum());
        assertEquals(1e-9, norm, 1e-22);
        assertEquals(1.0, answer.get(LocalTraining.CLIPPED));
      } else if (BESIDE_UPDATES.contains(name)) {
        answered.add(name);
        if (!PREPROCESSING.contains(name)) {
          Object held = name.equals("TypesOfColumns") ? new double[] {0, 1, 0, 1, 1, 0} : shard;
          assertArrayEquals(asked.answer("a", held), asked.answer("a", held, clip));
        }
      } else {
        refused.add(name);
        assertEquals(
            OwnersRule.CLIP,
            assertThrows(
                    RefusedException.class,
                    () -> asked.answer("a", shard, clip),
                    statement::toString)
                .rule());
      }
    }
    assertEquals(BESIDE_UPDATES, answered);
    assertEquals(
        Statement.class.getPermittedSubclasses().length - BESIDE_UPDATES.size() - 3,
        refused.size());
  }

  @Test
  void read_hostileBytes_areRefusedOrAreAnotherStatement() {
    Random random = new Random(3);
    for (Statement<?> statement : ofEveryKind()) {
      byte[] good = statement.toBytes();
      for (int trial = 0; trial < 200; trial++) {
        byte[] bad =
            trial % 2 == 0 ? Arrays.copyOf(good, random.nextInt(good.length)) : good.clone();
        if (bad.length > 0) {
          bad[random.nextInt(bad.length)] ^= (byte) (1 << random.nextInt(8));
        }
        try {
          assertArrayEquals(bad, read(bad).toBytes());
        } catch (ProtocolException refused) {
          // As it should be.
        }
      }
    }
  }

  /** Labels of 1 are in the domain of each family. */
  @Test
  @SuppressWarnings("unchecked")
  void answer_rowsOfAWorker_hasTheLayoutAndTheSameBitsAfterTravelling() {
    Shard shard =
        Table.of(new double[][] {{1, 2}, {3, -4}, {0, 5}}, new double[] {1, 1, 1}).shard("a");
    int answered = 0;
    for (Statement<?> statement : ofEveryKind()) {
      Question<Object> read = read(statement.toBytes());
      Object held = statement instanceof TypesOfColumns ? new double[] {0, 1, 0, 1, 1, 0} : shard;
      if (PREPROCESSING.contains(statement.getClass().getSimpleName())) {
        continue;
      }
      double[] answer = ((Statement<Object>) statement).answer("a", held);
      assertEquals(statement.layout().length(), answer.length, statement.toString());
      assertArrayEquals(answer, read.answer("a", held));
      answered++;
    }
    assertTrue(answered > 100);
  }

  /** Only what is asked under privacy is about a part, and only where rows alone decide on it. */
  @Test
  @SuppressWarnings("unchecked")
  void heldRows_partOfRows_isThatOfReleasesWhereEachRowDecides() {
    Table table = Table.of(new double[][] {{1, 2}, {3, -4}, {0, 5}}, new double[] {1, 1, 1});
    Shard byRow = table.shard("a");
    ShardBuilder shuffled = new ShardBuilder("a", 2);
    table.addTo(shuffled, Part.TRAIN);
    Shard byNumber = shuffled.build(0.4, 1L, false, new ModelShape(2, true));
    Set<String> ofParts = new TreeSet<>();
    for (Statement<?> statement : ofEveryKind()) {
      if (!(statement instanceof TypesOfColumns)) {
        Statement<Object> asked = (Statement<Object>) statement;
        RowPart part = asked.heldRows(byRow).orElseThrow().part();
        if (part != RowPart.ALL) {
          ofParts.add(statement.name() + " " + part);
        }
        assertEquals(RowPart.ALL, asked.heldRows(byNumber).orElseThrow().part());
      }
    }
    assertEquals(
        Set.of(
            "CountWithin TRAIN",
            "EvaluationWithin TEST",
            "EvaluationWithin TRAIN",
            "GradientWithin TRAIN",
            "HessianWithin TRAIN",
            "LengthsWithin TRAIN",
            "MeansWithin TEST",
            "ProductsWithin TRAIN",
            "UpdateWithin TRAIN"),
        ofParts);
  }

  /** The page names each statement and each part of what it lets leave, and no other. */
  @Test
  void page_namesAllThatCanLeaveAWorker() throws IOException {
    Set<String> expected = new TreeSet<>();
    for (Statement<?> statement : ofEveryKind()) {
      String name = statement.getClass().getSimpleName();
      for (Layout.Part part : statement.layout().parts()) {
        expected.add("`" + name + "` " + part.name());
      }
    }
    Set<String> told = new TreeSet<>();
    for (String line : Files.readAllLines(PAGE)) {
      String[] cells = line.split("\\|", -1);
      if (cells.length >= 3 && cells[1].strip().startsWith("`")) {
        for (String part : cells[2].split(";", -1)) {
          told.add(cells[1].strip() + " " + part.strip());
        }
      }
    }

    assertEquals(expected, told);
  }
}
