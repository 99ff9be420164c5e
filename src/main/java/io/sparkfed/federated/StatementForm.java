package io.sparkfed.federated;

import io.sparkfed.aggregate.Question;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.MetricSums;
import io.sparkfed.evaluation.ResponseDistribution;
import io.sparkfed.evaluation.ScoreBins;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.Reduction;
import io.sparkfed.objective.RowCut;
import io.sparkfed.solver.GradientDescent;
import io.sparkfed.solver.LocalLbfgs;
import io.sparkfed.solver.LocalNewton;
import io.sparkfed.solver.MinibatchSgd;
import io.sparkfed.solver.QuasiNewton;
import io.sparkfed.solver.Schedule;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.RecordForm;
import io.sparkfed.wire.Site;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The canonical bytes of statements: nothing else is read from what a worker is sent. */
public enum StatementForm implements Form<Question<Object>> {
  /** The only one. */
  INSTANCE;

  /** Of the list, and of what stands in a statement. */
  static final int VERSION = 7;

  static final RecordForm RECORDS = new RecordForm(VERSION, types());

  private static List<Class<?>> types() {
    List<Class<?>> types = new ArrayList<>(List.of(Statement.class.getPermittedSubclasses()));
    Arrays.stream(Family.values()).map(Family::lossType).distinct().forEach(types::add);
    types.addAll(
        List.of(
            GradientDescent.class,
            MinibatchSgd.class,
            LocalLbfgs.class,
            LocalNewton.class,
            QuasiNewton.class,
            Schedule.class,
            Penalty.class,
            Reduction.class,
            Weighting.class,
            ModelShape.class,
            Scaling.class,
            TestRows.class,
            SummedDerivatives.Wanted.class,
            AskedRows.class,
            ResponseDistribution.class,
            ExactPlan.Counting.class,
            ScoreBins.class,
            LevelQuery.class,
            RowCut.class));
    types.addAll(MetricSums.types());
    types.addAll(BoundedSums.types());
    return types;
  }

  /** Returns what reads the questions about what a worker holds of one kind. */
  @SuppressWarnings("unchecked") // Whatever a statement asks about, the reader is the same.
  public static <S> Form<Question<S>> instance() {
    return (Form<Question<S>>) (Form<?>) INSTANCE;
  }

  /**
   * {@inheritDoc}
   *
   * @throws ProtocolException if the bytes are no statement's
   */
  @Override
  @SuppressWarnings("unchecked") // What is asked about is checked where it is answered.
  public Question<Object> read(byte[] bytes, Site site) {
    return (Question<Object>) RECORDS.read(bytes, Statement.class, site);
  }
}
