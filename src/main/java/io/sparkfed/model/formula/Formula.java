package io.sparkfed.model.formula;

import io.sparkfed.model.formula.Factor.Category;
import io.sparkfed.model.formula.Factor.Value;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * A formula. What it means is what it means in R, but for columns that R would drop: {@link
 * Coding}.
 */
public final class Formula implements Serializable {
  private static final long serialVersionUID = 1L;

  private final String text;
  private final Expression response;
  private final ArrayList<List<Variable>> terms;
  private final Expression offset;
  private final boolean intercept;

  Formula(
      String text,
      Optional<Expression> response,
      List<List<Variable>> terms,
      Optional<Expression> offset,
      boolean intercept) {
    this.text = text;
    this.response = response.orElse(null);
    this.terms = new ArrayList<>(terms);
    this.offset = offset.orElse(null);
    this.intercept = intercept;
  }

  /**
   * Reads a formula.
   *
   * @throws FormulaException if it isn't one; it names the place and the rule
   */
  public static Formula parse(String text) {
    return FormulaParser.parse(text);
  }

  /**
   * Reads an expression, as {@link Expression#text} writes it.
   *
   * @throws FormulaException if it isn't one
   */
  public static Expression expression(String text) {
    return FormulaParser.expression(text);
  }

  /** Returns the formula as it was written. */
  public String text() {
    return text;
  }

  /** Returns what is explained; empty where the formula begins with its ~. */
  public Optional<Expression> response() {
    return Optional.ofNullable(response);
  }

  /** Returns the sum of its offsets; empty without any. */
  public Optional<Expression> offset() {
    return Optional.ofNullable(offset);
  }

  /** Whether it has an intercept. */
  public boolean hasIntercept() {
    return intercept;
  }

  /** Returns the columns that it says are categories. */
  public Set<String> factors() {
    Set<String> names = new TreeSet<>();
    terms.forEach(
        term ->
            term.stream()
                .filter(Variable::isFactor)
                .forEach(variable -> names.add(variable.expression().onlyColumn())));
    return names;
  }

  /** Returns the columns that its terms are made of, in the order in which they appear there. */
  public List<String> columns() {
    Set<String> names = new LinkedHashSet<>();
    terms.forEach(term -> term.forEach(variable -> names.addAll(variable.expression().columns())));
    return List.copyOf(names);
  }

  /**
   * Returns the columns that its terms use as numbers.
   *
   * @param categories the columns that hold categories
   */
  public Set<String> numbers(Set<String> categories) {
    Set<String> names = new TreeSet<>();
    for (List<Variable> term : terms) {
      for (Variable variable : term) {
        if (!isCategory(variable, categories)) {
          names.addAll(variable.expression().columns());
        }
      }
    }
    return names;
  }

  /**
   * Returns its terms, coded so that no feature is a combination of others, whatever the rows: a
   * category has a feature for each level where the term without it is not in the formula, and for
   * each level but the reference where it is.
   *
   * @param categories the columns that hold categories, beside those it says are some
   * @throws FormulaException if a function is taken of a category
   */
  public List<Term> terms(Set<String> categories) {
    Set<List<Factor>> products = new LinkedHashSet<>();
    for (List<Variable> term : terms) {
      Set<Factor> factors = new LinkedHashSet<>();
      for (Variable variable : term) {
        factors.add(factor(variable, categories));
      }
      products.add(List.copyOf(factors));
    }
    return Coding.of(products, intercept);
  }

  private static boolean isCategory(Variable variable, Set<String> categories) {
    String column = variable.expression().onlyColumn();
    return variable.isFactor() || (column != null && categories.contains(column));
  }

  private static Factor factor(Variable variable, Set<String> categories) {
    if (isCategory(variable, categories)) {
      return new Category(variable.expression().onlyColumn(), false);
    }
    for (String column : variable.expression().columns()) {
      if (categories.contains(column)) {
        throw new FormulaException(
            variable.position(),
            variable.expression().text()
                + " must be made of numbers, and "
                + column
                + " is a category (data.categorical)");
      }
    }
    return new Value(variable.expression());
  }
}
