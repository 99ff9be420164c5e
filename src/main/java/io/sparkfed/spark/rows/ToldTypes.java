package io.sparkfed.spark.rows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.util.Set;
import org.apache.spark.sql.types.DataType;

/**
 * Types of columns that somebody else told, as JSON. Spark makes an object of a class they name.
 */
final class ToldTypes {
  private static final JsonFactory JSON = new JsonFactory();

  private static final String CLASS = "class";

  private static final String PYTHON_CODE = "serializedClass";

  /** What features come in. */
  private static final Set<String> CLASSES =
      Set.of("org.apache.spark.ml.linalg.VectorUDT", "org.apache.spark.ml.linalg.MatrixUDT");

  private ToldTypes() {}

  /**
   * Returns a type.
   *
   * @throws ProtocolException if the text is none's, or names a class other than those of Spark's
   *     vectors and matrices
   */
  static DataType of(String json) {
    try (JsonParser in = JSON.createParser(json)) {
      for (JsonToken token = in.nextToken(); token != null; token = in.nextToken()) {
        if (token == JsonToken.FIELD_NAME && !isHarmless(in)) {
          throw new ProtocolException("a column's type must be one of Spark's own");
        }
      }
      return DataType.fromJson(json);
    } catch (ProtocolException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      // Scala's patterns and its JSON fail in ways of their own.
      throw new ProtocolException("a column's type must be the JSON of one of Spark's");
    }
  }

  private static boolean isHarmless(JsonParser in) throws IOException {
    String name = in.currentName();
    return !name.equals(PYTHON_CODE)
        && (!name.equals(CLASS)
            || (in.nextToken() == JsonToken.VALUE_STRING && CLASSES.contains(in.getText())));
  }
}
