package io.sparkfed.model;

import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.InputColumn.Vectors;
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
 * rows to predict must be encoded in the same way. Features lie in the order of the columns, those
 * of a category where the category stood.
 *
 * @param columns the columns in order
 */
public record FeatureEncoding(List<InputColumn> columns) implements Serializable {

  /** Takes a copy of the columns. */
  public FeatureEncoding {
    columns = List.copyOf(columns);
  }

  /** Returns the encoding of number columns of these names, used as they are. */
  public static FeatureEncoding ofNumbers(List<String> names) {
    return new FeatureEncoding(
        names.stream()
            .map(name -> (InputColumn) Numeric.complete(name, ColumnType.NUMBER))
            .toList());
  }

  /** Returns the names of the columns. */
  public List<String> columnNames() {
    return columns.stream().map(InputColumn::name).toList();
  }

  /** Returns the names of the p features, in the order of the coefficients. */
  public List<String> features() {
    List<String> names = new ArrayList<>();
    for (InputColumn column : columns) {
      if (column instanceof OneHot category) {
        category.indicators().forEach(level -> names.add(category.name() + "_" + level));
      } else if (column instanceof Vectors vectors) {
        IntStream.range(0, vectors.width()).forEach(j -> names.add(vectors.name() + "_" + j));
      } else {
        names.add(column.name());
      }
    }
    return List.copyOf(names);
  }

  /** Returns p. */
  public int width() {
    int width = 0;
    for (InputColumn column : columns) {
      if (column instanceof OneHot category) {
        width += category.indicators().size();
      } else {
        width += column instanceof Vectors vectors ? vectors.width() : 1;
      }
    }
    return width;
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
   * Returns SHA-256, in hex, of the feature contract: the columns' names, order, types, and levels
   * with their reference and spelling. Every text is preceded by its length, so that two contracts
   * differ wherever their hashes' inputs do. What replaces missing values is no part of it.
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
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void add(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array());
    digest.update(bytes);
  }
}
