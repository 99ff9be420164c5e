package io.sparkfed.spark.ml;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.spark.ml.Transformer;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.ParamValidators;
import org.apache.spark.ml.util.Identifiable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructType;

/**
 * The {@link FederatedSummary} of a fit as a table, for clients of Spark Connect: they hold no
 * object of the server's, and may ask one of MLlib's models for what MLlib knows alone. The rows
 * that are transformed say nothing but which session asks; fits of other sessions aren't found.
 */
public final class FederatedSummaryTable extends Transformer {
  private static final long serialVersionUID = 1L;

  /** What can be asked for; each has a method of its name. */
  enum Table {
    ROUNDS,
    STATISTICS,
    FIGURES,
    GOODNESS,
    COHORT,
    NOTES,
    FIT,
    PRIVACY,
    RELEASES;

    String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final String uid;
  private final Param<String> fit;
  private final Param<String> table;

  /** Creates one with a name of its own. */
  public FederatedSummaryTable() {
    this(Identifiable.randomUID("fedSummary"));
  }

  /** Creates one with this name. */
  public FederatedSummaryTable(String uid) {
    this.uid = uid;
    List<String> tables = new ArrayList<>(Stream.of(Table.values()).map(Table::key).toList());
    fit = new Param<>(this, "fit", "uid of the estimator that was fitted");
    table =
        new Param<>(
            this,
            "table",
            "what to tell: " + String.join(", ", tables),
            ParamValidators.inArray(tables));
  }

  @Override
  public String uid() {
    return uid;
  }

  /** Returns the param for the uid of the estimator that was fitted. */
  public Param<String> fit() {
    return fit;
  }

  /**
   * Returns the param for what to tell: {@code rounds}, {@code statistics}, {@code figures}, {@code
   * goodness}, {@code cohort}, {@code notes}, {@code fit}, {@code privacy} or {@code releases}.
   */
  public Param<String> table() {
    return table;
  }

  /** Sets the uid of the estimator that was fitted. */
  public FederatedSummaryTable setFit(String value) {
    set(fit, value);
    return this;
  }

  /** Sets what to tell. */
  public FederatedSummaryTable setTable(String value) {
    set(table, value);
    return this;
  }

  /**
   * Returns the table.
   *
   * @param dataset any rows of the session that fitted; they aren't read
   * @throws IllegalStateException if that session has no such fit, or its model is forgotten
   */
  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    FederatedSummary summary =
        FederatedSummary.ofFit(dataset.sparkSession(), getOrDefault(fit))
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "there is no summary of "
                            + getOrDefault(fit)
                            + ": this session has not fitted it, or the server no longer has its"
                            + " model"));
    return summary.table(getOrDefault(table));
  }

  /** The columns depend on the fit. */
  @Override
  public StructType transformSchema(StructType schema) {
    throw new UnsupportedOperationException("the columns of a summary are known from itself alone");
  }

  @Override
  public FederatedSummaryTable copy(ParamMap extra) {
    return defaultCopy(extra);
  }
}
