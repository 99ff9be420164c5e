package io.sparkfed.spark.rows;

import io.sparkfed.csv.CellType;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.data.DataException;
import io.sparkfed.model.PlainText;
import java.io.Serializable;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import org.apache.spark.sql.types.BooleanType;
import org.apache.spark.sql.types.ByteType;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.DateType;
import org.apache.spark.sql.types.Decimal;
import org.apache.spark.sql.types.DecimalType;
import org.apache.spark.sql.types.DoubleType;
import org.apache.spark.sql.types.FloatType;
import org.apache.spark.sql.types.IntegerType;
import org.apache.spark.sql.types.LongType;
import org.apache.spark.sql.types.ShortType;
import org.apache.spark.sql.types.StringType;
import org.apache.spark.sql.types.TimestampNTZType;
import org.apache.spark.sql.types.TimestampType;
import org.apache.spark.unsafe.types.UTF8String;

/**
 * What the cells of a column become in Spark's rows.
 *
 * @param type Spark's type
 * @param isDeclared whether a configuration says so: a declared text is left as it stands, where
 *     numbers of others get decimal points
 * @param zone of moments without an offset
 */
record CsvCells(DataType type, boolean isDeclared, ZoneId zone) implements Serializable {

  /** Returns cells as they stand, numbers with decimal points. */
  static CsvCells texts() {
    return new CsvCells(DataTypes.StringType, false, ZoneOffset.UTC);
  }

  /** Returns cells of a type that was found in all files. */
  static CsvCells found(CellType type, ZoneId zone) {
    DataType known =
        switch (type) {
          case BOOLEAN -> DataTypes.BooleanType;
          case LONG -> DataTypes.LongType;
          case DOUBLE -> DataTypes.DoubleType;
          case DATE -> DataTypes.DateType;
          case TIMESTAMP -> DataTypes.TimestampType;
          case TEXT -> DataTypes.StringType;
        };
    return new CsvCells(known, false, zone);
  }

  /**
   * Returns cells of a type that {@code data.schema} declares.
   *
   * @throws DataException if text can't be read as it
   */
  static CsvCells declared(String column, DataType type, ZoneId zone) {
    CsvCells cells = new CsvCells(type, true, zone);
    if (!cells.isReadable()) {
      throw new DataException(
          "data.schema: column "
              + column
              + " of a csv file can't be of type "
              + type.simpleString()
              + "; read it as STRING and make it one with data.derive");
    }
    return cells;
  }

  private boolean isReadable() {
    return type instanceof StringType
        || type instanceof BooleanType
        || isWhole()
        || type instanceof FloatType
        || type instanceof DoubleType
        || type instanceof DecimalType
        || type instanceof DateType
        || type instanceof TimestampType
        || type instanceof TimestampNTZType;
  }

  private boolean isWhole() {
    return type instanceof ByteType
        || type instanceof ShortType
        || type instanceof IntegerType
        || type instanceof LongType;
  }

  /**
   * Returns a cell's value as Spark's rows hold it.
   *
   * @param cell its text, not missing
   * @param decimal the file's decimal mark
   * @return empty if it isn't of the type
   */
  Optional<Object> of(String cell, char decimal) {
    if (isText()) {
      return text(cell, decimal).map(UTF8String::fromString);
    }
    return CellType.withPoints(PlainText.of(cell), decimal).flatMap(this::value);
  }

  boolean isText() {
    return type instanceof StringType;
  }

  /** Returns whether a cell that is plainly a number is of the type, whatever its number is. */
  boolean takesNumbers() {
    return type instanceof DoubleType || (isText() && !isDeclared);
  }

  /** Returns a cell's text; as {@link #of} where that is one. */
  Optional<String> text(String cell, char decimal) {
    return isDeclared ? Optional.of(cell) : CellType.withPoints(cell, decimal);
  }

  private Optional<Object> value(String text) {
    try {
      if (type instanceof DoubleType) {
        return CellType.number(text).map(number -> number);
      }
      if (type instanceof FloatType) {
        return CellType.number(text).map(Double::floatValue);
      }
      if (isWhole()) {
        return CellType.of(text, '.') == CellType.LONG
            ? Optional.ofNullable(whole(Long.parseLong(text)))
            : Optional.empty();
      }
      if (type instanceof BooleanType) {
        return CellType.of(text, '.') == CellType.BOOLEAN
            ? Optional.of(Boolean.parseBoolean(text))
            : Optional.empty();
      }
      if (type instanceof DecimalType decimal) {
        Decimal number = Decimal.apply(new BigDecimal(text));
        return number.changePrecision(decimal.precision(), decimal.scale())
            ? Optional.of(number)
            : Optional.empty();
      }
      return time(text);
    } catch (ArithmeticException | NumberFormatException e) {
      return Optional.empty();
    }
  }

  private Object whole(long number) {
    if (type instanceof ByteType) {
      return number == (byte) number ? (byte) number : null;
    }
    if (type instanceof ShortType) {
      return number == (short) number ? (short) number : null;
    }
    if (type instanceof IntegerType) {
      return number == (int) number ? (int) number : null;
    }
    return number;
  }

  private Optional<Object> time(String text) {
    if (type instanceof DateType) {
      return CellType.date(text).map(date -> (int) date.toEpochDay());
    }
    Optional<CellType.Moment> moment =
        CellType.date(text)
            .map(date -> new CellType.Moment(date.atStartOfDay(), null))
            .or(() -> CellType.timestamp(text));
    if (type instanceof TimestampNTZType) {
      return moment.map(m -> micros(m.local().toInstant(ZoneOffset.UTC)));
    }
    return moment.map(
        m ->
            micros(
                m.withOffset() == null
                    ? m.local().atZone(zone).toInstant()
                    : m.withOffset().toInstant()));
  }

  private static long micros(Instant instant) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
  }

  /** Returns the rule that a cell of another type breaks; nothing of the cell. */
  String rule(String cell, CsvDialect dialect) {
    return CellType.withPoints(cell, dialect.decimal()).isEmpty()
        ? "holds a number with a point, and data.decimal is a comma: numbers must be without thousands"
            + " separators (a text that looks like one is read if data.schema declares it as"
            + " STRING)"
        : "must be of type "
            + type.simpleString()
            + (isDeclared ? " (data.schema)" : ", as it was when types were found");
  }
}
