package io.sparkfed.csv;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;

/**
 * That one record of a file changes nothing of what is read of the others, where rows are hidden.
 */
class HiddenRecordsTest {
  private static final int WIDTH = 3;

  private static List<List<String>> read(byte[] bytes) throws IOException {
    CsvRecords records =
        CsvRecords.of(new ByteArrayInputStream(bytes), CsvDialect.standard().hidingRows());
    List<List<String>> all = new ArrayList<>();
    while (records.next()) {
      if (records.size() == WIDTH) {
        all.add(records.cells());
      } else {
        records.leaveOut();
      }
    }
    return all;
  }

  private static List<List<String>> read(String text) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void next_lineOfAnyBytesAmongLinesWithoutQuotes_leavesTheOthersAsTheyAre() throws IOException {
    Random random = new Random(5);
    byte[] likely = "\"\"\"\",,,;x1 \\#\0".getBytes(StandardCharsets.UTF_8);
    for (int trial = 0; trial < 5_000; trial++) {
      List<String> lines = new ArrayList<>();
      for (int i = random.nextInt(4); i >= 0; i--) {
        lines.add(random.nextInt(100) + ",F," + random.nextInt(2));
      }
      int place = random.nextInt(lines.size() + 1);
      byte[] hostile = new byte[random.nextInt(12)];
      for (int k = 0; k < hostile.length; k++) {
        do {
          hostile[k] =
              random.nextBoolean()
                  ? likely[random.nextInt(likely.length)]
                  : (byte) random.nextInt(256);
        } while (hostile[k] == '\n' || hostile[k] == '\r');
      }
      List<List<String>> without =
          lines.stream().map(line -> List.of(line.split(","))).collect(Collectors.toList());
      ByteArrayOutputStream file = new ByteArrayOutputStream();
      for (int i = 0; i <= lines.size(); i++) {
        if (i == place) {
          file.write(hostile);
          file.write('\n');
        }
        if (i < lines.size()) {
          file.write((lines.get(i) + "\n").getBytes(StandardCharsets.UTF_8));
        }
      }

      List<List<String>> with = read(file.toByteArray());

      if (with.size() > without.size()) {
        with.remove(place);
      }
      assertEquals(without, with, () -> new String(hostile, StandardCharsets.ISO_8859_1));
    }
  }

  /**
   * What a writer that doubles quotes makes of any cells is one record, whatever stands in them.
   */
  @Test
  void next_recordOfAnyCellsWrittenAsMeant_isOneRecord() throws IOException {
    Random random = new Random(6);
    String alphabet = "ab\"\"\n\n\r,, \\\0\u00E9";
    for (int trial = 0; trial < 2_000; trial++) {
      List<List<String>> table = new ArrayList<>();
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(4); i >= 0; i--) {
        List<String> row = new ArrayList<>();
        for (int j = 0; j < WIDTH; j++) {
          StringBuilder cell = new StringBuilder();
          for (int k = random.nextInt(8); k > 0; k--) {
            cell.append(alphabet.charAt(random.nextInt(alphabet.length())));
          }
          row.add(cell.toString());
        }
        table.add(row);
        text.append(
            row.stream()
                .map(cell -> '"' + cell.replace("\"", "\"\"") + '"')
                .collect(Collectors.joining(",", "", "\n")));
      }

      assertEquals(table, read(text.toString()), text::toString);
    }
  }

  @Test
  void next_quoteWithoutItsPartnerBeforeMoreThanTheBufferHolds_takesItsLineAlone()
      throws IOException {
    String others = "1,F,0\n".repeat(1_000_000);

    List<List<String>> read = read("\"x,F,1\n" + others + "y,\"F,1\n2,M,1\n");

    assertEquals(1_000_001, read.size());
    assertEquals(List.of("1", "F", "0"), read.get(0));
    assertEquals(List.of("2", "M", "1"), read.get(1_000_000));
  }

  @Test
  void next_lineLongerThanTheBuffer_takesItselfAlone() throws IOException {
    String longOne = "x".repeat(10_000_000);

    assertEquals(
        List.of(List.of("1", "F", "0")), read("\"" + longOne + "\",F,1\n1,F,0\n" + longOne));
  }

  @Test
  void next_fileThatIsCutOff_isRefused() throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    try (GZIPOutputStream zipped = new GZIPOutputStream(file)) {
      for (int i = 0; i < 100_000; i++) {
        zipped.write((i * 7919 % 100_003 + ",F,0\n").getBytes(StandardCharsets.UTF_8));
      }
    }
    byte[] cut = Arrays.copyOf(file.toByteArray(), file.size() / 2);
    CsvRecords records =
        CsvRecords.of(
            new GZIPInputStream(new ByteArrayInputStream(cut)), CsvDialect.standard().hidingRows());

    assertThrows(
        IOException.class,
        () -> {
          while (records.next()) {
            assertTrue(records.size() == WIDTH);
          }
        });
  }
}
