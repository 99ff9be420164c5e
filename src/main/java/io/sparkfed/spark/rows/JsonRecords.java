package io.sparkfed.spark.rows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.sparkfed.spark.rows.RecordFiles.RecordException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.hadoop.io.Text;
import org.apache.hadoop.util.LineReader;
import org.apache.spark.sql.catalyst.json.JSONOptionsInRead;
import scala.jdk.javaapi.CollectionConverters;

/** Reads the records of a json file, with the parser that Spark makes of the options. */
final class JsonRecords {
  private final JSONOptionsInRead options;
  private final JsonFactory factory;
  private final RecordFiles records;

  JsonRecords(Map<String, String> options, RecordFiles records) {
    this.options =
        new JSONOptionsInRead(
            scala.collection.immutable.Map.from(CollectionConverters.asScala(options)),
            "UTC",
            "_corrupt_record");
    this.factory = this.options.buildJsonFactory();
    this.records = records;
  }

  void read(InputStream in) throws IOException {
    boolean isEncoded = options.encoding().isDefined();
    if (options.multiLine()) {
      // Without an encoding the parser finds that of the file, as Spark's does.
      try (JsonParser parser =
          isEncoded
              ? factory.createParser(
                  new InputStreamReader(in, Charset.forName(options.encoding().get()).newDecoder()))
              : factory.createParser(in)) {
        readOne(parser, "its only value (data.options.multiLine)");
      }
      return;
    }
    Charset charset =
        isEncoded ? Charset.forName(options.encoding().get()) : StandardCharsets.UTF_8;
    LineReader lines =
        options.lineSeparatorInRead().isDefined()
            ? new LineReader(in, options.lineSeparatorInRead().get())
            : new LineReader(in);
    Text line = new Text();
    for (long number = 1; lines.readLine(line) > 0; number++) {
      String text =
          charset
              .newDecoder()
              .decode(ByteBuffer.wrap(line.getBytes(), 0, line.getLength()))
              .toString();
      boolean isMarked = number == 1 && text.startsWith("\uFEFF");
      try (JsonParser parser = factory.createParser(isMarked ? text.substring(1) : text)) {
        readOne(parser, "line " + number);
      }
    }
  }

  /** Reads a text that holds one record, or a list of them. */
  private void readOne(JsonParser parser, String where) throws IOException {
    try {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_ARRAY) {
        while (parser.nextToken() == JsonToken.START_OBJECT) {
          readRecord(parser, where);
        }
        token = parser.currentToken();
      } else if (token == JsonToken.START_OBJECT) {
        readRecord(parser, where);
      }
      if (token != null && !token.isStructEnd() && token != JsonToken.START_OBJECT) {
        throw new RecordException("has at " + where + " a value that is no record");
      }
      if (token != null && parser.nextToken() != null) {
        throw new RecordException(
            "has more at " + where + " than one record, of which Spark reads the first only");
      }
    } catch (JsonProcessingException e) {
      throw new RecordException("is malformed or cut off at " + where);
    }
  }

  private void readRecord(JsonParser parser, String where) throws IOException {
    records.beginRecord();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      records.field(parser.currentName(), where);
      parser.nextToken();
      parser.skipChildren();
    }
  }
}
