package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.wire.ProtocolException;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.Metadata;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ToldTypesTest {
  private static final AtomicInteger MADE = new AtomicInteger();

  /** Any class with such a constructor. */
  public static final class Told {
    /** Runs where Spark reads the type. */
    public Told() {
      MADE.incrementAndGet();
    }
  }

  @Test
  void of_sparksOwn_isTheType() {
    DataType nested =
        new StructType()
            .add("a", DataTypes.createDecimalType(10, 2), true, Metadata.empty())
            .add("b", DataTypes.createMapType(DataTypes.StringType, DataTypes.DateType))
            .add("c", DataTypes.createArrayType(SQLDataTypes.VectorType()))
            .add("d", SQLDataTypes.MatrixType());

    for (DataType type : new DataType[] {nested, SQLDataTypes.VectorType(), DataTypes.LongType}) {
      assertEquals(type, ToldTypes.of(type.json()));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'type':'udt','class':'%s','pyClass':null,'sqlType':'double'}",
        "{'type':'udt','cl\\u0061ss':'%s','pyClass':null,'sqlType':'double'}",
        "{'class':'org.apache.spark.ml.linalg.VectorUDT','class':'%s','type':'udt','sqlType':'double'}",
        "{'type':'array','containsNull':true,'elementType':{'type':'udt','class':'%s','sqlType':'double'}}",
        "{'type':'udt','class':['%s'],'sqlType':'double'}",
        "{'type':'udt','pyClass':'%s','serializedClass':'gASV','sqlType':'double'}",
        "{'type':'%s'}",
        "'%s'",
        "%s",
        ""
      })
  void of_anythingElse_isRefusedBeforeAnyClassIsMade(String json) {
    String told = json.formatted(Told.class.getName()).replace('\'', '"');

    assertThrows(ProtocolException.class, () -> ToldTypes.of(told));

    assertEquals(0, MADE.get());
  }
}
