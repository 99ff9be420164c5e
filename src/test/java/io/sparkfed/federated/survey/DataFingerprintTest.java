package io.sparkfed.federated.survey;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.data.DataException;
import io.sparkfed.model.ColumnType;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.model.InputColumn;
import io.sparkfed.model.InputColumn.Numeric;
import io.sparkfed.model.InputColumn.OneHot;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class DataFingerprintTest {
  private static final InputColumn AGE = new Numeric("age", ColumnType.NUMBER, true, 4.5);
  private static final InputColumn RANK =
      new OneHot("rank", ColumnType.TEXT, "a", List.of("a", "b"));
  private static final DataFingerprint THEN = data(List.of("v", "w"), AGE, RANK);

  private static DataFingerprint data(List<String> workers, InputColumn... columns) {
    return of(Map.of("x", "long"), workers, columns);
  }

  private static DataFingerprint of(
      Map<String, String> sqlTypes, List<String> workers, InputColumn... columns) {
    return new DataFingerprint(new FeatureEncoding(List.of(columns)), workers, sqlTypes);
  }

  private static String refusal(DataFingerprint now) {
    String message = assertThrows(DataException.class, () -> now.requireSame(THEN)).getMessage();
    String start = "the data changed since the checkpoint: ";
    assertEquals(start, message.substring(0, start.length()));
    return message.substring(start.length());
  }

  @Test
  void requireSame_same_isAccepted() {
    data(List.of("v", "w"), AGE, RANK).requireSame(THEN);
  }

  @Test
  void requireSame_otherWorkers_namesTheWorker() {
    assertEquals(
        "worker v holds no training rows any more", refusal(data(List.of("w"), AGE, RANK)));
    assertEquals(
        "worker x held no training rows then", refusal(data(List.of("v", "w", "x"), AGE, RANK)));
  }

  @Test
  void requireSame_otherColumns_namesTheColumn() {
    List<String> workers = List.of("v", "w");
    assertEquals("column rank isn't a feature any more", refusal(data(workers, AGE)));
    assertEquals(
        "column x is of type text in SQL, and was of type long",
        refusal(of(Map.of("x", "text"), workers, AGE, RANK)));
    assertEquals("column age is where rank stood", refusal(data(workers, AGE, AGE)));
    assertEquals("column age wasn't a feature then", refusal(data(workers, AGE, RANK, AGE)));
    String rest = " has another type, other levels or another mean for missing values";
    assertEquals(
        "column age" + rest,
        refusal(data(workers, new Numeric("age", ColumnType.NUMBER, true, 4.6), RANK)));
    assertEquals(
        "column rank" + rest,
        refusal(data(workers, AGE, new OneHot("rank", ColumnType.TEXT, "a", List.of("a", "c")))));
  }
}
