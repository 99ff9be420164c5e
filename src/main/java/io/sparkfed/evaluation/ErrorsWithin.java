package io.sparkfed.evaluation;

import io.sparkfed.loss.HuberLoss;
import io.sparkfed.loss.Loss;
import io.sparkfed.loss.SquaredLoss;
import java.util.List;

/**
 * Bounded sums for numbers: rows; errors of the mean response, their squares, and a loss that isn't
 * these, in bands; and for R² labels around a center, with their squares. Labels are cut to their
 * bounds, and errors to the bounds' width.
 *
 * @param loss the loss trained with
 * @param low the least label
 * @param high the largest
 * @param center between both: where labels are expected
 */
record ErrorsWithin(Loss loss, double low, double high, double center) implements BoundedSums {
  private static final int BANDS = 24;
  private static final int ROWS = 0;
  private static final int SQUARES = 1;
  private static final int SIZES = 2;
  private static final int LOSSES = 3;
  private static final String ERRORS_BEYOND = "errors beyond";

  /** How many times the largest label a deviance may be. */
  private static final double DEVIANCES = 16.0;

  /**
   * @throws IllegalArgumentException if the bounds aren't finite and ascending, or the center isn't
   *     between them
   */
  ErrorsWithin {
    if (!(low < high && high - low < Double.POSITIVE_INFINITY)
        || !(center >= low && center <= high)) {
      throw new IllegalArgumentException(
          "labels must have finite bounds, low < high, and a center between them");
    }
  }

  private boolean hasOwnLoss() {
    return !(loss instanceof SquaredLoss);
  }

  /** Whether the response is the score, and errors have an R². */
  private boolean isAround() {
    return loss instanceof SquaredLoss || loss instanceof HuberLoss;
  }

  private int labels() {
    return hasOwnLoss() ? LOSSES + 1 : LOSSES;
  }

  private Bands errors() {
    return new Bands(high - low, BANDS);
  }

  private Bands deviances() {
    return new Bands(DEVIANCES * Math.max(1.0, high), BANDS);
  }

  private static double square(double end) {
    return end * end;
  }

  @Override
  public List<BoundedPart> parts() {
    BoundedPart rows = BoundedPart.of("rows", 1, 0.1);
    BoundedPart squares = BoundedPart.of("squared errors by size", BANDS, 0.3);
    BoundedPart sizes = BoundedPart.of("errors by size", BANDS, isAround() ? 0.1 : 0.2);
    BoundedPart losses = BoundedPart.of("losses by size", BANDS, isAround() ? 0.15 : 0.4);
    if (!isAround()) {
      return List.of(rows, squares, sizes, losses);
    }
    BoundedPart labels = BoundedPart.of("labels by size", BANDS, hasOwnLoss() ? 0.05 : 0.1);
    BoundedPart squaredLabels =
        BoundedPart.of("squared labels by size", BANDS, hasOwnLoss() ? 0.3 : 0.4);
    return hasOwnLoss()
        ? List.of(rows, squares, sizes, losses, labels, squaredLabels)
        : List.of(rows, squares, sizes, labels, squaredLabels);
  }

  @Override
  public void add(double[] scores, double label, double weight, RowTerms out) {
    double cut = Math.max(low, Math.min(high, label));
    Bands errors = errors();
    double size = Math.abs(loss.mean(scores[0]) - cut);
    int band = errors.band(size);
    double part = size / errors.end(band);
    out.add(ROWS, 0, weight, 1.0);
    out.add(SIZES, band, weight, part);
    out.add(SQUARES, band, weight, part * part);
    if (!isAround()) {
      double deviance = loss.value(scores[0], cut);
      int at = deviances().band(deviance);
      out.add(LOSSES, at, weight, deviance / deviances().end(at));
      return;
    }
    if (hasOwnLoss()) {
      out.add(LOSSES, band, weight, loss.value(size, 0.0) / ofEnd(errors.end(band)));
    }
    double around = cut - center;
    int labelBand = errors.band(Math.abs(around));
    double ofBand = around / errors.end(labelBand);
    out.add(labels(), labelBand, weight, ofBand);
    out.add(labels() + 1, labelBand, weight, ofBand * ofBand);
  }

  private double ofEnd(double end) {
    return loss.value(end, 0.0);
  }

  @Override
  public NoisedMetrics metrics(NoisedSums sums) {
    Bands errors = errors();
    Noised rows = sums.sum(ROWS, 0);
    Bands.Total squared =
        errors.total(sums.of(SQUARES), sums.deviation(SQUARES), ErrorsWithin::square);
    Noised meanSquared = squared.sum().over(rows);
    Bands.Total sizes = errors.total(sums.of(SIZES), sums.deviation(SIZES), end -> end);
    Noised meanSize = sizes.sum().over(rows);
    NoisedMetrics.Builder metrics = new NoisedMetrics.Builder(rows, sums.heaviest());
    if (!isAround()) {
      Bands.Total halves = deviances().total(sums.of(LOSSES), sums.deviation(LOSSES), end -> end);
      Noised mean = halves.sum().over(rows);
      return metrics
          .put("meanDeviance", mean.times(2.0))
          .put("deviance", halves.sum().times(2.0 * sums.heaviest()))
          .put("mae", meanSize)
          .put("rmse", meanSquared.root())
          .leftOut("half deviances beyond", deviances(), halves, "meanDeviance", "deviance")
          .leftOut(ERRORS_BEYOND, errors, sizes, "mae")
          .leftOut(ERRORS_BEYOND, errors, squared, "rmse")
          .with(mean.value());
    }
    Bands.Total labels =
        errors.total(sums.of(labels() + 1), sums.deviation(labels() + 1), ErrorsWithin::square);
    metrics
        .put("meanSquaredError", meanSquared)
        .put("rmse", meanSquared.root())
        .put("mae", meanSize)
        .put("r2", explained(sums, rows, squared.sum(), labels))
        .put("sumSquaredErrors", squared.sum().times(sums.heaviest()))
        .leftOut(
            ERRORS_BEYOND, errors, squared, "meanSquaredError", "rmse", "r2", "sumSquaredErrors")
        .leftOut(ERRORS_BEYOND, errors, sizes, "mae")
        .leftOut("labels farther from " + Limit.number(center) + " than", errors, labels, "r2");
    if (!hasOwnLoss()) {
      return metrics.with(meanSquared.value());
    }
    Bands.Total losses = errors.total(sums.of(LOSSES), sums.deviation(LOSSES), this::ofEnd);
    Noised mean = losses.sum().over(rows);
    return metrics
        .put("huberLoss", mean)
        .leftOut(ERRORS_BEYOND, errors, losses, "huberLoss")
        .with(mean.value());
  }

  private Noised explained(NoisedSums sums, Noised rows, Noised squared, Bands.Total second) {
    if (!rows.isSeen()) {
      return Noised.HIDDEN;
    }
    Noised sum = errors().signed(sums.of(labels()), sums.deviation(labels()), second.from());
    double mean = sum.value() / rows.value();
    Noised variation =
        new Noised(
            second.sum().value() - mean * sum.value(),
            Math.hypot(
                second.sum().deviation(),
                Math.hypot(2.0 * mean * sum.deviation(), mean * mean * rows.deviation())));
    if (!variation.isSeen()) {
      return Noised.HIDDEN;
    }
    double unexplained = squared.value() / variation.value();
    return new Noised(
        1.0 - unexplained,
        Math.hypot(squared.deviation(), unexplained * variation.deviation()) / variation.value());
  }
}
