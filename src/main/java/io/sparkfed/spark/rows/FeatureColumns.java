package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.Category;
import io.sparkfed.data.DataException;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.InputColumn.Vectors;
import io.sparkfed.spark.rows.WorkerTables.Table;
import java.util.ArrayList;
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
    Table first = null;
    FeatureEncoding common = null;
    for (Table table : opened) {
      if (table.rows() == null) {
        continue;
      }
      FeatureEncoding own = draft(data, table);
      if (first == null) {
        first = table;
        common = own;
      }
      common = common(first, common, table, own);
    }
    if (common == null) {
      throw new DataException("no worker holds any row");
    }
    return common;
  }

  private static FeatureEncoding draft(DataConfig data, Table table) {
    DataConfig.Columns names = data.columns();
    if (names.featuresVector().isPresent()) {
      InputColumn vectors = new Vectors(names.featuresVector().get(), 0);
      of(table, vectors, names.featuresKey());
      return new FeatureEncoding(List.of(vectors));
    }
    Map<String, Category> categories = data.preprocessing().categories();
    Set<String> numbers = names.numbers(categories.keySet());
    List<InputColumn> columns = new ArrayList<>();
    for (String name : names.features()) {
      Category category = categories.get(name);
      if (category != null) {
        columns.add(
            typed(
                table,
                new OneHot(
                    name,
                    ColumnType.TEXT,
                    category.reference().orElse(""),
                    category.levels(),
                    category.spelling()),
                names));
      }
      if (numbers.contains(name)) {
        boolean imputed = data.preprocessing().imputed().contains(name);
        columns.add(typed(table, new Numeric(name, ColumnType.TEXT, imputed, Double.NaN), names));
      }
    }
    return names.formula().isPresent()
        ? new FeatureEncoding(columns, names.formula().get().terms(categories.keySet()))
        : new FeatureEncoding(columns);
  }

  private static InputColumn typed(Table table, InputColumn column, DataConfig.Columns names) {
    return column.withType(typeOf(table, column, names.featuresKey()));
  }

  /** Categories of different types have levels in common: together they are of texts. */
  private static FeatureEncoding common(
      Table first, FeatureEncoding common, Table table, FeatureEncoding own) {
    List<InputColumn> columns = new ArrayList<>();
    for (int j = 0; j < common.columns().size(); j++) {
      InputColumn column = common.columns().get(j);
      ColumnType type = own.columns().get(j).type();
      if (type != column.type() && !(column instanceof OneHot)) {
        throw new DataException(
            TableColumns.where(table)
                + "column "
                + column.name()
                + " holds values of type "
                + type.label()
                + ", and that of worker "
                + first.worker()
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
      for (InputColumn column : ofModel.columns()) {
        ColumnType type = typeOf(table, column, data.columns().featuresKey());
        if (!column.type().accepts(type)) {
          throw new DataException(
              TableColumns.where(table)
                  + "column "
                  + column.name()
                  + " holds values of type "
                  + type.label()
                  + ", and the model needs type "
                  + column.type().label());
        }
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
