package io.sparkfed.report;

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
import io.sparkfed.model.formula.Factor;
import io.sparkfed.model.formula.Factor.Category;
import io.sparkfed.model.formula.Factor.Value;
import io.sparkfed.model.formula.Formula;
import io.sparkfed.model.formula.Term;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The feature contract as JSON: {@code {"fingerprint", "columns": [{"name", "type", "encoding",
 * ...}], "terms": [[...]]}}, without terms where each column stands for itself. What replaces a
 * missing value reads back with the same bits.
 */
public final class EncodingJson {
  private static final ObjectMapper JSON = new ObjectMapper();

  private EncodingJson() {}

  public static ObjectNode write(FeatureEncoding encoding) {
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
    if (!encoding.isOfMainEffects()) {
      ArrayNode terms = node.putArray("terms");
      for (Term term : encoding.terms()) {
        ArrayNode factors = terms.addArray();
        term.factors().forEach(factor -> write(factor, factors.addObject()));
      }
    }
    return node;
  }

  private static void write(Factor factor, ObjectNode node) {
    if (factor instanceof Category category) {
      node.put("category", category.column()).put("coding", category.full() ? "full" : "treatment");
    } else {
      node.put("value", ((Value) factor).expression().text());
    }
  }

  /**
   * Reads a contract back.
   *
   * @throws IllegalArgumentException if it isn't one, or not that of its fingerprint
   */
  public static FeatureEncoding read(JsonNode node) {
    List<InputColumn> columns = new ArrayList<>();
    node.path("columns").forEach(column -> columns.add(column(column)));
    FeatureEncoding encoding =
        node.has("terms")
            ? new FeatureEncoding(columns, terms(node.path("terms")))
            : new FeatureEncoding(columns);
    if (!node.has("columns") || !encoding.fingerprint().equals(node.path("fingerprint").asText())) {
      throw new IllegalArgumentException("its columns must be those of its fingerprint");
    }
    return encoding;
  }

  private static List<Term> terms(JsonNode node) {
    List<Term> terms = new ArrayList<>();
    for (JsonNode term : node) {
      List<Factor> factors = new ArrayList<>();
      for (JsonNode factor : term) {
        factors.add(
            factor.has("category")
                ? new Category(
                    factor.path("category").asText(), factor.path("coding").asText().equals("full"))
                : new Value(Formula.expression(factor.path("value").asText())));
      }
      terms.add(new Term(factors));
    }
    return terms;
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
