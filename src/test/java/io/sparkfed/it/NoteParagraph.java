package io.sparkfed.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A paragraph of a Zeppelin note as it is kept in a {@code .zpln} file.
 *
 * @param title empty if there is none
 * @param interpreter {@code spark} (Scala), {@code spark.sql} or {@code md}
 * @param text without the first line, which names the interpreter
 * @param json all of it
 */
public record NoteParagraph(String title, String interpreter, String text, JsonNode json) {

  /** Reads the paragraphs of a note, in order. */
  public static List<NoteParagraph> read(Path note) throws IOException {
    List<NoteParagraph> paragraphs = new ArrayList<>();
    for (JsonNode json : new ObjectMapper().readTree(note.toFile()).path("paragraphs")) {
      String[] parts = json.path("text").asText().split("\\R", 2);
      if (!parts[0].startsWith("%") || parts.length < 2) {
        throw new IOException("must begin with a line that names its interpreter: " + json);
      }
      paragraphs.add(
          new NoteParagraph(
              json.path("title").asText(""), parts[0].substring(1), parts[1].strip(), json));
    }
    return paragraphs;
  }

  /** Returns how its table is drawn; missing if it is no chart. */
  public JsonNode graph() {
    return json.at("/config/results/0/graph");
  }
}
