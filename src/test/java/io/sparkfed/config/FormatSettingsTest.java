package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FormatSettingsTest {
  @TempDir Path folder;

  private ConfigFiles files;

  @BeforeEach
  void prepare() {
    files = new ConfigFiles(folder);
  }

  private Map<String, String> options(String... settings) {
    return files.load(ConfigFiles.LEAST, settings).data().options();
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "XML"})
  void load_formatOfRecords_failsAtOneThatCanNotBeRead(String format) {
    assertEquals("FAILFAST", options("data.format=" + format).get("mode"));
    assertEquals(
        Map.of(
            "multiLine",
            "true",
            "mode",
            "FAILFAST",
            "ignoreCorruptFiles",
            "false",
            "ignoreMissingFiles",
            "false"),
        options(
            "data.format=" + format, "data.options.MODE=failfast", "data.options.multiLine=true"));
  }

  @Test
  void load_formatWithoutModes_hasNone() {
    assertEquals(
        Map.of("ignoreCorruptFiles", "false", "ignoreMissingFiles", "false"),
        options("data.format=orc"));
    assertEquals(
        Map.of("url", "u", "mode", "m"),
        options("data.format=jdbc", "data.options.url=u", "data.options.mode=m"));
  }

  @Test
  void load_parquet_hasItsChecksumsVerified() {
    String option = "parquet.page.verify-checksum.enabled";

    assertEquals("true", options("data.format=Parquet").get(option));
    assertEquals(
        "true", options("data.format=parquet", "data.options.\"" + option + "\"=TRUE").get(option));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "json | mode=DROPMALFORMED | data.options.mode must be FAILFAST, the default: a record",
        "json | Mode=PERMISSIVE | data.options.Mode must be FAILFAST, the default: a record",
        "xml | mode=permissive | data.options.mode must be FAILFAST, the default: a record",
        "orc | ignoreCorruptFiles=TRUE | data.options.ignoreCorruptFiles must be false, the default",
        "parquet | parquet.page.verify-checksum.enabled=false |"
            + " data.options.parquet.page.verify-checksum.enabled must be true, the default",
        "text | ignoremissingfiles=true | data.options.ignoremissingfiles must be false, the default",
      })
  void load_optionThatLosesRows_isRefused(String format, String option, String message) {
    String refusal = files.refusalOf("data.format=" + format, "data.options." + option);
    assertTrue(refusal.startsWith(message), refusal);
  }
}
