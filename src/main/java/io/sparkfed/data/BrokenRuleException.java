package io.sparkfed.data;

import io.sparkfed.hint.Message;

/** A rule that a row broke; carries no value. */
public final class BrokenRuleException extends Exception {
  private static final long serialVersionUID = 1L;
  private final String column;
  private final Message rule;
  private final Kind kind;

  /** What can be done with the row. */
  public enum Kind {
    /** Nothing: it is not what it should be. */
    RULE,
    /** It has no score, as a value is missing. */
    MISSING,
    /** It has no score, as the model doesn't know a level. */
    UNSEEN
  }

  BrokenRuleException(String column, String rule) {
    this(column, rule, Kind.RULE);
  }

  BrokenRuleException(String column, String rule, Kind kind) {
    this(column, Message.of(rule), kind);
  }

  BrokenRuleException(String column, Message rule, Kind kind) {
    super(rule.toString());
    this.column = column;
    this.rule = rule;
    this.kind = kind;
  }

  /** Returns the name of the column that breaks it, or the expression that does. */
  public String column() {
    return column;
  }

  /** Returns the rule. */
  public Message rule() {
    return rule;
  }

  public Kind kind() {
    return kind;
  }
}
