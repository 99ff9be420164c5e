package io.sparkfed.spark.rows;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.PhaseListener;
import io.sparkfed.federated.RunPhase;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Encoders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Files whose bytes are not what was written, or not what they were when they were listed. */
@Timeout(240)
class DamagedFilesIT extends FormatFiles {
  private static final String TABLE = "data { format = %s, " + TYPES + " }\n";

  private static final String CSV = "data.format = csv\n";

  private String settings(String format) {
    return format.equals("csv") ? CSV : TABLE.formatted(format);
  }

  private void writeAll(String format) {
    WORKERS.forEach(worker -> write(format, worker, folder.resolve(worker), 1));
  }

  /** Writes a worker's rows as one file, and the same some times more. */
  private void write(String format, String worker, Path to, int times) {
    List<String> rows = json(worker).lines().toList();
    spark
        .read()
        .schema("x DOUBLE, z DOUBLE, y DOUBLE")
        .json(
            spark.createDataset(
                IntStream.range(0, times).boxed().flatMap(k -> rows.stream()).toList(),
                Encoders.STRING()))
        .coalesce(1)
        .write()
        .mode("overwrite")
        .option("header", true)
        .option("parquet.enable.dictionary", false)
        .option("parquet.block.size", 256)
        .option("parquet.page.size", 64)
        .option("compression", "uncompressed")
        .format(format)
        .save(to.toString());
    Path sums = file(to).resolveSibling("." + file(to).getFileName() + ".crc");
    assertDoesNotThrow(() -> Files.deleteIfExists(sums));
  }

  private static Path file(Path table) {
    try (Stream<Path> files = Files.list(table)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith("part-"))
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static byte[] gzip(String text) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream packed = new GZIPOutputStream(bytes)) {
      packed.write(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes.toByteArray();
  }

  @Test
  void load_parquetPageThatBreaksItsChecksum_isRefused() throws IOException {
    writeAll("parquet");
    Path damaged = file(folder.resolve("b"));
    byte[] bytes = Files.readAllBytes(damaged);
    byte[] number = {0, 0, 0, 0, 0, 0, 0x08, 0x40};
    int at =
        IntStream.range(0, bytes.length - 8)
            .filter(i -> Arrays.equals(bytes, i, i + 8, number, 0, 8))
            .findFirst()
            .orElseThrow();
    bytes[at + 5] = 1;
    Files.write(damaged, bytes);

    assertRefused(settings("parquet"), "worker b, file ", "/b/part-", "can't be read or computed");
  }

  @Test
  void load_packedCsvThatIsCut_isRefusedWithItsFile() throws IOException {
    StringBuilder text = new StringBuilder("x,z,y\n");
    for (int row = 0; row < 40_000; row++) {
      text.append(x(row)).append(',').append(z(row)).append(',').append(y(row)).append('\n');
    }
    byte[] whole = gzip(text.toString());
    for (String worker : WORKERS) {
      Files.createDirectories(folder.resolve(worker));
      Files.write(folder.resolve(worker).resolve("1.csv.gz"), whole);
    }
    assertArrayEquals(PLANE, coefficients(CSV, false), 1e-9);

    Path damaged = folder.resolve("b/1.csv.gz");
    for (int left : new int[] {10, whole.length / 2, whole.length - 4}) {
      Files.write(damaged, Arrays.copyOf(whole, left));
      assertRefused(CSV, "worker b: file " + damaged + ": can't be read or is incomplete");
    }
  }

  /** What happens to a worker's files between their listing and the end of loading. */
  private enum Change {
    GROWN("has changed since it was listed") {
      @Override
      void happen(DamagedFilesIT files, String format, Path file) throws IOException {
        Path more = file.getParent().resolveSibling("more");
        files.write(format, "b", more, 4);
        Files.write(file, Files.readAllBytes(file(more)));
      }
    },
    REPLACED_BY_AS_LONG_A_ONE("has changed since it was listed") {
      @Override
      void happen(DamagedFilesIT files, String format, Path file) throws IOException {
        FileTime before = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.fromMillis(before.toMillis() + 5_000));
      }
    },
    REMOVED("b/part-") {
      @Override
      void happen(DamagedFilesIT files, String format, Path file) throws IOException {
        Files.delete(file);
      }
    };

    private final String told;

    Change(String told) {
      this.told = told;
    }

    abstract void happen(DamagedFilesIT files, String format, Path file) throws IOException;
  }

  static Stream<Arguments> changes() {
    return Stream.of("csv", "parquet", "orc", "json")
        .flatMap(
            format -> Arrays.stream(Change.values()).map(change -> Arguments.of(format, change)));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void load_fileThatChangesAfterItWasListed_isRefused(String format, Change change)
      throws IOException {
    for (String more : new String[] {"", "data.where = \"z > -1\""}) {
      writeAll(format);
      TrainingConfig config = LocalTraining.config(folder, conf(settings(format) + more, false));
      PhaseListener phases =
          phase -> {
            if (phase == RunPhase.LOAD) {
              try {
                change.happen(this, format, file(folder.resolve("b")));
              } catch (IOException e) {
                throw new UncheckedIOException(e);
              }
            }
          };

      DataException e =
          assertThrows(DataException.class, () -> new ShardLoader(spark, config, phases).load());

      assertTrue(e.getMessage().startsWith("worker b"), e.getMessage());
      assertTrue(e.getMessage().contains(change.told), e.getMessage());
      assertFalse(e.getMessage().contains(SECRET), e.getMessage());
    }
  }
}
