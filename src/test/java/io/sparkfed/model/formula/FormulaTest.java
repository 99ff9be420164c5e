package io.sparkfed.model.formula;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.formula.Factor.Category;
import io.sparkfed.model.formula.Factor.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What formulas mean, and what is no formula. */
class FormulaTest {

  /** Terms of numbers, as R labels them. */
  private static String terms(String formula) {
    return Formula.parse(formula).terms(Set.of()).stream()
        .map(term -> term.values().stream().map(Expression::text).collect(Collectors.joining(":")))
        .collect(Collectors.joining(" "));
  }

  /** The right sides are {@code attr(terms(...), "term.labels")} of R. */
  @ParameterizedTest
  @CsvSource({
    "~ a + b, a b",
    "~ b + a, b a",
    "~ a:b + a, a a:b",
    "~ b:a + a, a b:a",
    "~ a*b, a b a:b",
    "~ a*b*c, a b c a:b a:c b:c a:b:c",
    "~ (a + b + c)^2, a b c a:b a:c b:c",
    "~ (a + b + c)**2, a b c a:b a:c b:c",
    "~ (a + b)^2 - a, b a:b",
    "~ a*b - a:b, a b",
    "~ a*(b + c), a b c a:b a:c",
    "~ a:(b + c), a:b a:c",
    "~ a/b/c, a a:b a:b:c",
    "~ (a + b)/c, a b a:b:c",
    "~ a/(b + c), a a:b a:c",
    "~ b %in% a, b:a",
    "~ a + a, a",
    "~ a:a, a",
    "~ a^2, a",
    "~ a:b*c, c a:b a:b:c",
    "~ a - 1, a",
    "~ 0 + a, a",
    "~ -1 + a, a",
    "~ a + (b + c), a b c",
    "~ a - (a + b) + b, b",
    "~ log(a) + I(a^2), log(a) I(a^2)",
    "~ log(  a+1 ), log(a + 1)",
    "~ a + offset(log(n)) + b, a b",
    "~ `x y` + `x y`:a, `x y` `x y`:a",
    "~ .5e1 + a, "
  })
  void terms_operators_areThoseOfR(String formula, String expected) {
    if (expected == null) {
      assertThrows(FormulaException.class, () -> terms(formula));
    } else {
      assertEquals(expected, terms(formula));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "~ a, true",
    "~ 1, true",
    "~ 0, false",
    "~ a - 1, false",
    "~ a + 0, false",
    "~ a - 0, true",
    "~ 0 + a + 1, true",
    "~ 1 + a - 1, false",
    "~ a - (b - 1), true",
    "~ (0 + a), false"
  })
  void hasIntercept_onesAndZeros_areReadFromTheLeft(String formula, boolean expected) {
    assertEquals(expected, Formula.parse(formula).hasIntercept());
  }

  @Test
  void parse_bothSides_areTakenApart() {
    Formula formula =
        Formula.parse("log(y / n) ~ age + factor(g) + offset(log(n)) + offset(`o p`)");

    assertEquals("log(y/n)", formula.response().orElseThrow().text());
    assertEquals("log(n) + `o p`", formula.offset().orElseThrow().text());
    assertEquals(List.of("age", "g"), formula.columns());
    assertEquals(Set.of("g"), formula.factors());
    assertEquals(Set.of("age"), formula.numbers(Set.of("g")));
    assertEquals(Optional.empty(), Formula.parse("~ a").response());
    assertEquals(List.of(), Formula.parse("y ~ 1").terms(Set.of()));
  }

  @Test
  void terms_columnAsNumberAndAsCategory_isBoth() {
    assertEquals(
        List.of(Term.of(new Value(new Expression.Column("d"))), Term.of(new Category("d", false))),
        Formula.parse("~ d + factor(d)").terms(Set.of()));
  }

  /** Values of R. */
  @ParameterizedTest
  @CsvSource({
    "a + b * 2, 8",
    "(a + b) * 2, 10",
    "-a^2, -4",
    "2^3^2, 512",
    "(2^3)^2, 64",
    "2^-1, 0.5",
    "-2^-a, -0.25",
    "a - b - 1, -2",
    "a - (b - 1), 0",
    "12 / a / b, 2",
    "12 / (a / b), 18",
    "-a * -b, 6",
    "--a, 2",
    "+a, 2",
    "1e1 + .5 + 2., 12.5",
    "exp(log(a)) + log2(8) + log10(100) + sqrt(4) + abs(-1), 10",
    "log1p(0) + expm1(0) + sin(0) + cos(0) + tan(0), 1",
    "I(I(a)), 2"
  })
  void expression_arithmetic_isThatOfRAndReadsBack(String text, double expected) {
    Expression expression = Formula.expression(text);
    Map<String, Double> row = Map.of("a", 2.0, "b", 3.0);

    assertEquals(expected, expression.value(row::get), 1e-14);
    assertEquals(expression, Formula.expression(expression.text()), expression.text());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "y; character 2; ~ is needed",
        "y ~; character 4; a column",
        "y ~ a +; character 8; a column",
        "y ~ a b; character 7; an operator",
        "y ~ (a + b; character 11; a ) is needed",
        "y ~ a + b); character 10; an operator",
        "y ~ a ? b; character 7; not ?",
        "y ~ `a; character 5; without its other one",
        "y ~ 2; character 5; are 1 and 0",
        "y ~ 2*x; character 5; I(2 * x)",
        "y ~ .; character 5; name the columns",
        "y ~ a^b; character 7; whole number",
        "y ~ a^0; character 7; I(x^2)",
        "y ~ poly(x, 2); character 5; all rows",
        "y ~ scale(x); character 5; all rows",
        "y ~ ns(x); character 5; all rows",
        "y ~ sigmoid(x); character 5; data.derive",
        "y ~ log(x, 2); character 10; log2",
        "y ~ log(2); character 5; made of a column",
        "y ~ log(factor(x)); character 9; a term of its own",
        "y ~ factor(x + 1); character 12; data.categorical",
        "y ~ factor(x, 2); character 12; data.categorical",
        "y ~ a:offset(n); character 7; a term of its own",
        "y ~ a - offset(n); character 9; taken away",
        "y ~ offset(2); character 5; made of a column",
        "cbind(s, f) ~ a; character 1; data.weight-column",
        "1 ~ a; character 1; made of a column",
        "y ~ a + y; character 9; must not be among",
        "y ~ a + Y:b; character 9; must not be among",
        "log(y) ~ a + I(y^2); character 14; must not be among",
        "y ~ a ~ b; character 7; an operator",
        "y ~ log(1e999 * a); character 9; finite",
        "y ~ (a+b+c+d+e+f+g+h+i+j+k+l+m+n+o+p)^9; character; up to 1000 terms",
        "y ~ a > 2; character 7; not >"
      })
  void parse_whatIsNoFormula_isToldByPlaceAndRule(String text, String place, String rule) {
    FormulaException refusal = assertThrows(FormulaException.class, () -> Formula.parse(text));

    assertTrue(refusal.getMessage().startsWith("at " + place), refusal.getMessage());
    assertTrue(refusal.getMessage().contains(rule), refusal.getMessage());
  }

  @Test
  void terms_functionOfACategory_isToldByPlaceAndRule() {
    Formula formula = Formula.parse("y ~ a + log(sex)");

    FormulaException refusal =
        assertThrows(FormulaException.class, () -> formula.terms(Set.of("sex")));

    assertEquals(
        "at character 9: log(sex) must be made of numbers, and sex is a category"
            + " (data.categorical)",
        refusal.getMessage());
  }

  /** R's rule as it is in its C code, applied to formulas in which it leaves nothing dependent. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "a + b + a:b",
        "a + a:b",
        "b + a:b",
        "a*b*c",
        "a/b/c",
        "a + b:a:c",
        "a + a:x",
        "x + a:x",
        "a:x",
        "a*b*x",
        "(a + b)^2:x + x",
        "a + b + c + a:b + b:c",
        "x:z + a:x:z",
        "a:b:x + a:x + x"
      })
  void terms_withIntercept_areCodedByRsRule(String right) {
    Set<String> categories = Set.of("a", "b", "c");
    List<Term> terms = Formula.parse("~ " + right).terms(categories);
    for (int t = 0; t < terms.size(); t++) {
      for (Factor factor : terms.get(t).factors()) {
        if (factor instanceof Category category) {
          Set<String> rest = names(terms.get(t));
          rest.remove(category.column());
          boolean margin =
              rest.isEmpty()
                  || terms.subList(0, t).stream().anyMatch(other -> names(other).containsAll(rest));
          assertEquals(!margin, category.full(), right + ": " + terms.get(t));
        }
      }
    }
  }

  private static Set<String> names(Term term) {
    return term.factors().stream()
        .map(f -> f instanceof Category c ? c.column() : ((Value) f).expression().text())
        .collect(Collectors.toSet());
  }
}
