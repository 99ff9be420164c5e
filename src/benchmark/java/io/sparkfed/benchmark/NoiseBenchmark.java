package io.sparkfed.benchmark;

import io.sparkfed.privacy.DiscreteGaussian;
import io.sparkfed.privacy.StreamDraws;
import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.secure.crypto.KeyStream;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.SparkSession;

/**
 * What a sample of the discrete Gaussian costs one thread, by the binary logarithm of sigma; one
 * line of JSON a case. Vectors are drawn as at a worker, each from a stream of its own.
 */
public final class NoiseBenchmark {
  private static final double SECONDS_TO_WARM_UP = 2.0;
  private static final double SECONDS_A_MEASUREMENT = 3.0;

  private NoiseBenchmark() {}

  /**
   * Runs the benchmark.
   *
   * @param args {@code logSigma=0,10,33} and {@code length=10,1000}, numbers separated by commas
   */
  public static void main(String[] args) {
    Suite suite = new Suite("noise", args);
    SparkSession spark = suite.open();
    for (int logSigma : suite.numbers("logSigma", List.of(0, 10, 20, 33, 40))) {
      DiscreteGaussian noise = DiscreteGaussian.ofVariance(BigInteger.ONE.shiftLeft(2 * logSigma));
      for (int length : suite.numbers("length", List.of(10, 1000))) {
        nanosASample(noise, length, SECONDS_TO_WARM_UP);
        Map<String, Object> measured = new LinkedHashMap<>();
        measured.put("logSigma", logSigma);
        measured.put("length", length);
        measured.put("nanosASample", Math.rint(nanosASample(noise, length, SECONDS_A_MEASUREMENT)));
        suite.print(spark, measured);
      }
    }
    spark.stop();
  }

  private static double nanosASample(DiscreteGaussian noise, int length, double seconds) {
    long start = System.nanoTime();
    long samples = 0;
    while (System.nanoTime() - start < seconds * 1e9) {
      draw(noise, key(samples), length);
      samples += length;
    }
    return (System.nanoTime() - start) / (double) samples;
  }

  /** Returns the key of a vector's noise. */
  static byte[] key(long vector) {
    return Kdf.sha256(Long.toString(vector).getBytes(StandardCharsets.UTF_8));
  }

  /** Draws a vector of noise as an owner does, from a stream of its own. */
  static void draw(DiscreteGaussian noise, byte[] key, int length) {
    long drawn =
        KeyStream.within(
            key,
            keyStream -> {
              StreamDraws draws = new StreamDraws(keyStream::next);
              long sum = 0;
              for (int i = 0; i < length; i++) {
                sum += noise.sample(draws);
              }
              return sum;
            });
    // Whoever optimises must not leave the samples out.
    if (drawn == Long.MIN_VALUE) {
      throw new IllegalStateException("samples are symmetric around 0");
    }
  }
}
