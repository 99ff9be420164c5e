package io.sparkfed.model;

import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.formula.Expression;
import io.sparkfed.model.formula.Factor.Category;
import io.sparkfed.model.formula.Term;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;

/**
 * Makes the p features of a row out of the values of its columns, term by term. A row has at most
 * one feature other than 0 in each term. For one thread.
 */
public final class Design {
  private static final int REFERENCE = -1;

  private final List<Product> products;
  private final int width;
  private final boolean isSparse;
  private final Map<String, Integer> numberAt = new HashMap<>();
  private final ToDoubleFunction<String> numbers;
  private double[] row;

  /** Creates the design of an encoding of single values whose levels are known. */
  public Design(FeatureEncoding encoding) {
    Map<String, Integer> categoryAt = new HashMap<>();
    for (int j = 0; j < encoding.columns().size(); j++) {
      InputColumn column = encoding.columns().get(j);
      (column instanceof OneHot ? categoryAt : numberAt).put(column.name(), j);
    }
    int next = 0;
    Product[] made = new Product[encoding.terms().size()];
    for (int t = 0; t < made.length; t++) {
      made[t] = product(encoding, encoding.terms().get(t), categoryAt, next);
      next += made[t].width;
    }
    this.numbers = column -> row[numberAt.get(column)];
    this.products = List.of(made);
    this.width = next;
    this.isSparse = 2 * products.size() <= width;
  }

  /**
   * A term in numbers.
   *
   * @param from its first feature
   * @param width how many it has
   * @param numbers columns of numbers that are multiplied as they are
   * @param computed what else is multiplied
   * @param categories its categories' places among the columns
   * @param codes of each category's levels: a feature's, or {@link #REFERENCE}
   * @param strides how many features a code of each category is worth
   */
  private record Product(
      int from,
      int width,
      int[] numbers,
      List<Expression> computed,
      int[] categories,
      int[][] codes,
      int[] strides) {}

  private Product product(
      FeatureEncoding encoding, Term term, Map<String, Integer> categoryAt, int from) {
    List<Category> own = term.categories();
    int[] places = new int[own.size()];
    int[][] codes = new int[own.size()][];
    int[] strides = new int[own.size()];
    int stride = 1;
    for (int k = 0; k < places.length; k++) {
      places[k] = categoryAt.get(own.get(k).column());
      OneHot category = (OneHot) encoding.columns().get(places[k]);
      List<String> coded = category.coded(own.get(k).full());
      codes[k] = category.levels().stream().mapToInt(coded::indexOf).toArray();
      strides[k] = stride;
      stride *= coded.size();
    }
    int[] numbers =
        term.values().stream()
            .filter(value -> value.onlyColumn() != null)
            .mapToInt(value -> numberAt.get(value.onlyColumn()))
            .toArray();
    List<Expression> computed =
        term.values().stream().filter(value -> value.onlyColumn() == null).toList();
    return new Product(from, stride, numbers, computed, places, codes, strides);
  }

  /** Returns p. */
  public int width() {
    return width;
  }

  /** Returns whether rows are written as entries: at most half of the p features can be so. */
  public boolean isSparse() {
    return isSparse;
  }

  /** Returns how much room {@link #write} needs. */
  public int mostEntries() {
    return isSparse ? products.size() : width;
  }

  /** A product that is not a finite number for a row; carries no value. */
  public static final class NotFiniteException extends Exception {
    private static final long serialVersionUID = 1L;

    private NotFiniteException(String what) {
      super(what);
    }
  }

  /**
   * Writes the features: all p of them, or where the design {@link #isSparse} those that can be
   * other than 0.
   *
   * @param numbers the number in each column of numbers
   * @param levels the place of the row's level among all, in each column of a category
   * @param columnsOut receives the features' indices in ascending order where the design is sparse
   * @param valuesOut receives the features
   * @return how many were written
   * @throws NotFiniteException if one isn't finite; the message is what was to be computed
   */
  public int write(double[] numbers, int[] levels, int[] columnsOut, double[] valuesOut)
      throws NotFiniteException {
    row = numbers;
    int entries = 0;
    if (!isSparse) {
      Arrays.fill(valuesOut, 0, width, 0.0);
    }
    for (Product product : products) {
      int at = product.from;
      boolean isReference = false;
      for (int k = 0; k < product.categories.length; k++) {
        int code = product.codes[k][levels[product.categories[k]]];
        isReference |= code == REFERENCE;
        at += code * product.strides[k];
      }
      double value = value(product);
      if (isReference) {
        continue;
      }
      if (isSparse) {
        columnsOut[entries] = at;
        valuesOut[entries++] = value;
      } else {
        valuesOut[at] = value;
      }
    }
    return isSparse ? entries : width;
  }

  private double value(Product product) throws NotFiniteException {
    double value = 1.0;
    for (int column : product.numbers) {
      value *= row[column];
    }
    for (Expression expression : product.computed) {
      double own = expression.value(numbers);
      if (!Double.isFinite(own)) {
        throw new NotFiniteException(expression.text());
      }
      value *= own;
    }
    if (!Double.isFinite(value)) {
      throw new NotFiniteException("a product of the formula");
    }
    return value;
  }
}
