package io.sparkfed.report;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What the report calls the metrics, and in which order it lists them. */
final class MetricNames {

  /** Labels by metric, in the order of the report. */
  private static final Map<String, String> LABELS = labels();

  private MetricNames() {}

  private static Map<String, String> labels() {
    Map<String, String> labels = new LinkedHashMap<>();
    labels.put("rows", "Rows");
    labels.put("workers", "Workers");
    labels.put("objective", "Objective");
    labels.put("logLoss", "Log loss");
    labels.put("hingeLoss", "Hinge loss");
    labels.put("squaredHingeLoss", "Squared hinge loss");
    labels.put("huberLoss", "Huber loss");
    labels.put("meanDeviance", "Mean deviance");
    labels.put("deviance", "Deviance");
    labels.put("meanSquaredError", "Mean squared error");
    labels.put("rmse", "RMSE");
    labels.put("mae", "Mean absolute error");
    labels.put("r2", "R\u00b2");
    labels.put("accuracy", "Accuracy");
    labels.put("precision", "Precision");
    labels.put("recall", "Recall");
    labels.put("macroPrecision", "Macro precision");
    labels.put("macroRecall", "Macro recall");
    labels.put("auc", "AUC");
    labels.put("aucError", "AUC error at most");
    labels.put("sumSquaredErrors", "Sum of squared errors");
    return Collections.unmodifiableMap(labels);
  }

  /** The label on its own; an unknown metric is called by its key. */
  static String label(String key) {
    return LABELS.getOrDefault(key, key);
  }

  /** The label within a phrase: capitals only where they belong to an abbreviation. */
  static String inPhrase(String key) {
    String label = label(key);
    boolean word = LABELS.containsKey(key) && Character.isLowerCase(label.charAt(1));
    return word ? label.substring(0, 1).toLowerCase(Locale.ROOT) + label.substring(1) : label;
  }

  /** Known metrics in a fixed order, then unknown ones in the order they come. */
  static List<String> ordered(Collection<Set<String>> keys) {
    Set<String> all = new LinkedHashSet<>();
    keys.forEach(all::addAll);
    List<String> ordered = new ArrayList<>(LABELS.keySet());
    ordered.retainAll(all);
    all.removeAll(LABELS.keySet());
    ordered.addAll(all);
    return ordered;
  }
}
