package io.sparkfed.loss;

/**
 * The square of the hinge loss, {@code max(0, 1 - z s)²} with {@code z = 2 y - 1}, labels 0 and 1:
 * the "L2-loss" support vector machine of Fan et al., "LIBLINEAR" (JMLR 2008). Differentiable; its
 * curvature jumps from 2 to 0 at {@code z s = 1}.
 */
public enum SquaredHingeLoss implements Loss {
  INSTANCE;

  @Override
  public double value(double score, double label) {
    double hinge = HingeLoss.INSTANCE.value(score, label);
    return hinge * hinge;
  }

  @Override
  public double gradient(double score, double label) {
    return -2.0 * HingeLoss.sign(label) * HingeLoss.INSTANCE.value(score, label);
  }

  @Override
  public double curvature(double score, double label) {
    return HingeLoss.sign(label) * score < 1.0 ? 2.0 : 0.0;
  }

  @Override
  public double mean(double score) {
    return HingeLoss.INSTANCE.mean(score);
  }

  @Override
  public boolean isCurved() {
    return false;
  }

  @Override
  public boolean acceptsLabel(double label) {
    return HingeLoss.INSTANCE.acceptsLabel(label);
  }

  @Override
  public String labelRule() {
    return HingeLoss.INSTANCE.labelRule();
  }
}
