package io.sparkfed.it;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Stands in for what Zeppelin calls {@code z}, as far as the notes need it. */
public final class NoteContext {
  private final Map<String, String> filledIn;
  private final Map<String, String> asked = new LinkedHashMap<>();
  private final List<Dataset<Row>> shown = new ArrayList<>();

  /**
   * Creates a context.
   *
   * @param filledIn what the user filled into forms, by name; all others have their defaults
   */
  NoteContext(Map<String, String> filledIn) {
    this.filledIn = Map.copyOf(filledIn);
  }

  /** Returns what is in a field of a form. */
  public Object textbox(String name, String defaultValue) {
    asked.put(name, defaultValue);
    return filledIn.getOrDefault(name, defaultValue);
  }

  /** Shows a table. */
  public void show(Object table) {
    if (!(table instanceof Dataset<?> dataset)) {
      throw new IllegalArgumentException("Zeppelin shows a Dataset as a table, not " + table);
    }
    shown.add(dataset.toDF());
  }

  /** Returns the fields of the forms so far, with their defaults. */
  Map<String, String> asked() {
    return Map.copyOf(asked);
  }

  /** Returns what has been shown since the last call. */
  List<Dataset<Row>> takeShown() {
    List<Dataset<Row>> taken = List.copyOf(shown);
    shown.clear();
    return taken;
  }
}
