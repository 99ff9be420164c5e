package io.sparkfed.wire;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class RecordFormTest {
  private interface Shape {}

  private enum Color {
    RED,
    BLUE
  }

  private record Circle(double radius, Color color) implements Shape {
    Circle {
      if (!(radius > 0.0)) {
        throw new IllegalArgumentException("radius must be > 0");
      }
    }
  }

  private record Group(List<Shape> shapes, SortedMap<String, byte[]> notes, boolean[] flags)
      implements Shape {}

  private record Numbers(int i, long l, double d, String s, int[] is, double[] ds, boolean b) {}

  private record Here(String name) implements Site {}

  private record Keyed(int number, Here where) {}

  private static final RecordForm FORM =
      new RecordForm(
          7, List.of(Circle.class, Group.class, Numbers.class, Color.class, Keyed.class));

  private static Group group() {
    SortedMap<String, byte[]> notes = new TreeMap<>();
    notes.put("a", new byte[] {1});
    notes.put("b", new byte[0]);
    return new Group(
        List.of(new Circle(1.5, Color.BLUE), new Circle(2.0, Color.RED)),
        notes,
        new boolean[] {true, false});
  }

  /** Written out by hand: version, number of the type, components; big-endian, lengths first. */
  @Test
  void toBytes_circle_isTheDocumentedLayout() {
    assertEquals(
        "00000007" + "00000000" + "3ff8000000000000" + "00000003" + "00000004" + "424c5545",
        HexFormat.of().formatHex(FORM.toBytes(new Circle(1.5, Color.BLUE))));
  }

  @Test
  void read_whatWasWritten_isEqualAndHasTheSameBytes() {
    Numbers numbers =
        new Numbers(
            -1,
            Long.MIN_VALUE,
            -0.0,
            "déjà",
            new int[] {3, -4},
            new double[] {Double.MIN_VALUE, Double.NEGATIVE_INFINITY},
            true);
    for (Object value : List.of(numbers, group(), new Circle(Double.MAX_VALUE, Color.RED))) {
      byte[] bytes = FORM.toBytes(value);
      Object read = FORM.read(bytes, value.getClass(), Site.BARE);
      assertArrayEquals(bytes, FORM.toBytes(read));
    }
    Numbers read = FORM.read(FORM.toBytes(numbers), Numbers.class, Site.BARE);
    assertEquals("déjà", read.s());
    assertEquals(Double.doubleToRawLongBits(-0.0), Double.doubleToRawLongBits(read.d()));
    assertArrayEquals(numbers.ds(), read.ds());
  }

  /** What is at hand where a value is read has no bytes, and is put in there. */
  @Test
  void read_componentThatIsASite_isTheSiteOfTheReader() {
    byte[] bytes = FORM.toBytes(new Keyed(3, new Here("driver")));
    Here worker = new Here("worker");

    assertSame(worker, FORM.read(bytes, Keyed.class, worker).where());
    assertArrayEquals(bytes, FORM.toBytes(new Keyed(3, worker)));
    assertThrows(ProtocolException.class, () -> FORM.read(bytes, Keyed.class, Site.BARE));
  }

  @Test
  void read_recordThatBreaksItsRule_isRefusedWithIt() {
    byte[] bytes = FORM.toBytes(new Circle(1.5, Color.RED));
    Arrays.fill(bytes, 8, 16, (byte) 0);

    assertEquals(
        "a Circle must keep its rules: radius must be > 0",
        assertThrows(ProtocolException.class, () -> FORM.read(bytes, Circle.class, Site.BARE))
            .getMessage());
  }

  @Test
  void read_anotherVersionOrType_isRefused() {
    byte[] bytes = FORM.toBytes(new Circle(1.5, Color.RED));
    assertThrows(ProtocolException.class, () -> FORM.read(bytes, Group.class, Site.BARE));
    bytes[3]++;
    assertEquals(
        "a value must be written in version 7. Provided: 8",
        assertThrows(ProtocolException.class, () -> FORM.read(bytes, Circle.class, Site.BARE))
            .getMessage());
  }

  /** Cut anywhere, with any byte changed, or long: a typed refusal, or another valid value. */
  @Test
  void read_hostileBytes_neverFailOtherwise() {
    byte[] good = FORM.toBytes(group());
    for (int length = 0; length < good.length; length++) {
      byte[] cut = Arrays.copyOf(good, length);
      assertThrows(ProtocolException.class, () -> FORM.read(cut, Shape.class, Site.BARE));
    }
    byte[] longer = Arrays.copyOf(good, good.length + 1);
    assertThrows(ProtocolException.class, () -> FORM.read(longer, Shape.class, Site.BARE));
    Random random = new Random(1);
    for (int trial = 0; trial < 20_000; trial++) {
      byte[] bad = good.clone();
      for (int k = 0; k <= random.nextInt(3); k++) {
        bad[random.nextInt(bad.length)] = (byte) random.nextInt(256);
      }
      try {
        byte[] again = FORM.toBytes(FORM.read(bad, Shape.class, Site.BARE));
        assertArrayEquals(bad, again, "one value must have one encoding");
      } catch (ProtocolException refused) {
        // As it should be.
      }
    }
  }

  /** A length of two billion must not be allocated for. */
  @Test
  void read_hugeLengths_areRefusedBeforeAnythingIsAllocated() {
    for (int number : new int[] {1, 2}) {
      byte[] bytes =
          new WireWriter().integer(7).integer(number).integer(Integer.MAX_VALUE).toByteArray();
      assertThrows(ProtocolException.class, () -> FORM.read(bytes, Object.class, Site.BARE));
    }
  }

  @Test
  void read_recordsWithinRecordsWithoutEnd_areRefused() {
    WireWriter out = new WireWriter().integer(7);
    for (int depth = 0; depth < 100_000; depth++) {
      out.integer(1).integer(1);
    }
    byte[] bytes = out.toByteArray();
    assertThrows(ProtocolException.class, () -> FORM.read(bytes, Shape.class, Site.BARE));
  }

  @Test
  void toBytes_whatIsNotInTheList_isRefused() {
    assertThrows(IllegalArgumentException.class, () -> FORM.toBytes("text"));
    assertThrows(IllegalArgumentException.class, () -> new RecordForm(1, List.of(String.class)));
    assertThrows(
        IllegalArgumentException.class, () -> new RecordForm(1, List.of(Color.class, Color.class)));
  }
}
