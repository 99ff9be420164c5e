package io.sparkfed.spark.rows;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.execution.datasources.orc.OrcUtils;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.apache.spark.sql.types.UserDefinedType;

/**
 * The columns that files say they have, in formats that do.
 *
 * @param types by name, in order, in words of the format
 */
record FileColumns(LinkedHashMap<String, String> types) implements Serializable {
  private static final Set<String> FORMATS = Set.of("avro", "orc", "parquet");

  static boolean areToldBy(String format) {
    return FORMATS.contains(format.toLowerCase(Locale.ROOT));
  }

  /** Returns those of a file, in a task where it is. */
  static FileColumns of(String format, String path, Configuration hadoop) throws IOException {
    Path file = new Path(path);
    return switch (format.toLowerCase(Locale.ROOT)) {
      case "avro" -> ofAvro(file, hadoop);
      case "orc" -> {
        var schema = OrcUtils.readSchema(file, hadoop, false);
        yield of(schema.isEmpty() ? new StructType() : OrcUtils.toCatalystSchema(schema.get()));
      }
      default -> of(PlacedFiles.parquetSchema(file, hadoop));
    };
  }

  /** Returns those of a schema. */
  static FileColumns of(StructType schema) {
    LinkedHashMap<String, String> types = new LinkedHashMap<>();
    for (StructField field : schema.fields()) {
      DataType type = field.dataType();
      types.put(
          field.name(),
          (type instanceof UserDefinedType<?> made ? made.sqlType() : type).simpleString());
    }
    return new FileColumns(types);
  }

  private static FileColumns ofAvro(Path file, Configuration hadoop) throws IOException {
    LinkedHashMap<String, String> types = new LinkedHashMap<>();
    try (InputStream in = file.getFileSystem(hadoop).open(file);
        DataFileStream<GenericRecord> stream =
            new DataFileStream<>(in, new GenericDatumReader<>())) {
      if (stream.getSchema().getType() == Schema.Type.RECORD) {
        stream.getSchema().getFields().forEach(f -> types.put(f.name(), type(f.schema())));
      }
    }
    return new FileColumns(types);
  }

  /** Whether a value can be null doesn't make another type of it. */
  private static String type(Schema schema) {
    List<Schema> all = schema.isUnion() ? schema.getTypes() : List.of(schema);
    return all.stream()
        .filter(one -> one.getType() != Schema.Type.NULL)
        .map(
            one ->
                one.getLogicalType() == null
                    ? one.getType().getName()
                    : one.getLogicalType().getName())
        .sorted()
        .collect(Collectors.joining(" or "));
  }
}
