package io.sparkfed.model.formula;

import io.sparkfed.model.formula.Expression.Binary;
import io.sparkfed.model.formula.Tokens.Kind;
import io.sparkfed.model.formula.Tokens.Token;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads a formula as R's {@code terms} does: {@code ^} binds tightest, then {@code :}, {@code
 * %in%}, {@code *} and {@code /}, {@code +} and {@code -}, and {@code ~}.
 */
final class FormulaParser {
  /** More than anybody writes, and few enough to be worked with. */
  private static final int MOST_TERMS = 1000;

  private static final int MOST_VARIABLES_OF_A_TERM = 10;

  private final Tokens tokens;
  private final ExpressionParser expressions;
  private final List<Variable> variables = new ArrayList<>();
  private boolean intercept = true;
  private Optional<Expression> offset = Optional.empty();

  private FormulaParser(String text) {
    this.tokens = new Tokens(text);
    this.expressions = new ExpressionParser(tokens);
  }

  static Formula parse(String text) {
    return new FormulaParser(text).formula(text);
  }

  static Expression expression(String text) {
    FormulaParser parser = new FormulaParser(text);
    Expression expression = parser.expressions.sum();
    parser.requireEnd();
    return expression;
  }

  private Formula formula(String text) {
    Optional<Expression> response = Optional.empty();
    Token start = tokens.peek();
    if (!start.is("~")) {
      response = Optional.of(response(start));
    }
    tokens.require("~");
    Set<BitSet> terms = sum(true);
    requireEnd();
    List<List<Variable>> ordered = new ArrayList<>();
    for (BitSet term : TermAlgebra.inOrder(terms)) {
      ordered.add(term.stream().mapToObj(variables::get).toList());
    }
    requireNotExplained(response, ordered);
    return new Formula(text.strip(), response, ordered, offset, intercept);
  }

  private Expression response(Token start) {
    Expression response = expressions.sum();
    if (response.columns().isEmpty()) {
      throw start.broken("the label must be made of a column");
    }
    return response;
  }

  private static void requireNotExplained(
      Optional<Expression> response, List<List<Variable>> terms) {
    String label =
        response.map(Expression::columns).filter(c -> c.size() == 1).isPresent()
            ? response.get().columns().iterator().next()
            : null;
    for (List<Variable> term : terms) {
      for (Variable variable : term) {
        if (variable.expression().columns().stream().anyMatch(c -> c.equalsIgnoreCase(label))
            || response.filter(variable.expression()::equals).isPresent()) {
          throw new FormulaException(
              variable.position(), "the label must not be among the terms that explain it");
        }
      }
    }
  }

  private void requireEnd() {
    if (tokens.peek().kind() != Kind.END) {
      throw tokens
          .peek()
          .broken("an operator or the end is needed here, not " + tokens.peek().text());
    }
  }

  /**
   * Reads terms.
   *
   * @param adds whether they are added; what is taken away turns the sense of 1 and 0 round
   */
  private Set<BitSet> sum(boolean adds) {
    Set<BitSet> terms = new LinkedHashSet<>();
    boolean first = true;
    while (true) {
      boolean plus = tokens.takes("+");
      boolean minus = !plus && tokens.takes("-");
      if (!first && !plus && !minus) {
        return terms;
      }
      boolean operandAdds = adds != minus;
      if (takesIntercept(operandAdds) || takesOffset(operandAdds)) {
        first = false;
        continue;
      }
      Token at = tokens.peek();
      Set<BitSet> operand = product(operandAdds);
      terms = minus ? TermAlgebra.without(terms, operand) : TermAlgebra.sum(terms, operand);
      requireFew(terms, at);
      first = false;
    }
  }

  private boolean takesIntercept(boolean adds) {
    Token token = tokens.peek();
    Token next = tokens.after();
    boolean isTerm =
        next.kind() == Kind.END || next.is("+") || next.is("-") || next.is(")") || next.is("~");
    if (token.kind() != Kind.NUMBER || !isTerm) {
      return false;
    }
    double number = Double.parseDouble(token.text());
    if (number != 0.0 && number != 1.0) {
      throw token.broken(
          "the only numbers that are terms are 1 and 0, with and without an" + " intercept");
    }
    tokens.take();
    intercept = (number == 1.0) == adds;
    return true;
  }

  private boolean takesOffset(boolean adds) {
    Token token = tokens.peek();
    if (!token.text().equals("offset") || !tokens.after().is("(")) {
      return false;
    }
    if (!adds) {
      throw token.broken("an offset can't be taken away");
    }
    tokens.take();
    tokens.require("(");
    Expression own = expressions.sum();
    tokens.require(")");
    if (own.columns().isEmpty()) {
      throw token.broken("an offset must be made of a column");
    }
    offset = Optional.of(offset.isEmpty() ? own : new Binary('+', offset.get(), own));
    return true;
  }

  private Set<BitSet> product(boolean adds) {
    Set<BitSet> left = within(adds);
    while (tokens.peek().is("*") || tokens.peek().is("/")) {
      Token operator = tokens.take();
      Set<BitSet> right = within(adds);
      left =
          operator.is("*") ? TermAlgebra.crossing(left, right) : TermAlgebra.nesting(left, right);
      requireFew(left, operator);
    }
    return left;
  }

  private Set<BitSet> within(boolean adds) {
    Set<BitSet> left = interaction(adds);
    while (tokens.takes("%in%")) {
      left = TermAlgebra.within(left, interaction(adds));
    }
    return left;
  }

  private Set<BitSet> interaction(boolean adds) {
    Set<BitSet> left = power(adds);
    while (tokens.peek().is(":")) {
      Token operator = tokens.take();
      left = TermAlgebra.product(left, power(adds));
      requireFew(left, operator);
    }
    return left;
  }

  private Set<BitSet> power(boolean adds) {
    Set<BitSet> base = single(adds);
    while (tokens.takes("^")) {
      Token exponent = tokens.take();
      if (exponent.kind() != Kind.NUMBER || !exponent.text().matches("[1-9]|10")) {
        throw exponent.broken(
            "the power of terms must be a whole number from 1 to 10; that of a number is written"
                + " I(x^2)");
      }
      base = TermAlgebra.power(base, Integer.parseInt(exponent.text()));
      requireFew(base, exponent);
    }
    return base;
  }

  private Set<BitSet> single(boolean adds) {
    Token token = tokens.peek();
    if (tokens.takes("(")) {
      Set<BitSet> inner = sum(adds);
      tokens.require(")");
      return inner;
    }
    if (token.kind() == Kind.NUMBER) {
      throw token.broken("numbers in products are written with I(), e.g. I(2 * x)");
    }
    if (token.kind() != Kind.NAME) {
      throw token.broken("a column, a function of columns, 1 or 0 is needed here");
    }
    if (!tokens.after().is("(")) {
      return variable(ExpressionParser.column(tokens.take()), false, token);
    }
    if (List.of("factor", "as.factor", "C").contains(token.text())) {
      return variable(category(), true, token);
    }
    Expression expression = expressions.call();
    if (expression.columns().isEmpty()) {
      throw token.broken("a term must be made of a column");
    }
    return variable(expression, false, token);
  }

  private Expression category() {
    Token function = tokens.take();
    tokens.require("(");
    Token name = tokens.take();
    if (name.kind() != Kind.NAME || !tokens.peek().is(")")) {
      throw name.broken(
          function.text()
              + " takes the name of a column and nothing else; levels and their reference are set by"
              + " data.categorical");
    }
    tokens.require(")");
    return ExpressionParser.column(name);
  }

  private Set<BitSet> variable(Expression expression, boolean isFactor, Token at) {
    Variable own = new Variable(expression, isFactor, at.position());
    int index = 0;
    while (index < variables.size() && !variables.get(index).isSame(own)) {
      index++;
    }
    if (index == variables.size()) {
      variables.add(own);
    }
    BitSet term = new BitSet();
    term.set(index);
    return Set.of(term);
  }

  private static void requireFew(Set<BitSet> terms, Token at) {
    if (terms.size() > MOST_TERMS
        || terms.stream().anyMatch(term -> term.cardinality() > MOST_VARIABLES_OF_A_TERM)) {
      throw at.broken(
          "a formula may have up to "
              + MOST_TERMS
              + " terms, each of up to "
              + MOST_VARIABLES_OF_A_TERM
              + " variables");
    }
  }
}
