package io.sparkfed.federated;

import io.sparkfed.aggregate.Clip;
import io.sparkfed.aggregate.HeldRows;
import io.sparkfed.aggregate.Question;
import io.sparkfed.aggregate.RowCounts;
import io.sparkfed.aggregate.RowPart;
import io.sparkfed.data.ColumnSummary;
import io.sparkfed.data.Shard;
import io.sparkfed.wire.Form;
import io.sparkfed.wire.ProtocolException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * All that a worker is ever asked, as a closed list of values. What each lets leave is its {@link
 * #layout}.
 *
 * @param <S> what is asked about: a worker's rows, or what was found in them before they could be
 *     encoded
 */
public sealed interface Statement<S> extends Question<S>
    permits LocalTraining,
        LocalUpdate,
        SummedDerivatives,
        ModelEvaluation,
        TestEvaluation,
        TestHolders,
        IncompleteRowHolders,
        IncompleteRows,
        MomentsOfFeatures,
        DeviationsOfFeatures,
        ValuesOutOfRange,
        MeanOfLabels,
        DeviationOfLabels,
        HeldClasses,
        LabelsAndOffsets,
        ExponentiatedOffsets,
        OwnOptimum,
        SampledCurvature,
        InformationOfFit,
        NullModel,
        HistogramOfScores,
        RowsOfBuckets,
        TextsOfBuckets,
        RowsOfLevels,
        HoldersOfValues,
        SumsOfValues,
        TypesOfColumns,
        GradientWithin,
        ProductsWithin,
        CountWithin,
        HessianWithin,
        EvaluationWithin,
        UpdateWithin,
        MeansWithin,
        LengthsWithin {

  /**
   * {@inheritDoc}
   *
   * <p>What is neither an update nor beside one is refused.
   *
   * @throws ProtocolException if a bound counts with fewer rows of a person than a shard may hold
   */
  @Override
  default double[] answer(String worker, S held, Clip clip) {
    if (!BesideUpdates.contains(this)) {
      clip.requireNone();
    }
    if (rowBound().isPresent() && held instanceof Shard shard) {
      requireRowsOfPerson(shard.rowsOfPerson());
    }
    return answer(worker, held);
  }

  /** Whoever asks may say less than there is, so that the noise hides less than a person. */
  private void requireRowsOfPerson(int held) {
    if (rowsOfPerson() < held) {
      throw new ProtocolException(
          "a sum must count with " + held + " rows of a person. Provided: " + rowsOfPerson());
    }
  }

  /** Returns how many rows of one person a {@link #rowBound} counts with. */
  default int rowsOfPerson() {
    return 1;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Most hold numbers that are the same whatever the model is.
   */
  @Override
  default boolean isOfAll() {
    return true;
  }

  @Override
  default Optional<RowCounts> rows(S held) {
    return held instanceof Shard shard ? Optional.of(CountedRows.of(shard)) : Optional.empty();
  }

  /** Returns what part of a worker's rows an answer depends on. */
  default RowPart part() {
    return RowPart.ALL;
  }

  @Override
  default Optional<HeldRows> heldRows(S held) {
    if (held instanceof Shard shard) {
      return Optional.of(
          new HeldRows(
              shard.train().rows() > 0 ? shard.train() : shard.test(),
              "packed",
              () -> List.of(shard.train().hashes(), shard.test().hashes()),
              shard.isSplitByRow() ? part() : RowPart.ALL));
    }
    return held instanceof ColumnSummary summary
        ? Optional.of(new HeldRows(summary, "surveyed", summary::hashes, RowPart.ALL))
        : Optional.empty();
  }

  /** Returns the names of all statements. */
  static List<String> names() {
    return Arrays.stream(Statement.class.getPermittedSubclasses())
        .map(Class::getSimpleName)
        .toList();
  }

  @Override
  default byte[] toBytes() {
    return StatementForm.RECORDS.toBytes(this);
  }

  @Override
  default Form<Question<S>> form() {
    return StatementForm.instance();
  }
}
