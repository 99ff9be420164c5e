package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Category;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.survey.FederatedPreprocessing;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.InputColumn.Vectors;
import io.sparkfed.spark.rows.WorkerTables.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.NumericType;

/**
 * The feature columns of the workers' tables against the feature contract. Schemas are known to the
 * driver, so they are compared there.
 */
final class FeatureColumns {
  private FeatureColumns() {}

  /**
   * Returns the encoding that a configuration asks for, with the types that the tables have.
   *
   * @throws DataException if a column is missing or of a type that can't be used, or if two
   *     workers' columns of numbers differ in type; it names the worker and the column
   */
  static FeatureEncoding draft(DataConfig data, List<Table> opened) {
    Map<String, FeatureEncoding> own = new LinkedHashMap<>();
    for (Table table : opened) {
      if (table.rows() != null) {
        own.put(table.worker(), draft(data, table));
      }
    }
    return common(own);
  }

  /**
   * Returns the encoding of the types that the workers' columns have together.
   *
   * @param drafts with the types of each worker's own
   * @throws DataException if there are none, or two workers' columns of numbers differ in type
   */
  static FeatureEncoding common(Map<String, FeatureEncoding> drafts) {
    String first = null;
    FeatureEncoding common = null;
    for (Map.Entry<String, FeatureEncoding> draft : drafts.entrySet()) {
      if (common == null) {
        first = draft.getKey();
        common = draft.getValue();
      }
      common = common(first, common, draft.getKey(), draft.getValue());
    }
    if (common == null) {
      throw new DataException("no worker holds any row");
    }
    return common;
  }

  /** Returns the encoding that a configuration asks for, with the types that a table has. */
  static FeatureEncoding draft(DataConfig data, Table table) {
    String key = data.columns().featuresKey();
    List<InputColumn> columns = new ArrayList<>();
    FeatureEncoding untyped = draft(data);
    untyped.columns().forEach(c -> columns.add(c.withType(typeOf(table, c, key))));
    return new FeatureEncoding(columns, untyped.terms());
  }

  /** Returns the encoding that a configuration asks for, whatever the types of the columns. */
  static FeatureEncoding draft(DataConfig data) {
    DataConfig.Columns names = data.columns();
    if (names.featuresVector().isPresent()) {
      return new FeatureEncoding(List.of(new Vectors(names.featuresVector().get(), 0)));
    }
    Map<String, Category> categories = data.preprocessing().categories();
    Set<String> numbers = names.numbers(categories.keySet());
    List<InputColumn> columns = new ArrayList<>();
    for (String name : names.features()) {
      Category category = categories.get(name);
      if (category != null) {
        columns.add(
            new OneHot(
                name,
                ColumnType.TEXT,
                category.reference().orElse(""),
                category.levels(),
                category.spelling()));
      }
      if (numbers.contains(name)) {
        boolean imputed = data.preprocessing().imputed().contains(name);
        double fill = data.preprocessing().fills().getOrDefault(name, Double.NaN);
        columns.add(new Numeric(name, ColumnType.TEXT, imputed, fill));
      }
    }
    return names.formula().isPresent()
        ? new FeatureEncoding(columns, names.formula().get().terms(categories.keySet()))
        : new FeatureEncoding(columns);
  }

  /**
   * Returns an encoding that is completed by what is public alone.
   *
   * @throws DataException if a category has one level, a reference is no level, or two features
   *     would have one name
   */
  static FeatureEncoding asGiven(FeatureEncoding draft, PrivacySettings privacy) {
    FeatureEncoding given = FederatedPreprocessing.asGiven(draft);
    return privacy.vectorSize().isPresent()
        ? given.withVectorWidth(privacy.vectorSize().getAsInt())
        : given;
  }

  /** Categories of different types have levels in common: together they are of texts. */
  private static FeatureEncoding common(
      String first, FeatureEncoding common, String worker, FeatureEncoding own) {
    List<InputColumn> columns = new ArrayList<>();
    for (int j = 0; j < common.columns().size(); j++) {
      InputColumn column = common.columns().get(j);
      ColumnType type = own.columns().get(j).type();
      if (type != column.type() && !(column instanceof OneHot)) {
        throw new DataException(
            "worker "
                + worker
                + ": column "
                + column.name()
                + " holds values of type "
                + type.label()
                + ", and that of worker "
                + first
                + " of type "
                + column.type().label()
                + "; all workers' columns must be of one type (data.derive can cast them)");
      }
      columns.add(type == column.type() ? column : column.withType(ColumnType.TEXT));
    }
    return new FeatureEncoding(columns, common.terms());
  }

  /**
   * Checks that tables satisfy the contract of a trained model.
   *
   * @throws DataException if a column is missing or of another type; it names the worker and the
   *     column
   */
  static void requireContract(FeatureEncoding ofModel, DataConfig data, List<Table> opened) {
    for (Table table : opened) {
      if (table.rows() == null) {
        continue;
      }
      List<ColumnType> types = new ArrayList<>();
      for (InputColumn column : ofModel.columns()) {
        types.add(typeOf(table, column, data.columns().featuresKey()));
      }
      requireContract(ofModel, TableColumns.where(table), types);
    }
  }

  /**
   * Checks that a table's columns satisfy the contract of a trained model.
   *
   * @param where whose table it is, for the message
   * @param types of its columns, in order
   * @throws DataException if one is of another type
   */
  static void requireContract(FeatureEncoding ofModel, String where, List<ColumnType> types) {
    for (int j = 0; j < types.size(); j++) {
      InputColumn column = ofModel.columns().get(j);
      if (!column.type().accepts(types.get(j))) {
        throw new DataException(
            where
                + "column "
                + column.name()
                + " holds values of type "
                + types.get(j).label()
                + ", and the model needs type "
                + column.type().label());
      }
    }
  }

  /**
   * Returns a table's column.
   *
   * @param key what names it
   * @throws DataException if there is none, or none of a type that can be encoded
   */
  static Column of(Table table, InputColumn column, String key) {
    if (column instanceof Vectors) {
      return TableColumns.ofVectors(table, column.name());
    }
    return column instanceof OneHot
        ? TableColumns.ofLevels(table, column.name())
        : TableColumns.ofNumbers(table, column.name(), key);
  }

  private static ColumnType typeOf(Table table, InputColumn column, String key) {
    if (column instanceof Vectors) {
      TableColumns.ofVectors(table, column.name());
      return ColumnType.VECTOR;
    }
    DataType type =
        column instanceof OneHot
            ? TableColumns.typeOfLevels(table, column.name())
            : TableColumns.typeOfNumbers(table, column.name(), key);
    if (type instanceof NumericType) {
      return ColumnType.NUMBER;
    }
    return type instanceof BooleanType ? ColumnType.BOOLEAN : ColumnType.TEXT;
  }
}
