package io.sparkfed.hint;

/** What a user may look at or change because of a message. */
public enum Hint {
  SAMPLED_COHORTS("size of cohorts"),
  AGGREGATION_MODE("kind of sum"),
  AGGREGATORS("aggregators"),
  KEYS_FOLDER("folder of keys"),
  MIN_WORKERS("the minimum"),
  CLUSTER_TIMEOUT("timeout"),
  PRESET("preset"),
  ROUNDS("most rounds"),
  STEP_SIZE("step size"),
  LOCAL_STEP_SIZE("workers' step size"),
  SERVER_LEARNING_RATE("server's learning rate"),
  DIVERGENCE_FACTOR("divergence factor"),
  PRECONDITIONER("preconditioner"),
  CLASSES("number of classes"),
  L2("L2"),
  SHARED_UNITS("units shared by all workers"),
  FORMULA("formula"),
  CATEGORIES("categories"),
  LABEL_LEVELS("names of classes"),
  MIN_LEVEL_ROWS("least rows of a level"),
  MIN_LEVEL_WORKERS("least workers of a level"),
  IMPUTATION("imputation"),
  MISSING_VALUES("missing values"),
  FILTER("filter"),
  DERIVED_COLUMNS("derived columns"),
  TEST_ROWS("split"),
  NOISED_ROUNDS("number of rounds"),
  EPSILON("epsilon"),
  BOUNDS("bounds");

  private final String plain;

  Hint(String plain) {
    this.plain = plain;
  }

  /** Returns what it is, for logs and where nobody says what it is called. */
  String plain() {
    return plain;
  }
}
