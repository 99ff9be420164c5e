package io.sparkfed.model;

import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.InputColumn.Vectors;
import io.sparkfed.model.formula.Expression;
import io.sparkfed.model.formula.Factor;
import io.sparkfed.model.formula.Factor.Category;
import io.sparkfed.model.formula.Factor.Value;
import io.sparkfed.model.formula.Term;
import java.io.Serializable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How the columns of a worker's table become the p features of a model: part of the model, since
 * rows to predict must be encoded in the same way. Features lie in the order of the terms, those of
 * a product of categories together.
 *
 * @param columns the columns in order; where they are to be used both as numbers and as categories,
 *     two of one name
 * @param terms what is made of them; nothing of a column of vectors, whose features are its entries
 */
public record FeatureEncoding(List<InputColumn> columns, List<Term> terms) implements Serializable {
  /** As many as can be counted, and more than can be trained. */
  private static final int MOST_FEATURES = 100_000_000;

  /** Takes a copy of the columns and the terms. */
  public FeatureEncoding {
    columns = List.copyOf(columns);
    terms = List.copyOf(terms);
  }

  /** Creates the encoding in which each column stands for itself. */
  public FeatureEncoding(List<InputColumn> columns) {
    this(columns, mainEffects(columns));
  }

  private static List<Term> mainEffects(List<InputColumn> columns) {
    List<Term> terms = new ArrayList<>();
    for (InputColumn column : columns) {
      if (column instanceof OneHot) {
        terms.add(Term.of(new Category(column.name(), false)));
      } else if (column instanceof Numeric) {
        terms.add(Term.of(new Value(new Expression.Column(column.name()))));
      }
    }
    return terms;
  }

  /** Whether each column stands for itself. */
  public boolean isOfMainEffects() {
    return terms.equals(mainEffects(columns));
  }

  /** Returns the encoding of number columns of these names, used as they are. */
  public static FeatureEncoding ofNumbers(List<String> names) {
    return new FeatureEncoding(
        names.stream()
            .map(name -> (InputColumn) Numeric.complete(name, ColumnType.NUMBER))
            .toList());
  }

  /** Returns the names of the columns, each once. */
  public List<String> columnNames() {
    return columns.stream().map(InputColumn::name).distinct().toList();
  }

  /**
   * Returns the names of the p features, in the order of the coefficients: {@code COLUMN}, {@code
   * COLUMN_LEVEL}, the text of an expression, and these with a colon between them for a product.
   */
  public List<String> features() {
    if (isVectors()) {
      Vectors vectors = (Vectors) columns.get(0);
      return IntStream.range(0, vectors.width()).mapToObj(j -> vectors.name() + "_" + j).toList();
    }
    List<String> names = new ArrayList<>();
    terms.forEach(term -> names.addAll(names(term)));
    return List.copyOf(names);
  }

  private List<String> names(Term term) {
    List<String> names = List.of("");
    for (Factor factor : term.factors()) {
      List<String> longer = new ArrayList<>();
      for (String own : names(factor)) {
        for (String name : names) {
          longer.add(name.isEmpty() ? own : name + ":" + own);
        }
      }
      names = longer;
    }
    return names;
  }

  private List<String> names(Factor factor) {
    if (factor instanceof Category category) {
      return category(category.column()).coded(category.full()).stream()
          .map(level -> category.column() + "_" + level)
          .toList();
    }
    Expression expression = ((Value) factor).expression();
    String column = expression.onlyColumn();
    return List.of(column == null ? expression.text() : column);
  }

  private OneHot category(String column) {
    return categories().stream().filter(c -> c.name().equals(column)).findFirst().orElseThrow();
  }

  /**
   * Returns p.
   *
   * @throws IllegalArgumentException if it is above 10^8
   */
  public int width() {
    if (isVectors()) {
      return ((Vectors) columns.get(0)).width();
    }
    long width = 0;
    for (Term term : terms) {
      long own = 1;
      for (Category factor : term.categories()) {
        own *= category(factor.column()).coded(factor.full()).size();
        if (own > MOST_FEATURES) {
          throw tooMany();
        }
      }
      width += own;
    }
    if (width > MOST_FEATURES) {
      throw tooMany();
    }
    return (int) width;
  }

  private static IllegalArgumentException tooMany() {
    return new IllegalArgumentException("the terms must make at most 100 million features");
  }

  /** Whether the features are one column of vectors. */
  public boolean isVectors() {
    return columns.size() == 1 && columns.get(0) instanceof Vectors;
  }

  /** Returns the categories, in order. */
  public List<OneHot> categories() {
    return columns.stream().filter(OneHot.class::isInstance).map(OneHot.class::cast).toList();
  }

  /** Returns the number columns whose missing values are replaced, in order. */
  public List<Numeric> imputed() {
    return columns.stream()
        .filter(Numeric.class::isInstance)
        .map(Numeric.class::cast)
        .filter(Numeric::imputed)
        .toList();
  }

  /** Returns the encoding of vectors of this width; any other encoding as it is. */
  public FeatureEncoding withVectorWidth(int width) {
    return isVectors()
        ? new FeatureEncoding(List.of(new Vectors(columns.get(0).name(), width)))
        : this;
  }

  /**
   * Returns SHA-256, in hex, of the feature contract: the columns' names, order, types, levels with
   * their reference and spelling, and the terms where a column doesn't stand for itself. Every text
   * is preceded by its length, so that two contracts differ wherever their hashes' inputs do. What
   * replaces missing values is no part of it.
   */
  public String fingerprint() {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    add(digest, "spark-federated feature contract 1");
    for (InputColumn column : columns) {
      add(digest, column.name());
      add(digest, column.type().label());
      if (column instanceof OneHot category) {
        add(digest, "one-hot");
        add(digest, category.reference());
        add(digest, String.valueOf(category.levels().size()));
        category.levels().forEach(level -> add(digest, level));
        if (category.spelling() == Spelling.TEXT) {
          add(digest, "text");
        }
      } else if (column instanceof Vectors vectors) {
        add(digest, "vector");
        add(digest, String.valueOf(vectors.width()));
      } else {
        add(digest, "numeric");
      }
    }
    if (!isOfMainEffects()) {
      add(digest, "terms");
      for (Term term : terms) {
        add(digest, String.valueOf(term.factors().size()));
        for (Factor factor : term.factors()) {
          if (factor instanceof Category category) {
            add(digest, category.full() ? "full" : "treatment");
            add(digest, category.column());
          } else {
            add(digest, "value");
            add(digest, ((Value) factor).expression().text());
          }
        }
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }
}
