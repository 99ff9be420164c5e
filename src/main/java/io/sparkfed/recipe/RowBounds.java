package io.sparkfed.recipe;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.math.Interval;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import io.sparkfed.model.formula.Expression;
import io.sparkfed.model.formula.ExpressionRange;
import io.sparkfed.model.formula.Factor.Category;
import io.sparkfed.model.formula.Term;
import io.sparkfed.objective.RowCut;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What public bounds of columns say of encoded rows: the scaling in which each number is from -1 to
 * 1, and how long a row is then at most.
 *
 * <p>A number is shifted by the middle of its bounds and divided by half their width; in a model
 * without intercept, which can't absorb a shift, it is divided by the largest absolute value. So is
 * a number that is multiplied with categories, and each entry of a vector, as their zeros must stay
 * zeros. A category alone stays 0 or 1. So each term, each entry of a vector and the intercept's 1
 * have a length of at most 1, as of the features of a category at most one is other than 0: a row
 * is no longer than the root of their number.
 *
 * <p>These are units that suit noise. What is guaranteed is guaranteed by the statements, which
 * shorten whatever row is longer.
 */
final class RowBounds {
  private final FeatureEncoding encoding;
  private final PrivacySettings privacy;
  private final boolean centers;
  private final double[] middles;
  private final double[] halves;
  private int parts;

  private RowBounds(FeatureEncoding encoding, PrivacySettings privacy, ModelShape shape) {
    this.encoding = encoding;
    this.privacy = privacy;
    this.centers = shape.hasIntercept();
    this.middles = new double[shape.features()];
    this.halves = new double[shape.features()];
    this.parts = centers ? 1 : 0;
  }

  /**
   * Returns how far a row reaches.
   *
   * @param encoding complete: with all levels, and vectors' width
   * @throws ConfigurationException if no bound follows for a term of the formula; it names all such
   */
  static RowCut of(FeatureEncoding encoding, PrivacySettings privacy, ModelShape shape) {
    RowBounds bounds = new RowBounds(encoding, privacy, shape);
    if (encoding.isVectors()) {
      bounds.ofVectors();
    } else {
      bounds.ofTerms();
    }
    double norm = Math.sqrt(bounds.parts);
    return new RowCut(
        Scaling.standardize(shape, bounds.middles, bounds.halves),
        privacy.maxRowNorm().isPresent()
            ? Math.min(norm, privacy.maxRowNorm().getAsDouble())
            : norm,
        privacy.maxWeight(),
        privacy.rowsPerPerson());
  }

  private void ofVectors() {
    Interval entries = privacy.bounds().get(encoding.columns().get(0).name());
    Arrays.fill(halves, entries.reach());
    parts += halves.length;
  }

  private void ofTerms() {
    List<String> unbounded = new ArrayList<>();
    int at = 0;
    for (Term term : encoding.terms()) {
      int width = term.categories().stream().mapToInt(this::width).reduce(1, (a, b) -> a * b);
      Optional<Interval> product = product(term);
      if (product.isPresent()) {
        fill(term, product.get(), at, width);
      } else {
        term.values().forEach(value -> unbounded.add(value.text()));
      }
      at += width;
      parts++;
    }
    if (!unbounded.isEmpty()) {
      throw new ConfigurationException(
          "privacy.bounds must bound each term of data.formula, and no bound follows for "
              + String.join(", ", unbounded)
              + ": with bounds such as these it may be infinite, or no number");
    }
  }

  private int width(Category category) {
    return encoding.categories().stream()
        .filter(column -> column.name().equals(category.column()))
        .map((OneHot column) -> column.coded(category.full()).size())
        .findFirst()
        .orElseThrow();
  }

  private Optional<Interval> product(Term term) {
    Optional<Interval> product = Interval.around(1.0);
    for (Expression value : term.values()) {
      product =
          product.flatMap(
              left ->
                  ExpressionRange.of(value, column -> privacy.bounds().get(column))
                      .flatMap(left::times));
    }
    return product;
  }

  private void fill(Term term, Interval product, int at, int width) {
    boolean isShifted = centers && term.categories().isEmpty();
    for (int j = at; j < at + width; j++) {
      middles[j] = isShifted ? product.middle() : 0.0;
      halves[j] = isShifted ? product.halfWidth() : product.reach();
    }
  }
}
