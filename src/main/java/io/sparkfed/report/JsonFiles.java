package io.sparkfed.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.MetricNoise;
import io.sparkfed.evaluation.PrivacyAccount;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.report.RunReport.FinalModel;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/** The JSON renderings of a run. Numbers that JSON can't write (NaN, infinity) are null. */
public final class JsonFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonFiles() {}

  /** Returns one line of {@code rounds.jsonl}. */
  public static String roundLine(RoundSummary round) {
    ObjectNode line = JSON.createObjectNode();
    line.put("round", round.round());
    line.put("workers", round.workers());
    line.put("dropouts", round.dropouts());
    put(line, "loss", round.loss());
    line.set("metrics", metrics(round.trainMetrics(), round.testMetrics()));
    putNoise(line, round.noise());
    put(line, "seconds", round.seconds());
    line.set("phases", numbers(round.phaseSeconds()));
    round.measured().forEach(line::put);
    return line.toString();
  }

  /**
   * Returns {@code coefficients.json}.
   *
   * @param encoding how columns became the features
   * @param computedLabel what the label was computed by; empty where it was a column
   * @param offset what the offset was made of; empty without one
   */
  public static String coefficients(
      FinalModel model,
      FeatureEncoding encoding,
      Optional<String> computedLabel,
      Optional<String> offset,
      Map<String, String> sqlTypes) {
    ObjectNode node = JSON.createObjectNode();
    node.put("family", model.family());
    ArrayNode features = node.putArray("features");
    model.features().forEach(features::add);
    ArrayNode weights = node.putArray("coefficients");
    for (List<Double> ofOutput : model.coefficients()) {
      ArrayNode row = weights.addArray();
      ofOutput.forEach(row::add);
    }
    ArrayNode intercepts = node.putArray("intercepts");
    model.intercepts().forEach(intercepts::add);
    node.set("classes", classes(model.classes()));
    if (!Double.isNaN(model.threshold())) {
      node.put("threshold", model.threshold());
    }
    node.put("standardize", model.standardization());
    node.put("offset", offset.isPresent());
    computedLabel.ifPresent(label -> node.put("response", label));
    node.set("contract", EncodingJson.write(encoding));
    if (!sqlTypes.isEmpty()) {
      ObjectNode types = node.putObject("sqlTypes");
      new TreeMap<>(sqlTypes).forEach(types::put);
    }
    return pretty(node);
  }

  /** Classes without names are numbers. */
  private static ArrayNode classes(List<String> names) {
    ArrayNode classes = JSON.createArrayNode();
    boolean named =
        IntStream.range(0, names.size()).anyMatch(k -> !names.get(k).equals(String.valueOf(k)));
    for (int k = 0; k < names.size(); k++) {
      if (named) {
        classes.add(names.get(k));
      } else {
        classes.add(k);
      }
    }
    return classes;
  }

  /** Returns {@code run.json}. */
  public static String run(RunReport report) {
    ObjectNode node = JSON.createObjectNode();
    node.put("runId", report.runId());
    node.put("name", report.name());
    node.put("started", report.started().toString());
    put(node, "seconds", report.elapsed().toMillis() / 1000.0);
    node.putObject("exit")
        .put("state", report.exit().state())
        .put("code", report.exit().code())
        .put("message", report.exit().message());
    node.set("metrics", metrics(report.trainMetrics(), report.testMetrics()));
    putNoise(node, report.noise());
    node.set("contract", EncodingJson.write(report.encoding()));
    report.statistics().ifPresent(statistics -> node.set("statistics", statistics(statistics)));
    report.privacy().ifPresent(account -> node.set("privacy", privacy(account)));
    ObjectNode versions = node.putObject("versions");
    report.versions().forEach(versions::put);
    node.putObject("seeds").put("run", report.seed());
    ObjectNode cohort = node.putObject("cohort").put("count", report.cohort().count());
    ArrayNode workers = cohort.putArray("workers");
    report.cohort().workers().forEach(workers::add);
    ObjectNode skipped = cohort.putObject("skipped");
    report.cohort().skipped().forEach(skipped::put);
    cohort.put("placement", report.cohort().placement());
    if (!report.journals().isEmpty()) {
      ObjectNode journals = cohort.putObject("journals");
      report.journals().forEach(journals::put);
    }
    report
        .cohort()
        .dropped()
        .ifPresent(
            dropped -> {
              ObjectNode of = cohort.putObject("dropped").put("workers", dropped.workers());
              dropped
                  .rows()
                  .ifPresentOrElse(rows -> of.put("rows", rows), () -> of.putNull("rows"));
            });
    ObjectNode protection = node.putObject("protection").put("mode", report.protection().mode());
    protection.put("inPlainWords", report.protection().inPlainWords());
    ArrayNode protects = protection.putArray("protects");
    report.protection().protects().forEach(protects::add);
    ArrayNode doesNot = protection.putArray("doesNotProtect");
    report.protection().doesNotProtect().forEach(doesNot::add);
    ArrayNode notes = node.putArray("notes");
    report.notes().forEach(notes::add);
    node.put("rounds", report.rounds().stream().mapToInt(RoundSummary::round).max().orElse(0));
    ObjectNode timings = node.putObject("timings");
    report.phaseSeconds().forEach((phase, seconds) -> put(timings, phase, seconds));
    ObjectNode configuration = node.putObject("configuration");
    report
        .configuration()
        .forEach(
            setting ->
                configuration
                    .putObject(setting.key())
                    .put("value", setting.value())
                    .put("origin", setting.origin()));
    return pretty(node);
  }

  private static ObjectNode statistics(FitStatistics statistics) {
    ObjectNode node = JSON.createObjectNode();
    put(node, "rows", statistics.rows());
    node.put("parameters", statistics.parameters());
    put(node, "residualDegrees", statistics.residualDegrees());
    put(node, "nullDegrees", statistics.nullDegrees());
    put(node, "deviance", statistics.deviance());
    put(node, "nullDeviance", statistics.nullDeviance());
    put(node, "dispersion", statistics.dispersion());
    put(node, "logLikelihood", statistics.logLikelihood());
    put(node, "aic", statistics.aic());
    put(node, "r2", statistics.r2());
    node.put("test", statistics.test());
    put(node, "confidenceLevel", statistics.confidenceLevel());
    node.put("countsNoise", statistics.countsNoise());
    ArrayNode coefficients = node.putArray("coefficients");
    for (FitStatistics.Coefficient c : statistics.coefficients()) {
      ObjectNode row = coefficients.addObject();
      row.put("name", c.name());
      put(row, "estimate", c.estimate());
      put(row, "standardError", c.standardError());
      put(row, "statistic", c.statistic());
      put(row, "pValue", c.pValue());
      put(row, "lower", c.lower());
      put(row, "upper", c.upper());
    }
    return node;
  }

  private static ObjectNode privacy(PrivacyAccount account) {
    ObjectNode node = JSON.createObjectNode();
    node.put("unit", account.unit().text());
    node.put("adjacency", PrivacyWords.adjacency(account));
    put(node, "epsilon", account.epsilon());
    put(node, "delta", account.delta());
    put(node, "rho", account.rho());
    put(node, "advantage", account.advantage());
    node.put("guarantee", PrivacyWords.guarantee(account));
    node.put("inPlainWords", PrivacyWords.meaning(account));
    put(node, "exactEpsilon", account.exactEpsilon());
    node.put("honestWorkers", account.honestWorkers());
    node.put("rowsOfPerson", account.rowsOfPerson());
    ArrayNode releases = node.putArray("releases");
    for (PrivacyAccount.Released release : account.releases()) {
      ObjectNode each = releases.addObject();
      each.put("purpose", release.purpose());
      each.put("rows", release.rows().text());
      each.put("sums", release.sums());
      each.put("length", release.length());
      put(each, "sigma", release.sigma());
      put(each, "sensitivity", release.sensitivity());
      put(each, "rho", release.rho());
    }
    return node;
  }

  /**
   * Returns the metrics of an evaluation by name of the split; with noise, the deviations of what
   * it does to them, and the account; and notes if there are any.
   */
  public static String evaluation(
      Map<String, Map<String, Double>> bySplit,
      Map<String, Map<String, Double>> noiseBySplit,
      Optional<PrivacyAccount> account,
      List<String> notes) {
    ObjectNode node = JSON.createObjectNode();
    ObjectNode metrics = node.putObject("metrics");
    bySplit.forEach((split, values) -> metrics.set(split, numbers(values)));
    account.ifPresent(
        told -> {
          ObjectNode noise = node.putObject("noise");
          noiseBySplit.forEach((split, values) -> noise.set(split, numbers(values)));
          node.set("privacy", privacy(told));
        });
    if (!notes.isEmpty()) {
      ArrayNode all = node.putArray("notes");
      notes.forEach(all::add);
    }
    return pretty(node);
  }

  private static void putNoise(ObjectNode node, MetricNoise noise) {
    if (!noise.isNone()) {
      node.set("noise", metrics(noise.train(), noise.test()));
    }
  }

  private static ObjectNode metrics(Map<String, Double> train, Map<String, Double> test) {
    ObjectNode node = JSON.createObjectNode();
    node.set("train", numbers(train));
    node.set("test", numbers(test));
    return node;
  }

  private static ObjectNode numbers(Map<String, Double> values) {
    ObjectNode node = JSON.createObjectNode();
    values.forEach((name, value) -> put(node, name, value));
    return node;
  }

  private static void put(ObjectNode node, String name, double value) {
    if (Double.isFinite(value)) {
      node.put(name, value);
    } else {
      node.putNull(name);
    }
  }

  private static String pretty(JsonNode node) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(node) + "\n";
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
  }
}
