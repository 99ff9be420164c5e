package io.sparkfed.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.csv.CsvDialect.Text;
import io.sparkfed.model.MissingTexts;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CsvRecordsTest {
  private static final char NONE = CsvDialect.NONE;

  private static List<List<String>> read(String text, Text dialect) {
    try {
      CsvRecords records = new CsvRecords(new StringReader(text), dialect);
      List<List<String>> all = new ArrayList<>();
      while (records.next()) {
        all.add(records.cells());
      }
      return all;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<List<String>> read(String text) {
    return read(text, Text.standard());
  }

  private static Text dialect(String separator, char escape, char comment, char lineEnd) {
    return new Text("UTF-8", separator, '"', escape, comment, lineEnd, true, false, false);
  }

  private static CsvDialect of(Text text) {
    return new CsvDialect(text, true, List.of(), '.', MissingTexts.COMMON, false);
  }

  @Test
  void cells_ofEveryKind_areWhatStandsBetweenSeparators() {
    assertEquals(List.of(List.of("a", " b", ""), List.of("", "", "c d")), read("a, b,\n,,c d"));
  }

  /** What comes out of a writer that doubles quotes, or escapes them, goes in again. */
  @ParameterizedTest
  @ValueSource(strings = {",", ";", "\t", "|", "::"})
  void next_anyCells_areReadAsWritten(String separator) {
    Random random = new Random(3);
    String alphabet = "ab\"\\ ,;:\n\r\té0";
    for (int trial = 0; trial < 400; trial++) {
      boolean doubled = random.nextBoolean();
      String lineEnd = List.of("\n", "\r\n", "\r").get(random.nextInt(3));
      List<List<String>> table = new ArrayList<>();
      StringBuilder text = new StringBuilder(random.nextBoolean() ? "\uFEFF" : "");
      for (int i = random.nextInt(4); i >= 0; i--) {
        List<String> row = new ArrayList<>();
        for (int j = 0; j < 3; j++) {
          StringBuilder cell = new StringBuilder();
          random
              .ints(random.nextInt(7), 0, alphabet.length())
              .forEach(k -> cell.append(alphabet.charAt(k)));
          row.add(cell.toString());
          String quoted =
              doubled
                  ? cell.toString().replace("\"", "\"\"")
                  : cell.toString().replace("\\", "\\\\").replace("\"", "\\\"");
          text.append(j == 0 ? "" : separator).append('"').append(quoted).append('"');
        }
        table.add(row);
        text.append(i == 0 && random.nextBoolean() ? "" : lineEnd);
      }
      char escape = doubled ? NONE : '\\';
      assertEquals(table, read(text.toString(), dialect(separator, escape, NONE, NONE)));
    }
  }

  /** As csv.writer of Python, write.csv of R and RFC 4180 have it. */
  @Test
  void next_backslashesByDefault_areCharacters() {
    assertEquals(
        List.of(List.of("C:\\", "a\\\"b", "\\\\", "\\,"), List.of("1", "2", "3", "\\\"")),
        read("\"C:\\\",\"a\\\"\"b\",\"\\\\\",\"\\,\"\n1,2,3,\"\\\"\"\"\n"));
  }

  @Test
  void next_quoteAfterABackslash_isReadWithTheEscapeThatItsRefusalNames() {
    String ofSpark = "\"say \\\"hi\\\"\",1\n";

    CsvException e = assertThrows(CsvException.class, () -> read(ofSpark));

    assertTrue(e.getMessage().endsWith("set data.options.escape = \"\\\\\")"), e.getMessage());
    assertEquals(
        List.of(List.of("say \"hi\"", "1")), read(ofSpark, dialect(",", '\\', NONE, NONE)));
  }

  @Test
  void next_blankLinesAndComments_areNoRecords() {
    String text = "# by hand\n\na,b\n   \n1,2\n#3,4\n,\n";

    assertEquals(
        List.of(List.of("a", "b"), List.of("1", "2"), List.of("", "")),
        read(text, dialect(",", '\\', '#', NONE)));
    assertEquals(List.of(List.of("", "")), read("\t\n", dialect("\t", '\\', NONE, NONE)));
  }

  @Test
  void next_quoteInsideACell_isACharacter() {
    assertEquals(List.of(List.of("5\" pipe", "o\"\"o")), read("5\" pipe,o\"\"o\n"));
  }

  @Test
  void next_blanksAroundQuotes_areNoPartOfACell() {
    assertEquals(List.of(List.of("a,b", " c ")), read(" \"a,b\" , c \n"));
  }

  @Test
  void next_blanksToStrip_areStrippedOutsideQuotesAlone() {
    Text strips = new Text("UTF-8", ",", '"', '\\', NONE, NONE, true, true, true);

    assertEquals(List.of(List.of("a", " b ", "")), read("  a ,\" b \",  \n", strips));
  }

  @Test
  void next_separatorAsLineEnd_isHeeded() {
    assertEquals(
        List.of(List.of("a", "b\n"), List.of("c", "d")),
        read("a,b\n;c,d", dialect(",", '\\', NONE, ';')));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a,\"b~a quoted value has no closing quote",
        "a,\"b\"c,d~there is text after a closing quote",
        "\"5\" pipe\",1~there is text after a closing quote"
      })
  void next_brokenQuotes_areRefusedByRuleAlone(String lineAndRule) {
    String[] parts = lineAndRule.split("~", 2);
    CsvException e = assertThrows(CsvException.class, () -> read("x,y\n" + parts[0]));

    assertEquals(2, e.record());
    assertTrue(e.getMessage().startsWith(parts[1]), e.getMessage());
  }

  @Test
  void next_lineEndsInQuotesWhereTheyMayNot_isRefused() {
    Text lines = new Text("UTF-8", ",", '"', '\\', NONE, NONE, false, false, false);

    assertEquals(
        2, assertThrows(CsvException.class, () -> read("x,y\n1,\"a\nb\"\n", lines)).record());
    assertEquals(List.of(List.of("1", "a\nb")), read("1,\"a\nb\"\n"));
  }

  @Test
  void of_bytesOfAnotherEncoding_areRefused() throws IOException {
    byte[] bytes = "stra\u00DFe\n".getBytes(StandardCharsets.ISO_8859_1);

    CsvException e =
        assertThrows(
            CsvException.class,
            () -> CsvRecords.of(new ByteArrayInputStream(bytes), CsvDialect.standard()).next());
    assertEquals("is not text in UTF-8 (data.options.encoding)", e.getMessage());
    Text latin = new Text("ISO-8859-1", ",", '"', '\\', NONE, NONE, true, false, false);
    CsvRecords records = CsvRecords.of(new ByteArrayInputStream(bytes), of(latin));
    records.next();
    assertEquals("stra\u00DFe", records.cell(0));
  }

  @Test
  void next_longCells_growTheBuffer() {
    String long1 = "x".repeat(200_000);

    assertEquals(List.of(List.of(long1, "1"), List.of("2", long1)), read(long1 + ",1\n2," + long1));
  }

  /** With a separator of two characters no record is plain, and all are read one by one. */
  @Test
  void next_anyText_isTheSameWhereverItStandsInTheBuffer() {
    Random random = new Random(11);
    List<String> pieces =
        List.of("1.5", "-2e3", "ab", "\u00E9", "\"", "\"\"", "\\", " ", "\t", "\n", "\r\n", "#");
    for (int trial = 0; trial < 3000; trial++) {
      StringBuilder text = new StringBuilder();
      // Some reach over the end of the buffer, or are longer than it.
      String before = "0,".repeat(random.nextInt(50) == 0 ? 32_750 + random.nextInt(40) : 0);
      boolean inLines = random.nextBoolean();
      text.append(inLines ? before.replace(",", "\n") : before);
      for (int k = random.nextInt(40); k > 0; k--) {
        text.append(random.nextInt(3) == 0 ? "," : pieces.get(random.nextInt(pieces.size())));
      }
      char lineEnd = random.nextInt(4) == 0 ? ' ' : NONE;
      Text plain =
          new Text(
              "UTF-8",
              ",",
              random.nextInt(5) == 0 ? NONE : '"',
              random.nextBoolean() ? '\\' : NONE,
              random.nextBoolean() ? '#' : NONE,
              lineEnd,
              random.nextInt(4) > 0,
              random.nextBoolean(),
              random.nextBoolean());
      Text wide =
          new Text(
              "UTF-8",
              "::",
              plain.quote(),
              plain.escape(),
              plain.comment(),
              lineEnd,
              plain.quotedLines(),
              plain.stripsLeading(),
              plain.stripsTrailing());

      String all = text.toString();
      assertEquals(
          readOrRule(all.replace(",", "::"), wide, 1 << 16),
          readOrRule(all, plain, 1 + random.nextInt(1 << 16)),
          () -> plain + " of " + all.substring(before.length()));
    }
  }

  /** Returns the records as far as they can be read, with what is wrong behind them. */
  private static List<Object> readOrRule(String text, Text dialect, int atOnce) {
    List<Object> all = new ArrayList<>();
    try {
      CsvRecords records =
          new CsvRecords(
              new StringReader(text) {
                @Override
                public int read(char[] to, int from, int length) throws IOException {
                  return super.read(to, from, Math.min(length, atOnce));
                }
              },
              dialect);
      while (records.next()) {
        all.add(records.cells().stream().map(cell -> cell.replace("::", ",")).toList());
        all.add(records.record());
      }
    } catch (CsvException e) {
      all.add(e.record() + " " + e.getMessage());
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return all;
  }

  /** Buffers end inside of characters, of surrogates, and of what a decoder looks ahead for. */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-8", "UTF-16", "UTF-16LE", "Shift_JIS", "GB18030"})
  void of_encodedBytes_areTheTextThatWasEncoded(String encoding) throws IOException {
    String unit = encoding.startsWith("UTF") ? "a\u00E9\u3042\uD83D\uDE00" : "a\u3042\u3044";
    for (int shift = 0; shift < 5; shift++) {
      String long1 = "x".repeat(shift) + unit.repeat(30_000);
      byte[] bytes = (long1 + ",1\n2," + long1 + "\n").getBytes(encoding);
      Text dialect = new Text(encoding, ",", '"', NONE, NONE, NONE, true, false, false);
      CsvRecords records = CsvRecords.of(new ByteArrayInputStream(bytes), of(dialect));

      assertTrue(records.next());
      assertEquals(List.of(long1, "1"), records.cells());
      assertTrue(records.next());
      assertEquals(List.of("2", long1), records.cells());
      assertFalse(records.next());
    }
  }

  @Test
  void next_recordsBeforeBytesThatAreNoText_areRead() throws IOException {
    byte[] bytes = "1,2\n3,\u00E9".getBytes(StandardCharsets.UTF_8);
    byte[] cut = Arrays.copyOf(bytes, bytes.length - 1);
    CsvRecords records = CsvRecords.of(new ByteArrayInputStream(cut), CsvDialect.standard());

    assertTrue(records.next());
    assertEquals(List.of("1", "2"), records.cells());
    assertEquals(
        "is not text in UTF-8 (data.options.encoding)",
        assertThrows(CsvException.class, records::next).getMessage());
  }

  @ParameterizedTest
  @ValueSource(strings = {"a,b\n1,2\0\n", "a,b\n1,\"2\0\"\n", "a,b\n1,2\n\0\0\0", "\0\0"})
  void next_charactersThatNoTextHas_areRefused(String text) {
    CsvException e = assertThrows(CsvException.class, () -> read(text));
    assertTrue(e.getMessage().startsWith("holds a character of code 0"), e.getMessage());
  }
}
