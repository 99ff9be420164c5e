package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.DataConfig.Csv;
import io.sparkfed.csv.CsvDialect;
import io.sparkfed.model.MissingTexts;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CsvSettingsTest {
  @TempDir Path folder;

  private ConfigFiles files;

  @BeforeEach
  void prepare() {
    files = new ConfigFiles(folder);
  }

  private static final String WORKERS = "data { workers { u = x.csv }, feature-columns = [a, b] }";

  private Csv csv(String... settings) {
    return files.load(ConfigFiles.LEAST, settings).data().csv().orElseThrow();
  }

  @Test
  void load_nothingSet_isStandard() {
    assertEquals(CsvDialect.standard(), csv().all());
    assertTrue(csv().findsTypes());
    assertTrue(files.load(ConfigFiles.LEAST, "data.format=parquet").data().csv().isEmpty());
  }

  @Test
  void load_optionsInAnyCaseOrByOtherNames_areTaken() {
    CsvDialect dialect =
        csv(
                "data.options.DELIMITER=\\t",
                "data.options.charset=ISO-8859-1",
                "data.options.Escape=\\",
                "data.options.nullvalue=?",
                "data.options.HEADER=False",
                "data.options.multiline=FALSE",
                "data.options.linesep=\\r\\n")
            .all();

    assertEquals("\t", dialect.text().separator());
    assertEquals("ISO-8859-1", dialect.text().encoding());
    assertEquals('\\', dialect.text().escape());
    assertEquals(CsvDialect.NONE, csv("data.options.escape=").all().text().escape());
    assertEquals(CsvDialect.NONE, dialect.text().lineEnd());
    assertFalse(dialect.text().quotedLines());
    assertFalse(dialect.hasHeader());
    assertTrue(dialect.missing().contains(" ?") && dialect.missing().contains("NA"));
    assertFalse(csv("data.options.inferSchema=false").findsTypes());
    assertTrue(csv("data.options.INFERSCHEMA=True").findsTypes());
  }

  @Test
  void load_headerNotSet_isTrueUnlessColumnsAreNamed() {
    assertTrue(csv().all().hasHeader());
    assertFalse(csv("data.schema=a DOUBLE").all().hasHeader());
    assertFalse(csv("data.columns=[a, b]").all().hasHeader());
    assertTrue(csv("data.schema=a DOUBLE", "data.options.header=TRUE").all().hasHeader());
  }

  @Test
  void load_ofOneWorker_standsBeforeThatOfAll() {
    Csv csv =
        files
            .load(
                WORKERS,
                "data.options.sep=|",
                "data.options.comment=#",
                "data.missing-values=[x]",
                "data.workers.w={ path = a.csv, options { delimiter = \";\" }, decimal = \",\" }",
                "data.workers.v={ path = b.csv, missing-values = [\"-9\"], columns = [p, q] }")
            .data()
            .csv()
            .orElseThrow();

    assertEquals(";", csv.of("w").text().separator());
    assertEquals('#', csv.of("w").text().comment());
    assertEquals(',', csv.of("w").decimal());
    assertEquals(MissingTexts.of(List.of("x")), csv.of("w").missing());
    assertEquals("|", csv.of("v").text().separator());
    assertTrue(csv.of("v").missing().contains("-9.0"));
    assertEquals(List.of("p", "q"), csv.of("v").columns());
    assertFalse(csv.of("v").hasHeader());
    assertEquals(csv.all(), csv.of("anybody"));
  }

  @Test
  void load_headerOfOneWorker_isItsOwn() {
    Csv named =
        files
            .load(
                WORKERS,
                "data.columns=[a, b]",
                "data.workers.w={ path = w.csv, options.header = true }")
            .data()
            .csv()
            .orElseThrow();
    Csv headed =
        files
            .load(
                WORKERS,
                "data.options.header=true",
                "data.workers.w={ path = w.csv, columns = [p, q] }")
            .data()
            .csv()
            .orElseThrow();

    assertTrue(named.of("w").hasHeader() && named.of("w").columns().isEmpty());
    assertFalse(named.of("u").hasHeader());
    assertTrue(headed.of("u").hasHeader());
    assertFalse(headed.of("w").hasHeader());
    assertEquals(List.of("p", "q"), headed.of("w").columns());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "data.options.header=yes | data.options.header must be true or false. Provided value: \"yes\"",
        "data.options.seperator=; | data.options.seperator isn't an option of csv files; those"
            + " are comment",
        "data.options.MODE=PERMISSIVE | data.options.MODE must be FAILFAST, the default",
        "data.options.mode=dropmalformed | data.options.mode must be FAILFAST",
        "data.options.enforceSchema=true | data.options.enforceSchema must be false",
        "data.options.columnNameOfCorruptRecord=c | data.options.columnNameOfCorruptRecord isn't"
            + " an option",
        "data.options.emptyValue=e | data.options.emptyValue isn't an option of this reader; set"
            + " data.missing",
        "data.options.samplingRatio=0.5 | data.options.samplingRatio must be 1",
        "data.options.pathGlobFilter=*.csv | data.options.pathGlobFilter isn't an option of this"
            + " reader; give",
        "data.options.recursiveFileLookup=false | data.options.recursiveFileLookup must be true",
        "data.options.dateFormat=dd.MM.yyyy | data.options.dateFormat isn't an option of this"
            + " reader; dates",
        "data.options.encoding=latin-nothing | data.options.encoding must be a character set",
        "data.options.quote=ab | data.options.quote must be one character",
        "data.options.lineSep=ab | data.options.lineSep must be one character",
        "data.decimal=; | data.decimal must be \".\" or \",\"",
        "data.columns=[a, A] | data.columns must be names, none of them blank and none of them twice",
        "data.workers.w={ path = a, optoins {} } | unknown key data.workers.w.optoins; the nearest known",
        "data.workers.w={ path = a, decimal = x } | data.workers.w.decimal must be \".\" or \",\"",
        "data.workers.w={ path = a, options { mode = P } } | data.workers.w.options.mode must be FAILFAST",
        "data.workers.w={ path = a, options { inferSchema = true } } | data.workers.w.options.inferSchema is"
      })
  void load_whatDoesNotGoWithReading_isRefusedByName(String setting, String message) {
    String refusal =
        setting.startsWith("data.workers")
            ? files.refusal(WORKERS, setting)
            : files.refusalOf(setting);
    assertTrue(refusal.startsWith(message), refusal);
  }

  @Test
  void load_contradictions_areRefused() {
    String twice = files.refusalOf("data.options.sep=;", "data.options.delimiter=;");
    assertTrue(twice.contains("is set twice, under two spellings"), twice);
    String header = files.refusalOf("data.options.header=true", "data.columns=[a]");
    assertTrue(header.startsWith("data.columns names the columns of files without"), header);
    String parquet = files.refusalOf("data.format=parquet", "data.decimal=,");
    assertTrue(parquet.startsWith("data.decimal belongs to data.format = csv"), parquet);
    String own =
        files.refusal(
            WORKERS, "data.format=parquet", "data.workers.w={ path = a, decimal = \",\" }");
    assertTrue(own.startsWith("data.workers.w.decimal belongs to data.format = csv"), own);
  }
}
