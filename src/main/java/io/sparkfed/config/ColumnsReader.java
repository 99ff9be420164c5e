package io.sparkfed.config;

import com.typesafe.config.Config;
import io.sparkfed.config.DataConfig.Columns;
import io.sparkfed.config.DataConfig.Source;
import io.sparkfed.config.DataConfig.Synthetic;
import io.sparkfed.model.formula.Expression;
import io.sparkfed.model.formula.Formula;
import io.sparkfed.model.formula.FormulaException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

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
    ColumnNames.requireOnce(FEATURES, features);
    String label = read.string("data.label-column");
    if (ColumnNames.spelled(label, features).isPresent()) {
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
    Set<String> all = new LinkedHashSet<>(features);
    formula.response().ifPresent(expression -> all.addAll(expression.columns()));
    formula.offset().ifPresent(expression -> all.addAll(expression.columns()));
    ColumnNames.requireOnce(FORMULA, all);
    if (formula.response().isEmpty() && ColumnNames.spelled(label, features).isPresent()) {
      throw read.invalid(FORMULA, "must not name the label (data.label-column): " + label);
    }
    try {
      formula.terms(
          read.sectionNames("data.categorical").stream()
              .map(name -> ColumnNames.spelled(name, features).orElse(name))
              .collect(Collectors.toSet()));
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
