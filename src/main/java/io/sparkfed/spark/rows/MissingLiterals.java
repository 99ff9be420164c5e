package io.sparkfed.spark.rows;

import io.sparkfed.model.MissingTexts;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.spark.sql.catalyst.analysis.UnresolvedAttribute;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.expressions.Cast;
import org.apache.spark.sql.catalyst.expressions.EqualNullSafe;
import org.apache.spark.sql.catalyst.expressions.EqualTo;
import org.apache.spark.sql.catalyst.expressions.Expression;
import org.apache.spark.sql.catalyst.expressions.ILike;
import org.apache.spark.sql.catalyst.expressions.In;
import org.apache.spark.sql.catalyst.expressions.Like;
import org.apache.spark.sql.catalyst.expressions.Literal;
import org.apache.spark.sql.catalyst.expressions.RLike;
import org.apache.spark.sql.catalyst.expressions.String2TrimExpression;
import org.apache.spark.sql.catalyst.expressions.UnaryMinus;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Comparisons of a column with a text that stands for a missing value, or questions whether it is
 * NaN: such a cell is null to SQL, so they are never true, whatever the table holds.
 */
final class MissingLiterals {
  /** Functions of a text that say the same of a missing one, but for blanks around. */
  private static final Set<String> TRIMS = Set.of("trim", "btrim", "ltrim", "rtrim", "string");

  /** Those that say it in another case. */
  private static final Set<String> CASES = Set.of("upper", "ucase", "lower", "lcase", "initcap");

  /** Functions that compare their first argument with the others. */
  private static final Set<String> COMPARING = Set.of("equal_null", "decode", "like", "ilike");

  /** Those that ask for a number that is none. */
  private static final Set<String> NAN_TESTS = Set.of("isnan", "nanvl");

  /** Those that make a number of a text. */
  private static final Set<String> NUMBERS = Set.of("double", "float");

  private static final String NAN = "NaN";

  /** A pattern of nothing but a text, from its beginning to its end. */
  private static final Pattern WHOLE = Pattern.compile("\\^([\\w /-]+)\\$");

  private MissingLiterals() {}

  /**
   * Returns the first such text in an expression; empty where there is none, or no expression.
   *
   * @param isOfFile whether a name in the expression is that of a column of files
   */
  static Optional<String> comparedIn(String sql, MissingTexts missing, Predicate<String> isOfFile) {
    for (Expression node : SqlTree.of(sql)) {
      List<Expression> sides = SqlTree.children(node);
      if (isCallOf(node, NAN_TESTS) && isCell(sides.get(0), isOfFile) && missing.contains(NAN)) {
        return Optional.of(NAN);
      }
      if (!compares(node) || sides.stream().noneMatch(side -> isCell(side, isOfFile))) {
        continue;
      }
      boolean ofAnyCase =
          node instanceof ILike || sides.stream().anyMatch(MissingLiterals::isCased);
      Optional<String> text =
          sides.stream()
              .flatMap(side -> text(side, node).stream())
              .filter(literal -> stands(literal, missing, ofAnyCase))
              .findFirst();
      if (text.isPresent()) {
        return text;
      }
    }
    return Optional.empty();
  }

  private static boolean compares(Expression node) {
    return node instanceof EqualTo
        || node instanceof EqualNullSafe
        || node instanceof In
        || node instanceof Like
        || node instanceof ILike
        || node instanceof RLike
        || isCallOf(node, COMPARING);
  }

  private static boolean stands(String text, MissingTexts missing, boolean ofAnyCase) {
    return missing.contains(text)
        || (ofAnyCase
            && missing.texts().stream().anyMatch(one -> one.equalsIgnoreCase(text.strip())));
  }

  private static boolean isCell(Expression side, Predicate<String> isOfFile) {
    if (side instanceof UnresolvedAttribute attribute) {
      return isOfFile.test(String.join(".", CollectionConverters.asJava(attribute.nameParts())));
    }
    return (keepsCase(side) || isCased(side)) && isCell(SqlTree.children(side).get(0), isOfFile);
  }

  private static boolean isCased(Expression side) {
    return isCallOf(side, CASES) || (keepsCase(side) && isCased(SqlTree.children(side).get(0)));
  }

  private static boolean keepsCase(Expression side) {
    return side instanceof Cast || side instanceof String2TrimExpression || isCallOf(side, TRIMS);
  }

  private static boolean isCallOf(Expression node, Set<String> names) {
    return node instanceof UnresolvedFunction call
        && call.nameParts().size() == 1
        && names.contains(call.nameParts().head().toLowerCase(Locale.ROOT))
        && !SqlTree.children(node).isEmpty();
  }

  /** Returns a literal as it would stand in a cell. */
  private static Optional<String> text(Expression side, Expression comparison) {
    if (side instanceof UnaryMinus minus) {
      return text(minus.child(), comparison).map(number -> "-" + number);
    }
    if (side instanceof Cast || isCallOf(side, NUMBERS)) {
      return text(SqlTree.children(side).get(0), comparison);
    }
    if (!(side instanceof Literal literal) || literal.value() == null) {
      return Optional.empty();
    }
    String text = literal.value().toString();
    return comparison instanceof RLike
        ? Stream.of(WHOLE.matcher(text)).filter(m -> m.matches()).map(m -> m.group(1)).findFirst()
        : Optional.of(text);
  }
}
