package io.sparkfed.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.InputColumn.Vectors;
import io.sparkfed.model.Spelling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The feature contract as JSON: {@code {"fingerprint", "columns": [{"name", "type", "encoding",
 * ...}]}}. What replaces a missing value reads back with the same bits.
 */
final class EncodingJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EncodingJson() {}

  static ObjectNode write(FeatureEncoding encoding) {
    ObjectNode node = JSON.createObjectNode();
    node.put("fingerprint", encoding.fingerprint());
    ArrayNode columns = node.putArray("columns");
    for (InputColumn column : encoding.columns()) {
      ObjectNode own =
          columns.addObject().put("name", column.name()).put("type", column.type().label());
      if (column instanceof OneHot category) {
        own.put("encoding", "one-hot").put("reference", category.reference());
        ArrayNode levels = own.putArray("levels");
        category.levels().forEach(levels::add);
        if (category.spelling() == Spelling.TEXT) {
          own.put("spelling", "text");
        }
      } else if (column instanceof Vectors vectors) {
        own.put("encoding", "vector").put("width", vectors.width());
      } else {
        own.put("encoding", "numeric");
        if (((Numeric) column).imputed()) {
          own.put("missing", ((Numeric) column).fill());
        }
      }
    }
    return node;
  }

  /**
   * Reads a contract back.
   *
   * @throws IllegalArgumentException if it isn't one, or not that of its fingerprint
   */
  static FeatureEncoding read(JsonNode node) {
    List<InputColumn> columns = new ArrayList<>();
    node.path("columns").forEach(column -> columns.add(column(column)));
    FeatureEncoding encoding = new FeatureEncoding(columns);
    if (columns.isEmpty() || !encoding.fingerprint().equals(node.path("fingerprint").asText())) {
      throw new IllegalArgumentException("its columns must be those of its fingerprint");
    }
    return encoding;
  }

  private static InputColumn column(JsonNode node) {
    String name = node.path("name").asText();
    ColumnType type =
        Arrays.stream(ColumnType.values())
            .filter(known -> known.label().equals(node.path("type").asText()))
            .findFirst()
            .orElseThrow(
                () -> new IllegalArgumentException("column " + name + " must have a known type"));
    return switch (node.path("encoding").asText()) {
      case "numeric" ->
          node.path("missing").isNumber()
              ? new Numeric(name, type, true, node.path("missing").asDouble())
              : Numeric.complete(name, type);
      case "one-hot" -> {
        List<String> levels = new ArrayList<>();
        node.path("levels").forEach(level -> levels.add(level.asText()));
        Spelling spelling =
            node.path("spelling").asText().equals("text") ? Spelling.TEXT : Spelling.VALUE;
        yield new OneHot(name, type, node.path("reference").asText(), levels, spelling);
      }
      case "vector" -> new Vectors(name, node.path("width").asInt());
      default ->
          throw new IllegalArgumentException("column " + name + " must have a known encoding");
    };
  }
}
