package io.sparkfed.spark.rows;

import io.sparkfed.config.TrainingConfig.Handling;
import io.sparkfed.config.TrainingConfig.Predictions;
import io.sparkfed.data.BrokenRuleException;
import io.sparkfed.data.CellRules;
import io.sparkfed.hint.Message;
import java.io.Serializable;

/**
 * What is done with rows that have no score: with a value missing, or at a level that the encoding
 * doesn't know.
 *
 * @param hinted whether messages say that it can be chosen
 */
record Lenience(Handling missing, Handling unseen, boolean hinted) implements Serializable {
  /** Of a training. */
  static final Lenience NONE = new Lenience(Handling.ERROR, Handling.ERROR, false);

  /** Of a training that hides rows: none of them may end it, or be told of. */
  static final Lenience OF_HIDDEN_ROWS = new Lenience(Handling.SKIP, Handling.SKIP, false);

  static Lenience of(Predictions predictions) {
    return new Lenience(predictions.missing(), predictions.unseen(), true);
  }

  Handling of(BrokenRuleException row) {
    return switch (row.kind()) {
      case RULE -> Handling.ERROR;
      case MISSING -> missing;
      case UNSEEN -> unseen;
    };
  }

  /** Returns what a message says: the rule, and what can be chosen instead of what it suggests. */
  Message told(BrokenRuleException row) {
    if (!hinted || row.kind() == BrokenRuleException.Kind.RULE) {
      return row.rule();
    }
    return Message.of(
        row.getMessage().replace(CellRules.REMEDY.toString(), ""),
        " (predictions.",
        row.kind() == BrokenRuleException.Kind.MISSING ? "missing" : "unseen",
        " = skip leaves such rows out, keep writes them without a prediction)");
  }
}
