package io.sparkfed.report;

import static io.sparkfed.report.ReportText.finite;
import static io.sparkfed.report.ReportText.number;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.samskivert.mustache.Mustache;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/**
 * Models of the same task measured on the same rows: a table, JSON, and a page.
 *
 * @param name the run's name
 * @param family the model's family
 * @param preset how the federation trained
 * @param entries the pooled rows' model, the federation's, and those of workers alone
 */
public record Comparison(String name, String family, String preset, List<Entry> entries) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What is shown, where the family has it. */
  private static final List<String> SHOWN =
      List.of("accuracy", "auc", "logLoss", "hingeLoss", "rmse", "mae", "r2", "meanDeviance");

  /**
   * One model.
   *
   * @param name what it was trained on
   * @param rows which rows it was measured on: test, or train without a split; none where there is
   *     no model
   * @param metrics by name
   */
  public record Entry(String name, String rows, Map<String, Double> metrics) {}

  private List<String> metrics() {
    return SHOWN.stream().filter(entries.get(0).metrics()::containsKey).toList();
  }

  /** Returns the metric less the pooled model's; null where one is missing. */
  private Double difference(Entry entry, String metric) {
    Double own = finite(entry.metrics().get(metric));
    Double pooled = finite(entries.get(0).metrics().get(metric));
    return own == null || pooled == null ? null : (Double) (own - pooled);
  }

  /** Returns the table for a terminal. */
  public String table() {
    int width = entries.stream().mapToInt(entry -> entry.name().length()).max().orElseThrow();
    StringBuilder text = new StringBuilder();
    text.append("on the ").append(entries.get(0).rows()).append(" rows of all workers:\n");
    text.append(pad("", width));
    metrics().forEach(metric -> text.append(String.format(Locale.ROOT, "%16s", metric)));
    text.append('\n');
    for (Entry entry : entries) {
      text.append(pad(entry.name(), width));
      metrics()
          .forEach(
              metric ->
                  text.append(
                      String.format(Locale.ROOT, "%16s", number(entry.metrics().get(metric)))));
      text.append(entry.metrics().isEmpty() ? "  (its rows determine no model)\n" : "\n");
    }
    return text.toString();
  }

  private static String pad(String text, int width) {
    return text + " ".repeat(width - text.length());
  }

  /** Returns {@code compare.json}; numbers that JSON can't write are null. */
  public String json() {
    ObjectNode node = JSON.createObjectNode();
    node.put("name", name).put("family", family).put("preset", preset);
    node.put("rows", entries.get(0).rows());
    ArrayNode models = node.putArray("models");
    for (Entry entry : entries) {
      ObjectNode model = models.addObject().put("name", entry.name());
      ObjectNode metrics = model.putObject("metrics");
      entry.metrics().forEach((key, value) -> metrics.put(key, finite(value)));
      ObjectNode differences = model.putObject("lessPooled");
      metrics().forEach(metric -> differences.put(metric, difference(entry, metric)));
    }
    return node.toPrettyString() + "\n";
  }

  /** Returns a self-contained page: for each metric, a bar for each model. */
  public String html() {
    List<Map<String, Object>> charts = new ArrayList<>();
    for (String metric : metrics()) {
      double largest =
          entries.stream()
              .map(entry -> finite(entry.metrics().get(metric)))
              .filter(Objects::nonNull)
              .mapToDouble(Math::abs)
              .max()
              .orElse(1.0);
      List<Map<String, Object>> bars = new ArrayList<>();
      for (Entry entry : entries) {
        Double value = finite(entry.metrics().get(metric));
        Map<String, Object> bar = new LinkedHashMap<>();
        bar.put("name", entry.name());
        bar.put("value", number(value));
        bar.put("difference", bars.isEmpty() ? "" : number(difference(entry, metric)));
        bar.put("negative", value != null && value < 0.0 ? "negative" : "");
        bar.put("tone", bars.isEmpty() ? "pooled" : bars.size() == 1 ? "federated" : "alone");
        bar.put(
            "percent",
            value == null || largest == 0.0
                ? "0"
                : ReportText.fixed(100.0 * Math.abs(value) / largest, 2));
        bars.add(bar);
      }
      charts.add(Map.of("label", MetricNames.label(metric), "bars", bars));
    }
    return Mustache.compiler()
        .compile(template())
        .execute(
            Map.of(
                "name", name,
                "family", family,
                "preset", preset,
                "rows", entries.get(0).rows(),
                "charts", charts));
  }

  private static String template() {
    try (InputStream stream = Comparison.class.getResourceAsStream("compare.mustache")) {
      return new String(
          Objects.requireNonNull(stream, "compare.mustache").readAllBytes(),
          StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
