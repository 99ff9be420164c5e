package io.sparkfed.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import io.sparkfed.model.InputColumn.Vectors;
import java.util.List;
import org.junit.jupiter.api.Test;

class FeatureEncodingTest {
  private static final Numeric GRE = Numeric.complete("gre", ColumnType.TEXT);
  private static final OneHot RANK =
      new OneHot("rank", ColumnType.TEXT, "1", List.of("1", "2", "10"));
  private static final FeatureEncoding ENCODING = new FeatureEncoding(List.of(GRE, RANK));

  @Test
  void features_categoryBetweenNumbers_liesWhereItStood() {
    FeatureEncoding encoding =
        new FeatureEncoding(List.of(GRE, RANK, Numeric.complete("gpa", ColumnType.NUMBER)));

    assertEquals(List.of("gre", "rank_2", "rank_10", "gpa"), encoding.features());
    assertEquals(4, encoding.width());
    assertEquals(List.of("gre", "rank", "gpa"), encoding.columnNames());
  }

  @Test
  void features_vectors_areNumberedOnceTheirWidthIsKnown() {
    FeatureEncoding vectors = new FeatureEncoding(List.of(new Vectors("v", 0)));

    assertTrue(vectors.isVectors());
    assertEquals(List.of("v_0", "v_1"), vectors.withVectorWidth(2).features());
    assertEquals(ENCODING, ENCODING.withVectorWidth(2));
  }

  @Test
  void inOrder_allNumbers_byValue() {
    assertEquals(
        List.of("-2", ".5", "1", "1.0", "9", "10"),
        InputColumn.inOrder(List.of("10", "9", "1.0", "-2", "1", ".5", "9")));
  }

  @Test
  void inOrder_oneThatIsNoNumber_byText() {
    assertEquals(List.of("10", "9", "NaN"), InputColumn.inOrder(List.of("NaN", "9", "10")));
    assertEquals(List.of("1e2", "9"), InputColumn.inOrder(List.of("9", "1e2")));
  }

  /** The hash was computed with Python's hashlib over the same length-prefixed texts. */
  @Test
  void fingerprint_ofKnownTexts_isTheirSha256() {
    assertEquals(
        "8a1ebaee05540a8e1eab39664b142bd0361ef20e988c608e53ec24e26636ee76", ENCODING.fingerprint());
  }

  @Test
  void fingerprint_anyPartOfTheContractDiffers_isAnother() {
    List<FeatureEncoding> others =
        List.of(
            new FeatureEncoding(List.of(RANK, GRE)),
            new FeatureEncoding(List.of(Numeric.complete("gpa", ColumnType.TEXT), RANK)),
            new FeatureEncoding(List.of(Numeric.complete("gre", ColumnType.NUMBER), RANK)),
            new FeatureEncoding(
                List.of(GRE, new OneHot("rank", ColumnType.TEXT, "2", RANK.levels()))),
            new FeatureEncoding(
                List.of(GRE, new OneHot("rank", ColumnType.TEXT, "1", List.of("1", "2")))),
            new FeatureEncoding(List.of(GRE)));
    for (FeatureEncoding other : others) {
      assertNotEquals(ENCODING.fingerprint(), other.fingerprint(), other.toString());
    }
  }

  @Test
  void fingerprint_anotherFill_isTheSame() {
    FeatureEncoding one =
        new FeatureEncoding(List.of(new Numeric("x", ColumnType.NUMBER, true, 1.0)));
    FeatureEncoding other =
        new FeatureEncoding(List.of(new Numeric("x", ColumnType.NUMBER, true, 2.0)));

    assertEquals(one.fingerprint(), other.fingerprint());
  }

  @Test
  void isLevel_upTo64Bytes() {
    assertTrue(InputColumn.isLevel("x".repeat(64)));
    assertFalse(InputColumn.isLevel("x".repeat(65)));
    assertFalse(InputColumn.isLevel("é".repeat(33)));
    assertFalse(InputColumn.isLevel(""));
  }

  @Test
  void accepts_textStandsInForValues_vectorsForNothing() {
    assertTrue(ColumnType.NUMBER.accepts(ColumnType.TEXT));
    assertTrue(ColumnType.TEXT.accepts(ColumnType.BOOLEAN));
    assertFalse(ColumnType.NUMBER.accepts(ColumnType.BOOLEAN));
    assertFalse(ColumnType.VECTOR.accepts(ColumnType.TEXT));
    assertFalse(ColumnType.TEXT.accepts(ColumnType.VECTOR));
  }
}
