package io.sparkfed.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.model.ModelShape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.NotSerializableException;
import java.io.ObjectOutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Where a shard's rows are kept is of no consequence for a bit of what is computed of them. */
class RoomTest {
  private static final long SEED = 7;

  @TempDir Path folder;

  /** Rows of several pieces, of one, and of none; test rows none, some and nearly all. */
  @ParameterizedTest
  @CsvSource({
    "9000, 50, 0.0, DOUBLE, 0.0",
    "9000, 50, 0.3, DOUBLE, 0.0",
    "9000, 50, 0.9, FLOAT, 0.0",
    "2640, 50, 0.0, FLOAT, 0.0",
    "5280, 50, 0.5, DOUBLE, 0.0",
    "300000, 1, 0.1, DOUBLE, 0.0",
    "300000, 0, 0.1, DOUBLE, 0.0",
    "40, 20000, 0.2, DOUBLE, 0.0",
    "3, 5, 0.4, DOUBLE, 0.0",
    "9000, 50, 0.3, DOUBLE, 0.3",
    "9000, 50, 0.3, FLOAT, 0.8"
  })
  void build_inFewerBytesThanNeeded_isTheShardOfMemory(
      int rows, int features, double tests, Storage storage, double absent) {
    Shard inMemory = shard(rows, features, tests, storage, absent, Room.OF_MEMORY);
    Shard onDisk = shard(rows, features, tests, storage, absent, new Room(1 << 10, folder));

    assertSameRows(inMemory.train(), onDisk.train());
    assertSameRows(inMemory.test(), onDisk.test());
    assertArrayEquals(sweep(inMemory.train()), sweep(onDisk.train()));
    assertArrayEquals(
        inMemory.train().squaredDeviationsFromMeans(new double[features]),
        onDisk.train().squaredDeviationsFromMeans(new double[features]));
  }

  @Test
  void build_onDisk_takesNoMemoryForFeatures_andLeavesNoNameInTheFolder() throws IOException {
    Shard shard = shard(9000, 50, 0.1, Storage.DOUBLE, 0.0, new Room(1 << 20, folder));

    int rows = shard.train().rows();
    assertEquals(2L * Double.BYTES * rows, shard.train().packedBytes());
    try (Stream<Path> left = Files.list(folder)) {
      assertEquals(0, left.count());
    }
  }

  @Test
  void build_withinItsRoom_writesNothing() {
    Path absent = folder.resolve("absent");

    Shard shard = shard(9000, 50, 0.0, Storage.DOUBLE, 0.0, new Room(1 << 24, absent));

    assertTrue(shard.train().packedBytes() > 9000 * 50 * Double.BYTES);
    assertTrue(Files.notExists(absent));
  }

  @Test
  void build_inMemory_takesOnlyWhatRowsNeed() {
    Shard shard = shard(9000, 50, 0.5, Storage.DOUBLE, 0.0, Room.OF_MEMORY);

    long taken = shard.train().packedBytes() + shard.test().packedBytes();
    assertEquals(9000.0 * 52 * Double.BYTES, (double) taken, 0.001 * taken);
  }

  @Test
  void add_whereTheFolderIsAFile_fails() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));

    assertThrows(
        UncheckedIOException.class,
        () -> shard(9000, 50, 0.0, Storage.DOUBLE, 0.0, new Room(1 << 10, file)));
  }

  @Test
  void add_onAFullDisk_fails() {
    Path full = Path.of("/dev/full");
    assumeTrue(Files.exists(full));

    NumbersFile.Writer writer = NumbersFile.Writer.to(full);

    assertThrows(UncheckedIOException.class, () -> writer.add(new double[1 << 17], 0, 1 << 17));
  }

  @Test
  void rowsOnDisk_areNotSerialized() {
    Shard shard = shard(9000, 50, 0.0, Storage.DOUBLE, 0.0, new Room(0, folder));

    assertThrows(
        NotSerializableException.class,
        () -> new ObjectOutputStream(new ByteArrayOutputStream()).writeObject(shard));
  }

  private Shard shard(
      int rows, int features, double tests, Storage storage, double absent, Room room) {
    SplittableRandom random = new SplittableRandom(SEED);
    ShardBuilder builder = new ShardBuilder("worker", features, storage, room);
    for (int i = 0; i < rows; i++) {
      double[] row = random.doubles(features).map(u -> Math.rint(64 * u) - 32).toArray();
      double label = random.nextInt(2);
      double weight = 1 + random.nextInt(2);
      Part part = random.nextDouble() < tests ? Part.TEST : Part.TRAIN;
      if (absent > 0.0) {
        int[] columns = present(features, absent, random);
        builder.addSparse(columns, Arrays.copyOf(row, columns.length), label, weight, part);
      } else {
        builder.addDense(row, label, weight, part);
      }
    }
    return builder.build(0.0, SEED, false, new ModelShape(features, true));
  }

  private static int[] present(int features, double absent, SplittableRandom random) {
    return IntStream.range(0, features).filter(j -> random.nextDouble() >= absent).toArray();
  }

  private static void assertSameRows(Examples expected, Examples actual) {
    assertEquals(expected.rows(), actual.rows());
    assertEquals(expected.isSparse(), actual.isSparse());
    double[] one = new double[expected.features()];
    double[] other = new double[expected.features()];
    for (int i = 0; i < expected.rows(); i++) {
      expected.copyRow(i, one, 0);
      actual.copyRow(i, other, 0);
      assertArrayEquals(one, other);
      assertEquals(expected.label(i), actual.label(i));
      assertEquals(expected.weight(i), actual.weight(i));
      if (i % 97 == 0) {
        assertEquals(expected.dot(i, one), actual.dot(i, one));
      }
    }
  }

  /** Scores and a gradient, of blocks that begin anywhere, and of rows in another order. */
  private static double[] sweep(Examples rows) {
    int features = rows.features();
    ModelShape shape = new ModelShape(features, true);
    RowSweep sweep = new RowSweep(rows, shape);
    double[] model = new SplittableRandom(SEED).doubles(features + 1).toArray();
    sweep.begin(model);
    int[] order =
        IntStream.range(0, rows.rows()).map(i -> i * 7 % Math.max(1, rows.rows())).toArray();
    for (int from = 0, step = 1; from < rows.rows(); step = 1 + step % sweep.most()) {
      int to = Math.min(rows.rows(), from + step);
      sweep.take(from, to);
      sweep.scores();
      sweep.addGradient();
      sweep.take(order, from, to);
      sweep.scores();
      sweep.addGradient();
      from = to;
    }
    double[] gradient = new double[features + 1];
    sweep.gradient(gradient);
    return gradient;
  }
}
