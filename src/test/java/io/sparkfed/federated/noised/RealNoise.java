package io.sparkfed.federated.noised;

import io.sparkfed.aggregate.InsecurePlainSum;
import io.sparkfed.aggregate.Layout;
import io.sparkfed.aggregate.ReleasedSum;
import io.sparkfed.aggregate.SumFactory;
import io.sparkfed.aggregate.VectorSum;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.secure.NoisySum;
import io.sparkfed.secure.UnderPolicies;
import io.sparkfed.secure.keys.ThrowAwayKeys;

/** Sums with workers' shares of noise, in one process, where nothing else can be asked for. */
final class RealNoise implements SumFactory {
  private final UnderPolicies ring;

  /** Creates sums whose noise is that of a seed. */
  RealNoise(int seed) {
    byte[] master = new byte[32];
    master[0] = (byte) seed;
    master[1] = (byte) (seed >> 8);
    ring = new UnderPolicies(new ThrowAwayKeys(master), new InsecurePlainSum(1), new byte[32]);
  }

  @Override
  public VectorSum sumOf(Layout layout) {
    throw new AssertionError("only sums with noise are asked for");
  }

  /** A plain sum relies on one worker: with h times the cost, shares are those of h. */
  @Override
  public ReleasedSum released(Zcdp cost, Zcdp plan, int honest) {
    return new NoisySum(ring, cost.times(honest), plan, 1);
  }
}
