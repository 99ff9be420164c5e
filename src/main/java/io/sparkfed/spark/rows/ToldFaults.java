package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.SplitByColumn;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.KeyWords;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.data.DataFault;
import io.sparkfed.data.DataFault.About;
import io.sparkfed.hint.Message;
import io.sparkfed.model.Labels;
import io.sparkfed.model.MissingTexts;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;

/**
 * What is told at the driver of faults in workers' rows. That a worker has a row that breaks a rule
 * is an answer, where the configuration itself says which rows there are, how values are made or
 * what they are compared with; so then the worker isn't named.
 */
final class ToldFaults {
  private ToldFaults() {}

  /**
   * Refuses if one of the faults isn't null.
   *
   * @throws DataException with the first one
   */
  static void refuse(List<DataFault> found, TrainingConfig config) {
    List<Message> faults =
        found.stream()
            .filter(Objects::nonNull)
            .map(fault -> message(fault, config))
            .sorted(Comparator.comparing(Message::toString))
            .toList();
    if (!faults.isEmpty()) {
      String more = faults.size() > 1 ? " (and " + (faults.size() - 1) + " more workers)" : "";
      throw new DataException(Message.of(faults.get(0), more)).in(KeyWords::of);
    }
  }

  /** Returns what is told of a fault. */
  static Message message(DataFault fault, TrainingConfig config) {
    return isAnswer(fault, config)
        ? Message.of(fault.anonymous(), " (its own log says which row)")
        : fault.message();
  }

  private static boolean isAnswer(DataFault fault, TrainingConfig config) {
    DataConfig data = config.data();
    return data.source() instanceof WorkerPaths
        && fault.about() == About.A_ROW
        && (data.isComputed()
            || data.columns().formula().isPresent()
            || data.split() instanceof SplitByColumn
            || !(config.model().response().labels() instanceof Labels.Numbers)
            || data.preprocessing().categories().values().stream()
                .anyMatch(category -> !category.levels().isEmpty())
            || hasOwnMissingTexts(data));
  }

  private static boolean hasOwnMissingTexts(DataConfig data) {
    return !data.missingTexts().equals(MissingTexts.COMMON)
        || data.csv().stream()
            .flatMap(csv -> csv.byWorker().values().stream())
            .anyMatch(dialect -> !dialect.missing().equals(MissingTexts.COMMON));
  }
}
