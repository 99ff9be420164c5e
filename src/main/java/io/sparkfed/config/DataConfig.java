package io.sparkfed.config;

import io.sparkfed.agent.AgentAddress;
import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.data.LeastRows;
import io.sparkfed.data.Storage;
import io.sparkfed.math.Interval;
import io.sparkfed.model.MissingTexts;
import io.sparkfed.model.Spelling;
import io.sparkfed.model.formula.Expression;
import io.sparkfed.model.formula.Formula;
import java.io.Serializable;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;

/**
 * What {@code data} says.
 *
 * @param format Spark data source
 * @param options options of the data source
 * @param schema schema as DDL
 * @param source where the rows are
 * @param derive columns computed from others, in order: name to SQL expression
 * @param where condition on rows
 * @param columns which columns are what
 * @param split held-out rows
 * @param preprocessing which feature columns are encoded, and how
 * @param missingTexts the texts that stand for a missing value in cells of text
 * @param missing what becomes of a row without a value that is needed and not imputed
 * @param leastRows how many training rows a worker must have to take part
 * @param workersPerTask how many simulated workers share a task; empty to have it chosen
 * @param storage how packed features are kept in memory
 * @param csv how csv files are read; empty for other formats
 * @param knownTypes types that SQL saw when a model was trained, by the lower case of columns'
 *     names: they are not found anew
 */
public record DataConfig(
    String format,
    Map<String, String> options,
    Optional<String> schema,
    Source source,
    Map<String, String> derive,
    Optional<String> where,
    Columns columns,
    Split split,
    Preprocessing preprocessing,
    MissingTexts missingTexts,
    Missing missing,
    LeastRows leastRows,
    OptionalInt workersPerTask,
    Storage storage,
    Optional<Csv> csv,
    Map<String, CellType> knownTypes) {

  /** What the path of a worker's rows begins with that stand under a name in its owner's policy. */
  public static final String DATASET = "dataset:";

  /** Whether expressions make columns, or choose rows. */
  public boolean isComputed() {
    return where.isPresent() || !derive.isEmpty();
  }

  /** Returns the texts that stand for a missing value in a worker's cells. */
  public MissingTexts missingTexts(String worker) {
    return csv.map(all -> all.of(worker).missing()).orElse(missingTexts);
  }

  /**
   * How csv files are read.
   *
   * @param all the dialect of everybody who has none of its own
   * @param byWorker the others' dialects, by worker id
   * @param findsTypes whether SQL sees types that are found in the files; otherwise columns are
   *     text
   */
  public record Csv(CsvDialect all, Map<String, CsvDialect> byWorker, boolean findsTypes) {

    /** Returns a worker's dialect; that of all for null, a pooled table's. */
    public CsvDialect of(String worker) {
      return worker == null ? all : byWorker.getOrDefault(worker, all);
    }
  }

  /** Returns the same with rows from elsewhere. */
  DataConfig with(Source only) {
    return with(only, preprocessing, knownTypes);
  }

  /** Returns the same with types that SQL saw when a model was trained. */
  DataConfig with(Map<String, CellType> ofModel) {
    return with(source, preprocessing, ofModel);
  }

  /** Returns the same with the middle of its bounds for each missing value that is replaced. */
  DataConfig filledWithin(Map<String, Interval> bounds) {
    Map<String, Double> fills = new TreeMap<>();
    preprocessing.imputed().forEach(name -> fills.put(name, bounds.get(name).middle()));
    return with(source, preprocessing.with(fills), knownTypes);
  }

  private DataConfig with(Source rows, Preprocessing encoded, Map<String, CellType> types) {
    return new DataConfig(
        format,
        options,
        schema,
        rows,
        derive,
        where,
        columns,
        split,
        encoded,
        missingTexts,
        missing,
        leastRows,
        workersPerTask,
        storage,
        csv,
        types);
  }

  /** What becomes of rows with a missing value. */
  public enum Missing {
    /** Training ends with a message. */
    ERROR,
    /** They are left out and counted. */
    DROP
  }

  /** Where the rows are. */
  public sealed interface Source permits WorkerPaths, PooledTable, Synthetic {

    /** Returns how many workers there are; empty where only rows say it. */
    OptionalInt knownWorkers();
  }

  /**
   * One path for each worker, read in place.
   *
   * @param paths path by worker id
   * @param hosts the only hosts that may read a worker's path and hold its rows, by worker id; who
   *     isn't in it may run anywhere
   * @param agents where the agents of their owners listen, who read the rows themselves, by worker
   *     id: all of them, or none
   * @param relayKeys folder on each worker's host with the key that tasks show to agents at TLS
   *     ports
   */
  public record WorkerPaths(
      Map<String, String> paths,
      Map<String, List<String>> hosts,
      Map<String, AgentAddress> agents,
      Optional<String> relayKeys)
      implements Source {

    /** Creates paths that Spark reads. */
    public WorkerPaths(Map<String, String> paths, Map<String, List<String>> hosts) {
      this(paths, hosts, Map.of(), Optional.empty());
    }

    @Override
    public OptionalInt knownWorkers() {
      return OptionalInt.of(paths.size());
    }

    /** Whether owners' agents read the rows, and not Spark. */
    public boolean areOfAgents() {
      return !agents.isEmpty();
    }

    /** Returns one worker's path, to be read wherever this runs. */
    WorkerPaths here(String worker) {
      return new WorkerPaths(Map.of(worker, paths.get(worker)), Map.of());
    }
  }

  /**
   * One table whose {@code workerColumn} says whose row it is.
   *
   * @param path the table; empty for sources that need no path, e.g. jdbc
   * @param workerColumn the column with worker ids
   */
  public record PooledTable(Optional<String> path, String workerColumn) implements Source {
    @Override
    public OptionalInt knownWorkers() {
      return OptionalInt.empty();
    }
  }

  /**
   * Generated rows.
   *
   * @param workers number of workers, at least 1
   * @param rowsPerWorker mean number of rows of a worker, at least 1
   * @param features number of features, at least 1
   * @param modelSkew spread of the workers' true models, at least 0
   * @param featureSkew spread of the workers' feature means, at least 0
   */
  public record Synthetic(
      int workers, int rowsPerWorker, int features, double modelSkew, double featureSkew)
      implements Source {

    @Override
    public OptionalInt knownWorkers() {
      return OptionalInt.of(workers);
    }

    /** Returns the features' names: those that are set, if there are as many. */
    public List<String> names(List<String> configured) {
      return configured.size() == features
          ? configured
          : IntStream.range(0, features).mapToObj(j -> "x_" + j).toList();
    }
  }

  /**
   * Which columns are what.
   *
   * @param label the label's column, or its expression in the formula
   * @param features feature columns in order, or those of the formula; empty when {@code
   *     featuresVector} is set, and for a model of its intercept alone
   * @param featuresVector one column of vectors
   * @param weight instance weights
   * @param offset offsets of the scores: a column, or an expression in the formula
   * @param formula what says how features, label and offset are made of columns
   */
  public record Columns(
      String label,
      List<String> features,
      Optional<String> featuresVector,
      Optional<String> weight,
      Optional<String> offset,
      Optional<Formula> formula) {

    /** Returns what the label is made of. */
    public Expression response() {
      return formula.flatMap(Formula::response).orElse(new Expression.Column(label));
    }

    /** Returns the formula's left side where it computes the label; empty where it is a column. */
    public Optional<String> computedLabel() {
      return response().onlyColumn() == null ? Optional.of(label) : Optional.empty();
    }

    /** Returns what the offset is made of; empty without one. */
    public Optional<Expression> offsetExpression() {
      return formula.flatMap(Formula::offset).or(() -> offset.map(Expression.Column::new));
    }

    /** Returns the feature columns that are used as numbers. */
    public Set<String> numbers(Set<String> categories) {
      if (formula.isPresent()) {
        return formula.get().numbers(categories);
      }
      Set<String> numbers = new TreeSet<>(features);
      numbers.removeAll(categories);
      return numbers;
    }

    /** Returns the key that names the feature columns. */
    public String featuresKey() {
      return formula.isPresent() ? "data.formula" : "data.feature-columns";
    }
  }

  /**
   * How feature columns become features where they aren't numbers that are used as they are.
   *
   * @param categories feature columns that hold a category, by name
   * @param imputed feature columns whose missing values are replaced
   * @param fills what replaces them, by column; by the federation's mean where it isn't here
   * @param minLevelRows the least number of rows over all workers that a level may have, at least 1
   * @param minLevelWorkers the least number of workers that have rows at a level, at least 1
   */
  public record Preprocessing(
      Map<String, Category> categories,
      List<String> imputed,
      Map<String, Double> fills,
      int minLevelRows,
      int minLevelWorkers) {

    Preprocessing with(Map<String, Double> constants) {
      return new Preprocessing(categories, imputed, constants, minLevelRows, minLevelWorkers);
    }
  }

  /**
   * A category.
   *
   * @param reference the level without a feature; empty for the first
   * @param levels all levels; empty to collect them from the workers
   * @param spelling which texts are the same level
   */
  public record Category(Optional<String> reference, List<String> levels, Spelling spelling) {}

  /** Held-out rows. */
  public sealed interface Split permits NoSplit, SplitByColumn, SplitByFraction {}

  /** All rows are training rows. */
  public record NoSplit() implements Split {}

  /**
   * A column says which.
   *
   * @param column the column
   * @param train its value for training rows
   * @param test its value for test rows
   */
  public record SplitByColumn(String column, String train, String test)
      implements Split, Serializable {}

  /**
   * A random share of each worker's rows.
   *
   * @param testFraction share of test rows, in (0, 1)
   */
  public record SplitByFraction(double testFraction) implements Split {}
}
