package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.config.DataConfig.Columns;
import io.sparkfed.config.DataConfig.Source;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.model.formula.Expression;
import io.sparkfed.model.formula.Formula;
import io.sparkfed.model.formula.FormulaException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Reads which columns are what: from the columns' own keys, or from a formula. */
final class ColumnsReader {
  private static final String FORMULA = "data.formula";
  private static final String FEATURES = "data.feature-columns";

  private final Config user;
  private final ConfigReader read;

  /**
   * Creates a reader.
   *
   * @param user what was set, without defaults
   */
  ColumnsReader(Config user, ConfigReader read) {
    this.user = user;
    this.read = read;
  }

  /** Returns the formula; empty where none is set. */
  Optional<Formula> formula() {
    Optional<String> text = read.optionalString(FORMULA);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(Formula.parse(text.get()));
    } catch (FormulaException e) {
      throw invalidFormula(e);
    }
  }

  /** Returns whether the model has an intercept, which a formula says, too. */
  boolean intercept() {
    boolean byKey = read.bool("model.intercept");
    Optional<Formula> formula = formula();
    if (formula.isEmpty()) {
      return byKey;
    }
    boolean byFormula = formula.get().hasIntercept();
    if (user.hasPath("model.intercept") && byKey != byFormula) {
      throw read.invalid(
          "model.intercept",
          "must match data.formula, "
              + byFormula
              + " (+ 0 leaves the intercept out; without it the intercept stays)");
    }
    return byFormula;
  }

  Columns columns(Source source) {
    Optional<Formula> formula = formula();
    Columns columns = formula.isPresent() ? of(formula.get(), source) : named(source);
    if (!(source instanceof Synthetic)
        && columns.features().isEmpty()
        && columns.featuresVector().isEmpty()
        && !intercept()) {
      throw new ConfigurationException(
          "model.intercept must be true in a model without features: otherwise nothing is left"
              + " of the model");
    }
    return columns;
  }

  private Columns named(Source source) {
    List<String> features = read.strings(FEATURES);
    Optional<String> vector = read.optionalString("data.features-column");
    boolean both = !features.isEmpty() && vector.isPresent();
    boolean none = !user.hasPath(FEATURES) && vector.isEmpty();
    if (both || (none && !(source instanceof Synthetic))) {
      throw new ConfigurationException(
          "exactly one of data.feature-columns, data.features-column and data.formula must be set"
              + " (data.feature-columns = [] for a model of its intercept alone)");
    }
    Set<String> seen = new HashSet<>();
    for (String feature : features) {
      if (!seen.add(feature)) {
        throw read.invalid(FEATURES, "must not name a column twice: " + feature);
      }
    }
    String label = read.string("data.label-column");
    if (features.stream().anyMatch(label::equalsIgnoreCase)) {
      throw read.invalid(FEATURES, "must not name the label (data.label-column): " + label);
    }
    return new Columns(
        label,
        List.copyOf(features),
        vector,
        read.optionalString("data.weight-column"),
        read.optionalString("data.offset-column"),
        Optional.empty());
  }

  private Columns of(Formula formula, Source source) {
    if (source instanceof Synthetic) {
      throw read.invalid(FORMULA, "is for tables, but the rows are generated");
    }
    refuseBeside("data.features-column", true);
    refuseBeside(FEATURES, !read.strings(FEATURES).isEmpty());
    refuseBeside("data.label-column", formula.response().isPresent());
    refuseBeside("data.offset-column", formula.offset().isPresent());
    String label =
        formula
            .response()
            .map(ColumnsReader::name)
            .orElseGet(() -> read.string("data.label-column"));
    List<String> features = formula.columns();
    if (formula.response().isEmpty() && features.stream().anyMatch(label::equalsIgnoreCase)) {
      throw read.invalid(FORMULA, "must not name the label (data.label-column): " + label);
    }
    try {
      formula.terms(new HashSet<>(read.sectionNames("data.categorical")));
    } catch (FormulaException e) {
      throw invalidFormula(e);
    }
    return new Columns(
        label,
        features,
        Optional.empty(),
        read.optionalString("data.weight-column"),
        formula
            .offset()
            .map(ColumnsReader::name)
            .or(() -> read.optionalString("data.offset-column")),
        Optional.of(formula));
  }

  private void refuseBeside(String key, boolean isSaid) {
    if (isSaid && user.hasPath(key)) {
      throw read.invalid(key, "must not be set beside data.formula, which defines it");
    }
  }

  private ConfigurationException invalidFormula(FormulaException e) {
    ConfigurationException invalid = read.invalid(FORMULA, e.getMessage());
    invalid.initCause(e);
    return invalid;
  }

  private static String name(Expression expression) {
    String column = expression.onlyColumn();
    return column == null ? expression.text() : column;
  }
}
