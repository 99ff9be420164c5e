package io.sparkfed.spark.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.serializer.JavaSerializer;
import org.apache.spark.serializer.KryoSerializer;
import org.apache.spark.serializer.Serializer;
import org.apache.spark.serializer.SerializerInstance;
import org.junit.jupiter.api.Test;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

class OwnMemoryTest {
  private static final ClassTag<OwnMemory<String>> TAG = ClassTag$.MODULE$.apply(OwnMemory.class);

  @Test
  void orNull_here_isTheValue() {
    assertEquals("a row", OwnMemory.of("a row").orNull());
    assertTrue(OwnMemory.of("a row").isThere());
    assertFalse(OwnMemory.of("a row").isElsewhere());
    assertNull(OwnMemory.of(null).orNull());
    assertFalse(OwnMemory.of(null).isThere());
  }

  /** By both serializers that {@code spark.serializer} may name. */
  @Test
  void serialized_leavesTheValue() {
    SparkConf conf = new SparkConf(false);
    for (Serializer serializer : List.of(new JavaSerializer(conf), new KryoSerializer(conf))) {
      SerializerInstance instance = serializer.newInstance();
      ByteBuffer bytes = instance.serialize(OwnMemory.of("a row"), TAG);
      String text = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
      OwnMemory<String> moved = instance.deserialize(bytes, TAG);

      assertFalse(text.contains("a row"), text);
      assertTrue(moved.isThere() && moved.isElsewhere());
      assertThrows(IllegalStateException.class, moved::orNull);
      OwnMemory<String> none =
          instance.deserialize(instance.serialize(OwnMemory.of((String) null), TAG), TAG);
      assertFalse(none.isThere() || none.isElsewhere());
    }
  }
}
