package io.sparkfed.objective;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.sparkfed.data.Examples;
import io.sparkfed.data.ShardBuilder;
import io.sparkfed.data.ShardBuilder.Part;
import io.sparkfed.math.SymmetricMatrix;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Scaling;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SampledGramTest {
  private static final int FEATURES = 11;
  private static final int ROWS = 300;

  @ParameterizedTest
  @CsvSource({"300,true", "1000,false", "100,true", "7,true", "1,false"})
  void of_rowsAtEvenDistances_isTheirSumScaledUp(int most, boolean intercept) {
    ModelShape shape = new ModelShape(FEATURES, intercept);
    Random random = new Random(3);
    double[] means = random.doubles(FEATURES).toArray();
    double[] divisors = random.doubles(FEATURES, 0.5, 2.0).toArray();
    Examples rows = rows(random);
    int order = FEATURES + (intercept ? 1 : 0);
    int count = Math.min(most, ROWS);
    double[] expected = new double[SymmetricMatrix.packedLength(order)];
    double sampled = 0.0;
    for (int s = 0; s < count; s++) {
      int row = s * ROWS / count;
      double[] z = new double[order];
      double[] x = new double[FEATURES];
      rows.copyRow(row, x, 0);
      for (int j = 0; j < order; j++) {
        z[j] = j == FEATURES ? 1.0 : (x[j] - (intercept ? means[j] : 0.0)) / divisors[j];
      }
      sampled += rows.weight(row);
      for (int i = 0, at = 0; i < order; i++) {
        for (int j = i; j < order; j++, at++) {
          expected[at] += rows.weight(row) * z[i] * z[j];
        }
      }
    }
    for (int at = 0; at < expected.length; at++) {
      expected[at] *= rows.totalWeight() / sampled;
    }

    double[] gram = SampledGram.of(rows, shape, Scaling.standardize(shape, means, divisors), most);

    assertArrayEquals(expected, gram, 1e-12 * rows.totalWeight());
  }

  private static Examples rows(Random random) {
    ShardBuilder builder = new ShardBuilder("w", FEATURES);
    for (int i = 0; i < ROWS; i++) {
      builder.addDense(
          random.doubles(FEATURES).toArray(),
          random.nextGaussian(),
          0.5 + random.nextDouble(),
          Part.TRAIN);
    }
    return builder.build(0.0, 1L, false, new ModelShape(FEATURES, true)).train();
  }
}
