package io.sparkfed.spark.rows;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import javax.xml.stream.XMLStreamException;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.io.compress.CodecPool;
import org.apache.hadoop.io.compress.CompressionCodec;
import org.apache.hadoop.io.compress.CompressionCodecFactory;
import org.apache.hadoop.io.compress.Decompressor;
import org.apache.spark.sql.types.ArrayType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;

/**
 * Reads files of records that name their own fields, as far as needed to know that Spark reads what
 * stands in them. Spark takes the first of several records on a line, the last of several values of
 * a field, and a field that it doesn't find, as in another case, for a missing value.
 */
final class RecordFiles {
  private static final Set<String> FORMATS = Set.of("json", "xml");
  private static final String OF_BYTES = "has bytes that are none of its encoding's";

  private final StructType schema;
  private final Map<String, String> exact = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
  private final Set<String> names = new HashSet<>();
  private final Set<String> found = new HashSet<>();
  private final Set<String> inRecord = new HashSet<>();
  private boolean hasRecords;

  private RecordFiles(StructType schema) {
    this.schema = schema;
    for (StructField field : schema.fields()) {
      exact.put(field.name(), field.name());
      names.add(field.name());
    }
  }

  /** What is wrong with a file, in words that hold none of its values. */
  static final class RecordException extends IOException {
    private static final long serialVersionUID = 1L;

    RecordException(String rule) {
      super(rule);
    }
  }

  /**
   * How records are read.
   *
   * @param format json or xml
   * @param options Spark's
   */
  record Options(String format, TreeMap<String, String> options) implements Serializable {
    static Options of(String format, Map<String, String> options) {
      TreeMap<String, String> sorted = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
      sorted.putAll(options);
      return new Options(format.toLowerCase(Locale.ROOT), sorted);
    }

    boolean areOfRecords() {
      return FORMATS.contains(format);
    }
  }

  /**
   * Returns the columns of a schema that a file has, in a task where it is.
   *
   * @throws RecordException with the rule that the file breaks
   */
  static FileColumns columns(Options how, StructType schema, String path, Configuration hadoop)
      throws IOException {
    RecordFiles records = new RecordFiles(schema);
    try (InputStream in = open(new Path(path), hadoop)) {
      if (how.format().equals("json")) {
        new JsonRecords(how.options(), records).read(in);
      } else {
        new XmlRecords(how.options(), records).read(in);
      }
    } catch (CharacterCodingException e) {
      throw new RecordException(OF_BYTES);
    } catch (XMLStreamException e) {
      boolean isOfBytes =
          e.getNestedException() instanceof CharacterCodingException
              || e.getCause() instanceof CharacterCodingException;
      throw new RecordException(isOfBytes ? OF_BYTES : "isn't well-formed");
    } catch (JsonProcessingException e) {
      throw new RecordException("isn't well-formed");
    }
    return records.columns();
  }

  private static InputStream open(Path file, Configuration hadoop) throws IOException {
    CompressionCodec codec = new CompressionCodecFactory(hadoop).getCodec(file);
    InputStream in = file.getFileSystem(hadoop).open(file);
    if (codec == null) {
      return in;
    }
    Decompressor decompressor = CodecPool.getDecompressor(codec);
    return new FilterInputStream(codec.createInputStream(in, decompressor)) {
      @Override
      public void close() throws IOException {
        super.close();
        CodecPool.returnDecompressor(decompressor);
      }
    };
  }

  void beginRecord() {
    hasRecords = true;
    inRecord.clear();
  }

  /**
   * Takes a field of a record.
   *
   * @param where of the record in the file, e.g. line 3
   */
  void field(String name, String where) throws RecordException {
    String column = exact.get(name);
    if (column == null) {
      return;
    }
    if (!names.contains(name)) {
      throw new RecordException(
          "has at " + where + " a field that differs from column " + column + " in case only");
    }
    found.add(name);
    if (!inRecord.add(name) && !(schema.apply(name).dataType() instanceof ArrayType)) {
      throw new RecordException("has column " + name + " twice in a record at " + where);
    }
  }

  /** Takes a field that any record may have without naming it. */
  void unnamedField(String name) {
    found.add(name);
  }

  private FileColumns columns() {
    List<String> held = new ArrayList<>(List.of(schema.fieldNames()));
    if (hasRecords) {
      held.retainAll(found);
    }
    LinkedHashMap<String, String> types = new LinkedHashMap<>();
    held.forEach(name -> types.put(name, "field"));
    return new FileColumns(types);
  }
}
