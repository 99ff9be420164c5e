package io.sparkfed.output;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkfed.config.ResultSettings;
import io.sparkfed.evaluation.Measurements;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.TrainingState.Cost;
import io.sparkfed.federated.TrainingState.Moments;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.federated.survey.DataFingerprint;
import io.sparkfed.report.EncodingJson;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A checkpoint as one line of JSON. Vectors are base64 of IEEE 754 doubles, big-endian; single
 * numbers are decimals that read back with the same bits, those that JSON can't write are texts.
 */
final class CheckpointJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private CheckpointJson() {}

  static String write(Checkpoint checkpoint) {
    ObjectNode node = JSON.createObjectNode();
    node.put("runId", checkpoint.runId());
    node.put("library", checkpoint.library());
    ObjectNode configuration = node.putObject("configuration");
    configuration.put("sha256", checkpoint.settings().hash());
    ObjectNode settings = configuration.putObject("settings");
    checkpoint.settings().values().forEach(settings::put);
    ObjectNode data = node.putObject("data");
    data.set("contract", EncodingJson.write(checkpoint.data().encoding()));
    ArrayNode workers = data.putArray("workers");
    checkpoint.data().workers().forEach(workers::add);
    ObjectNode types = data.putObject("sqlTypes");
    new TreeMap<>(checkpoint.data().sqlTypes()).forEach(types::put);
    TrainingState state = checkpoint.state();
    ObjectNode training = node.putObject("state");
    training.put("round", state.round());
    training.put("model", base64(state.model()));
    training.put("best", base64(state.best()));
    state.ending().ifPresent(ending -> training.put("ending", ending));
    state
        .moments()
        .ifPresent(
            moments ->
                training
                    .putObject("moments")
                    .put("means", base64(moments.means()))
                    .put("divisors", base64(moments.divisors()))
                    .put("weight", base64(new double[] {moments.weight()}))
                    .put("rows", base64(new double[] {moments.rows()})));
    ObjectNode work = training.putObject("work");
    work.put("at", state.work().at());
    ArrayNode range = work.putArray("range");
    for (int choice : state.work().range()) {
      range.add(choice);
    }
    ObjectNode values = work.putObject("values");
    new TreeMap<>(state.work().values()).forEach((name, v) -> values.put(name, base64(v)));
    Cost cost = state.unreported();
    ObjectNode unreported = training.putObject("unreported");
    unreported
        .put("round", cost.round())
        .put("workers", cost.workers())
        .put("dropouts", cost.dropouts())
        .put("seconds", cost.seconds());
    cost.measured().forEach(unreported::put);
    addPhases(cost.phaseSeconds(), unreported);
    ArrayNode rounds = training.putArray("rounds");
    state.rounds().forEach(round -> add(round, rounds.addObject()));
    return text(node);
  }

  private static void add(RoundSummary round, ObjectNode node) {
    node.put("round", round.round())
        .put("workers", round.workers())
        .put("dropouts", round.dropouts())
        .put("loss", round.loss());
    ObjectNode train = node.putObject("train");
    round.trainMetrics().forEach(train::put);
    ObjectNode test = node.putObject("test");
    round.testMetrics().forEach(test::put);
    node.put("seconds", round.seconds());
    round.measured().forEach(node::put);
    addPhases(round.phaseSeconds(), node);
  }

  private static void addPhases(Map<String, Double> seconds, ObjectNode node) {
    ObjectNode phases = node.putObject("phases");
    seconds.forEach(phases::put);
  }

  static String text(ObjectNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree of plain values can always be written", e);
    }
  }

  /**
   * Reads a checkpoint back.
   *
   * @throws IllegalArgumentException if it isn't one
   */
  static Checkpoint read(String text) {
    JsonNode node;
    try {
      node = JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("it is not JSON", e);
    }
    SortedMap<String, String> settings = new TreeMap<>();
    required(node, "configuration", "settings")
        .properties()
        .forEach(entry -> settings.put(entry.getKey(), entry.getValue().asText()));
    List<String> workers = new ArrayList<>();
    required(node, "data", "workers").forEach(worker -> workers.add(worker.asText()));
    Map<String, String> types = new TreeMap<>();
    required(node, "data", "sqlTypes")
        .properties()
        .forEach(type -> types.put(type.getKey(), type.getValue().asText()));
    return new Checkpoint(
        required(node, "runId").asText(),
        required(node, "library").asText(),
        new ResultSettings(settings),
        new DataFingerprint(EncodingJson.read(required(node, "data", "contract")), workers, types),
        state(required(node, "state")));
  }

  private static TrainingState state(JsonNode node) {
    Optional<Moments> moments =
        node.has("moments")
            ? Optional.of(
                new Moments(
                    vector(required(node, "moments", "means")),
                    vector(required(node, "moments", "divisors")),
                    vector(required(node, "moments", "weight"))[0],
                    vector(required(node, "moments", "rows"))[0]))
            : Optional.empty();
    Map<String, double[]> values = new LinkedHashMap<>();
    required(node, "work", "values")
        .properties()
        .forEach(entry -> values.put(entry.getKey(), vector(entry.getValue())));
    JsonNode choices = required(node, "work", "range");
    int[] range = new int[choices.size()];
    for (int i = 0; i < range.length; i++) {
      range[i] = choices.path(i).asInt();
    }
    List<RoundSummary> rounds = new ArrayList<>();
    required(node, "rounds").forEach(round -> rounds.add(round(round)));
    JsonNode cost = required(node, "unreported");
    return new TrainingState(
        required(node, "round").asInt(),
        vector(required(node, "model")),
        vector(required(node, "best")),
        Optional.ofNullable(node.get("ending")).map(JsonNode::asText),
        moments,
        rounds,
        new Cost(
            required(cost, "round").asInt(),
            required(cost, "workers").asInt(),
            required(cost, "dropouts").asInt(),
            number(required(cost, "seconds")),
            Measurements.read(key -> required(cost, key).asLong()),
            numbers(required(cost, "phases"))),
        new Work(required(node, "work", "at").asText(), values, range));
  }

  private static RoundSummary round(JsonNode node) {
    return new RoundSummary(
        required(node, "round").asInt(),
        required(node, "workers").asInt(),
        required(node, "dropouts").asInt(),
        number(required(node, "loss")),
        numbers(required(node, "train")),
        numbers(required(node, "test")),
        number(required(node, "seconds")),
        Measurements.read(key -> required(node, key).asLong()),
        numbers(required(node, "phases")));
  }

  private static Map<String, Double> numbers(JsonNode node) {
    Map<String, Double> numbers = new LinkedHashMap<>();
    node.properties().forEach(entry -> numbers.put(entry.getKey(), number(entry.getValue())));
    return numbers;
  }

  private static JsonNode required(JsonNode node, String... path) {
    JsonNode found = node;
    for (String name : path) {
      found = found.path(name);
      if (found.isMissingNode()) {
        throw new IllegalArgumentException("it has no " + String.join(".", path));
      }
    }
    return found;
  }

  private static double number(JsonNode node) {
    return node.isTextual() ? Double.parseDouble(node.asText()) : node.doubleValue();
  }

  private static String base64(double[] vector) {
    ByteBuffer bytes = ByteBuffer.allocate(Double.BYTES * vector.length);
    bytes.asDoubleBuffer().put(vector);
    return Base64.getEncoder().encodeToString(bytes.array());
  }

  private static double[] vector(JsonNode node) {
    ByteBuffer bytes = ByteBuffer.wrap(Base64.getDecoder().decode(node.asText()));
    double[] vector = new double[bytes.remaining() / Double.BYTES];
    bytes.asDoubleBuffer().get(vector);
    return vector;
  }
}
