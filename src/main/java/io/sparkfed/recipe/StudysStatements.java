package io.sparkfed.recipe;

import io.sparkfed.aggregate.Question;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.evaluation.BoundedSums;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.federated.CountWithin;
import io.sparkfed.federated.EvaluationWithin;
import io.sparkfed.federated.GradientWithin;
import io.sparkfed.federated.HessianWithin;
import io.sparkfed.federated.LengthsWithin;
import io.sparkfed.federated.LocalUpdate;
import io.sparkfed.federated.MeansWithin;
import io.sparkfed.federated.PrivatePlan.Method;
import io.sparkfed.federated.ProductsWithin;
import io.sparkfed.federated.Statement;
import io.sparkfed.federated.UpdateWithin;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.VectorLoss;
import io.sparkfed.math.Interval;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.ModelShape;
import io.sparkfed.objective.Penalty;
import io.sparkfed.objective.RowCut;
import io.sparkfed.wire.ProtocolException;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a study that hides rows is asked, from what is public alone: an owner needn't take a
 * driver's word for the shape of the model, the loss, and how far a row reaches.
 *
 * <p>What is left to the driver are models, how gradients are turned and how long they may be, what
 * figures are centered on and cut to, and how much of the budget a release costs: each statement's
 * noise is as large as its own bound.
 */
public final class StudysStatements {
  private final TrainingConfig config;
  private final PrivacySettings privacy;
  private final ModelShape shape;
  private final VectorLoss loss;
  private final RowCut cut;

  private StudysStatements(TrainingConfig config, FeatureEncoding encoding) {
    this.config = config;
    this.privacy = config.privacy().orElseThrow();
    this.shape = Presets.shape(config, encoding.width());
    this.loss = config.model().loss();
    this.cut = RowBounds.of(encoding, privacy, shape);
  }

  /**
   * Returns the statements of a study.
   *
   * @param config of the study, with noise
   * @param encoding complete
   * @throws ProtocolException if no bounds follow from the study
   */
  public static StudysStatements of(TrainingConfig config, FeatureEncoding encoding) {
    try {
      return new StudysStatements(config, encoding);
    } catch (ConfigurationException e) {
      throw new ProtocolException(e.getMessage());
    }
  }

  /**
   * Returns a question that is one of them.
   *
   * @throws ProtocolException if it isn't
   */
  public <S> Question<S> checked(Question<S> asked) {
    if (!isOfStudy(asked)) {
      throw new ProtocolException(
          "a study with noise is asked for what follows from it: its model's shape, loss and"
              + " bounds. Asked: "
              + asked.name());
    }
    return asked;
  }

  private boolean isOfStudy(Question<?> asked) {
    try {
      return PrivatePlans.unit(privacy) == HiddenUnit.WORKER ? isOfWorkers(asked) : isOfRows(asked);
    } catch (IllegalArgumentException e) {
      // What is of the study is within the ranges of all that it is made of.
      return false;
    }
  }

  private boolean isOfWorkers(Question<?> asked) {
    if (asked instanceof MeansWithin means) {
      return isOfModel(means.sums())
          && isSame(means, new MeansWithin(means.sums(), means.rows(), shape, means.model()));
    }
    if (!(asked instanceof UpdateWithin update)) {
      return false;
    }
    LocalUpdate local =
        new LocalUpdate(
            loss,
            shape,
            new Penalty(config.model().l1(), config.model().l2()),
            config.algorithm().proximalMu(),
            config.algorithm().reduction(),
            config.algorithm().solver(),
            config.algorithm().weighting(),
            cut.scaling(),
            config.seed(),
            update.local().round(),
            update.local().model());
    return isSame(update, new UpdateWithin(local, privacy.updateNorm().orElseThrow()));
  }

  private boolean isOfRows(Question<?> asked) {
    if (asked instanceof CountWithin count) {
      return isSame(count, new CountWithin(cut.rowsOfPerson()));
    }
    if (asked instanceof LengthsWithin lengths) {
      return isSame(lengths, new LengthsWithin(loss, shape, cut));
    }
    if (asked instanceof ProductsWithin products) {
      return isSame(products, products(products));
    }
    if (asked instanceof GradientWithin own) {
      return isSame(
          own, new GradientWithin(own.model(), loss, shape, cut, own.whitening(), own.clip()));
    }
    if (asked instanceof HessianWithin own) {
      return loss instanceof Loss single
          && isSame(
              own,
              new HessianWithin(
                  own.model(), single, shape, cut, own.whitening(), own.most(), own.clip()));
    }
    return asked instanceof EvaluationWithin own
        && isOfModel(own.sums())
        && isSame(own, new EvaluationWithin(own.sums(), own.rows(), shape, cut, own.model()));
  }

  /** Rows may be shortened further, and are where most are shorter than they may be. */
  private ProductsWithin products(ProductsWithin asked) {
    if (PrivatePlans.method(config) == Method.GRADIENTS) {
      return new ProductsWithin(shape, cut.within(Math.min(cut.norm(), asked.cut().norm())));
    }
    Optional<Interval> labels = privacy.labelBounds();
    return ProductsWithin.ofLabels(
        shape,
        cut,
        labels.map(Interval::middle).orElse(0.0),
        labels.map(Interval::halfWidth).orElse(1.0));
  }

  /** Where figures are centered, and from which score on a class counts, may be others. */
  private boolean isOfModel(BoundedSums sums) {
    BoundedSums own =
        BoundedSums.of(
            config.model().family(), loss, config.metricSettings(), privacy.labelBounds(), 0.0);
    return sums.getClass() == own.getClass() && sums.loss().equals(own.loss());
  }

  private static boolean isSame(Statement<?> asked, Statement<?> ofStudy) {
    return Arrays.equals(asked.toBytes(), ofStudy.toBytes());
  }
}
