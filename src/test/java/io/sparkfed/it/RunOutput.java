package io.sparkfed.it;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A training's output folder.
 *
 * @param dir the folder
 */
public record RunOutput(Path dir) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * Returns the text of {@code coefficients.json}: shortest decimals, so equal text is equal bits.
   */
  public String coefficients() throws IOException {
    return Files.readString(dir.resolve("coefficients.json"));
  }

  /** Returns {@code run.json}. */
  public JsonNode run() throws IOException {
    return JSON.readTree(dir.resolve("run.json").toFile());
  }

  /** Returns the folder of the MLlib model. */
  public String model() {
    return dir.resolve("model").toString();
  }

  /** Returns the notes of {@code run.json}. */
  public List<String> notes() throws IOException {
    List<String> notes = new ArrayList<>();
    run().path("notes").forEach(note -> notes.add(note.asText()));
    return notes;
  }

  /** Returns the executors that ended a task, according to the event logs below a folder. */
  public static SortedSet<String> executorsInEventLogs(Path eventLogs) throws IOException {
    SortedSet<String> executors = new TreeSet<>();
    try (Stream<Path> files = Files.walk(eventLogs)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        for (String line : Files.readAllLines(file)) {
          if (line.startsWith("{\"Event\":\"SparkListenerTaskEnd\"")) {
            executors.add(JSON.readTree(line).path("Task Info").path("Executor ID").asText());
          }
        }
      }
    }
    return executors;
  }
}
