package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.DataConfig.SplitByColumn;
import io.sparkfed.config.PrivacySettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.CellRows;
import io.sparkfed.data.CellRules;
import io.sparkfed.data.PublicBounds;
import io.sparkfed.data.RowForm;
import io.sparkfed.data.RowForm.PartColumn;
import io.sparkfed.data.Scalar;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.Response;
import io.sparkfed.spark.rows.WorkerTables.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.sql.Column;

/**
 * The columns that are read of each row of a worker's table, and the parser that expects them.
 *
 * @param data what a configuration says of the rows
 * @param encoding of the features
 * @param survey whether rows are looked at for what the encoding doesn't know yet
 * @param bounds what numbers are cut to where nothing may be told of a row, so that one that breaks
 *     a rule is left out; null where it may
 * @param person the column that says whose a row is; empty when nobody asks
 */
record RowColumns(
    DataConfig data,
    FeatureEncoding encoding,
    boolean survey,
    PublicBounds bounds,
    Optional<String> person) {
  /** The key that names the column of persons. */
  static final String PERSON_KEY = "privacy.person-column";

  /** Returns the columns of rows that are parsed into these features. */
  static RowColumns encodedBy(FeatureEncoding complete, DataConfig data) {
    return new RowColumns(data, complete, false, null, Optional.empty());
  }

  /** Returns the columns of rows that are parsed into these features in a training. */
  static RowColumns encodedBy(FeatureEncoding complete, TrainingConfig config) {
    return new RowColumns(
        config.data(),
        complete,
        false,
        config.privacy().map(RowColumns::bounds).orElse(null),
        person(config));
  }

  private static PublicBounds bounds(PrivacySettings privacy) {
    return new PublicBounds(privacy.bounds(), privacy.labelBounds().orElse(null));
  }

  /** Returns the columns of rows that are looked at for what an encoding doesn't know yet. */
  static RowColumns surveyedFor(FeatureEncoding draft, DataConfig data) {
    return new RowColumns(data, draft, true, null, Optional.empty());
  }

  private static Optional<String> person(TrainingConfig config) {
    return config.privacy().flatMap(PrivacySettings::personColumn);
  }

  /**
   * Returns the columns that a {@link #parser} of this response expects, in its order.
   *
   * @param response null when no label is read, and with it no weight and no split: rows to predict
   *     need none
   */
  List<Column> of(Table table, Response response) {
    DataConfig.Columns names = data.columns();
    List<Column> columns = new ArrayList<>();
    for (InputColumn feature : encoding.columns()) {
      columns.add(FeatureColumns.of(table, feature, names.featuresKey()));
    }
    if (response != null) {
      add(columns, table, new Scalar(names.response()), "data.label-column");
    }
    if (weight(response) != null) {
      columns.add(TableColumns.ofNumbers(table, weight(response), "data.weight-column"));
    }
    names
        .offsetExpression()
        .ifPresent(offset -> add(columns, table, new Scalar(offset), "data.offset-column"));
    if (split(response) != null) {
      columns.add(TableColumns.any(table, split(response).column(), "data.split.column"));
    }
    person.ifPresent(name -> columns.add(TableColumns.ids(table, name, PERSON_KEY)));
    if (table.worker() == null) {
      String workers = ((PooledTable) data.source()).workerColumn();
      columns.add(TableColumns.ids(table, workers, WorkerIds.KEY));
    }
    return columns;
  }

  /** Whether one query may read several tables; lines that are no rows need one for each. */
  boolean areShared() {
    return bounds == null || !data.format().equalsIgnoreCase(RowwiseCells.LINES);
  }

  /** Returns the cells that a {@link #parser} of this response expects. */
  JavaRDD<CellRows> cells(Table table, Response response) {
    List<Column> columns = of(table, response);
    return bounds == null ? table.select(columns) : table.selectHidden(columns, data.isComputed());
  }

  private void add(List<Column> columns, Table table, Scalar number, String key) {
    for (String name : number.columns()) {
      columns.add(
          TableColumns.ofNumbers(
              table, name, data.columns().formula().isPresent() ? "data.formula" : key));
    }
  }

  /**
   * Returns the parser for {@link #of}.
   *
   * @param response null when no label is read
   */
  RowParser parser(Table table, Response response) {
    DataConfig.Columns names = data.columns();
    SplitByColumn split = split(response);
    RowForm form =
        new RowForm(
            response,
            encoding,
            new CellRules(data.missingTexts(table.worker())),
            survey,
            new Scalar(names.response()),
            weight(response),
            names.offsetExpression().map(Scalar::new).orElse(null),
            split == null ? null : new PartColumn(split.column(), split.train(), split.test()),
            person.orElse(null),
            bounds);
    RowParser parser = new RowParser(form, table.worker(), data.missing(), Lenience.NONE);
    return bounds == null ? parser : parser.hidingRows();
  }

  private String weight(Response response) {
    return response == null ? null : data.columns().weight().orElse(null);
  }

  private SplitByColumn split(Response response) {
    return response != null && data.split() instanceof SplitByColumn split ? split : null;
  }
}
