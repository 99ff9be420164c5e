package io.sparkfed.spark.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.util.Map;
import org.apache.spark.SparkException;
import org.junit.jupiter.api.Test;
import scala.collection.immutable.Map$;
import scala.jdk.javaapi.CollectionConverters;

class TaskFailuresTest {
  @Test
  void tag_ofAFailureAndItsCauses_isTheInnermostKind() {
    Throwable condition =
        new SparkException(
            "FAILED_READ_FILE.NO_HINT",
            Map$.MODULE$.from(CollectionConverters.asScala(Map.of("path", "/a"))),
            new IOException("12"));

    assertEquals("EOFException", TaskFailures.tag(new EOFException("31337")));
    assertEquals("FAILED_READ_FILE.NO_HINT", TaskFailures.tag(condition));
    assertEquals(
        "FAILED_READ_FILE.NO_HINT", TaskFailures.tag(new RuntimeException("x", condition)));
  }

  @Test
  void tag_ofAFileThatMayNotBeRead_saysSo() {
    IOException told = new FileNotFoundException("/a/b.csv (Permission denied)");

    assertEquals("PERMISSION_DENIED", TaskFailures.tag(new UncheckedIOException(told)));
    assertEquals(
        "PERMISSION_DENIED",
        TaskFailures.tag(new SparkException("x", new AccessDeniedException(""))));
    assertEquals("FileNotFoundException", TaskFailures.tag(new FileNotFoundException("/a/b.csv")));
  }

  @Test
  void withoutText_hasNoneOfAnyCause() {
    RuntimeException bare =
        TaskFailures.withoutText(new IllegalStateException("31337", new IOException("31337")));

    assertEquals(IllegalStateException.class.getName(), bare.getMessage());
    assertEquals(IOException.class.getName(), bare.getCause().getMessage());
    assertNull(bare.getCause().getCause());
  }
}
