package io.sparkfed.model.formula;

import java.io.Serializable;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ToDoubleFunction;

/** A number made of the numbers of one row. */
public sealed interface Expression extends Serializable {

  /**
   * Returns the value for a row; not finite where there is none, as of {@code log(0)}.
   *
   * @param row the number in each column, by its name
   */
  double value(ToDoubleFunction<String> row);

  /** Returns the names of the columns, in the order in which they appear, each once. */
  Set<String> columns();

  /** Returns the expression as R writes it; it reads back as the same expression. */
  String text();

  /** How tightly its outermost operator binds: 1 for a sum up to 5 for what stands by itself. */
  int binding();

  /** Returns the name of the only column, where the expression is nothing else; otherwise null. */
  default String onlyColumn() {
    return null;
  }

  /**
   * A column's value.
   *
   * @param name the column's name
   */
  record Column(String name) implements Expression {
    @Override
    public double value(ToDoubleFunction<String> row) {
      return row.applyAsDouble(name);
    }

    @Override
    public Set<String> columns() {
      return Set.of(name);
    }

    @Override
    public String text() {
      return Tokens.isName(name) ? name : "`" + name + "`";
    }

    @Override
    public int binding() {
      return 5;
    }

    @Override
    public String onlyColumn() {
      return name;
    }
  }

  /**
   * A constant.
   *
   * @param number finite and at least 0
   */
  record Constant(double number) implements Expression {
    @Override
    public double value(ToDoubleFunction<String> row) {
      return number;
    }

    @Override
    public Set<String> columns() {
      return Set.of();
    }

    @Override
    public String text() {
      boolean isWhole = number == Math.rint(number) && number < 1e15;
      return isWhole ? String.valueOf((long) number) : String.valueOf(number);
    }

    @Override
    public int binding() {
      return 5;
    }
  }

  /**
   * A function's value.
   *
   * @param function its name in R
   * @param argument what it is taken of
   */
  record Call(String function, Expression argument) implements Expression {
    @Override
    public double value(ToDoubleFunction<String> row) {
      return Function.named(function).orElseThrow().of(argument.value(row));
    }

    @Override
    public Set<String> columns() {
      return argument.columns();
    }

    @Override
    public String text() {
      return function + "(" + argument.text() + ")";
    }

    @Override
    public int binding() {
      return 5;
    }
  }

  /**
   * The negative of a number.
   *
   * @param argument the number
   */
  record Negative(Expression argument) implements Expression {
    @Override
    public double value(ToDoubleFunction<String> row) {
      return -argument.value(row);
    }

    @Override
    public Set<String> columns() {
      return argument.columns();
    }

    @Override
    public String text() {
      return "-" + bracketed(argument, 3);
    }

    @Override
    public int binding() {
      return 3;
    }
  }

  /**
   * Arithmetic on two numbers.
   *
   * @param operator one of + - * / ^
   * @param left its left side
   * @param right its right side
   */
  record Binary(char operator, Expression left, Expression right) implements Expression {
    @Override
    public double value(ToDoubleFunction<String> row) {
      double a = left.value(row);
      double b = right.value(row);
      return switch (operator) {
        case '+' -> a + b;
        case '-' -> a - b;
        case '*' -> a * b;
        case '/' -> a / b;
        default -> StrictMath.pow(a, b);
      };
    }

    @Override
    public Set<String> columns() {
      Set<String> columns = new LinkedHashSet<>(left.columns());
      columns.addAll(right.columns());
      return columns;
    }

    @Override
    public String text() {
      String space = List.of('/', '^').contains(operator) ? "" : " ";
      boolean isPower = operator == '^';
      return bracketed(left, isPower ? binding() + 1 : binding())
          + space
          + operator
          + space
          // R reads a^-1 without brackets, and everything but a power from the left.
          + bracketed(right, isPower ? 3 : binding() + 1);
    }

    @Override
    public int binding() {
      return switch (operator) {
        case '+', '-' -> 1;
        case '*', '/' -> 2;
        default -> 4;
      };
    }
  }

  private static String bracketed(Expression part, int least) {
    return part.binding() < least ? "(" + part.text() + ")" : part.text();
  }
}
