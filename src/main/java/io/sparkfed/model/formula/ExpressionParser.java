package io.sparkfed.model.formula;

import io.sparkfed.model.formula.Expression.Binary;
import io.sparkfed.model.formula.Expression.Call;
import io.sparkfed.model.formula.Expression.Column;
import io.sparkfed.model.formula.Expression.Constant;
import io.sparkfed.model.formula.Expression.Negative;
import io.sparkfed.model.formula.Tokens.Kind;
import io.sparkfed.model.formula.Tokens.Token;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** Reads arithmetic: what stands within a function of a formula, and what it explains. */
final class ExpressionParser {
  /** Functions of a whole column at once, of which a worker holds a part. */
  private static final Set<String> OF_ALL_ROWS =
      Set.of("poly", "ns", "bs", "scale", "cut", "rank", "mean", "sd", "s", "quantile", "lag");

  private static final Set<String> CATEGORIES = Set.of("factor", "as.factor", "C", "ordered");

  private final Tokens tokens;

  ExpressionParser(Tokens tokens) {
    this.tokens = tokens;
  }

  Expression sum() {
    Expression left = product();
    while (tokens.peek().is("+") || tokens.peek().is("-")) {
      char operator = tokens.take().text().charAt(0);
      left = new Binary(operator, left, product());
    }
    return left;
  }

  private Expression product() {
    Expression left = signed();
    while (tokens.peek().is("*") || tokens.peek().is("/")) {
      char operator = tokens.take().text().charAt(0);
      left = new Binary(operator, left, signed());
    }
    return left;
  }

  private Expression signed() {
    if (tokens.takes("-")) {
      return new Negative(signed());
    }
    if (tokens.takes("+")) {
      return signed();
    }
    Expression base = single();
    // Powers are read from the right: a^b^c is a^(b^c).
    return tokens.takes("^") ? new Binary('^', base, signed()) : base;
  }

  private Expression single() {
    Token token = tokens.peek();
    if (tokens.takes("(")) {
      Expression inner = sum();
      tokens.require(")");
      return inner;
    }
    if (token.kind() == Kind.NUMBER) {
      return constant(tokens.take());
    }
    if (token.kind() == Kind.NAME) {
      return tokens.after().is("(") ? call() : column(tokens.take());
    }
    throw token.broken("a column, a number or a function is needed here");
  }

  private static Expression constant(Token token) {
    double number = Double.parseDouble(token.text());
    if (!Double.isFinite(number)) {
      throw token.broken("a number must be finite");
    }
    return new Constant(number);
  }

  static Column column(Token token) {
    if (token.text().equals(".")) {
      throw token.broken(
          "name the columns: . would take in whatever an owner's table happens to hold");
    }
    return new Column(token.text());
  }

  /** Reads a function and its argument. */
  Expression call() {
    Token name = tokens.take();
    if (Function.named(name.text()).isEmpty()) {
      throw name.broken(rule(name.text()));
    }
    tokens.require("(");
    Expression argument = sum();
    if (tokens.peek().is(",")) {
      throw tokens
          .peek()
          .broken(
              name.text()
                  + " has one argument"
                  + (name.text().equals("log")
                      ? "; for other bases there are log2 and log10"
                      : ""));
    }
    tokens.require(")");
    return new Call(name.text(), argument);
  }

  private static String rule(String name) {
    String known =
        Arrays.stream(Function.values()).map(Function::symbol).collect(Collectors.joining(", "));
    if (OF_ALL_ROWS.contains(name)) {
      return name
          + " is a function of all rows together, but each worker has only its own; use"
          + " functions of one row: "
          + known;
    }
    if (CATEGORIES.contains(name)) {
      return name + "(...) is a term of its own, of one column";
    }
    if (name.equals("offset")) {
      return "offset(...) is a term of its own";
    }
    if (name.equals("cbind")) {
      return "the label must be one number; for proportions divide the successes by the trials, and"
          + " take the trials for data.weight-column";
    }
    return name
        + " isn't a function that a formula may have: "
        + known
        + ", factor and offset. Write others in data.derive, as SQL";
  }
}
