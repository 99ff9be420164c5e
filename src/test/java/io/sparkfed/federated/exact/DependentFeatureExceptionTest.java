package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.DependentFeatureException;
import java.util.List;
import org.junit.jupiter.api.Test;

class DependentFeatureExceptionTest {

  @Test
  void named_featureOrIntercept_isToldByItsName() {
    List<String> features = List.of("age", "twice");

    assertTrue(
        new DependentFeatureException(1, "set model.l2 > 0", null)
            .getMessage()
            .startsWith("feature 2 must not be"));
    assertEquals(
        "feature twice must not be a linear combination of the features before it: there is no single"
            + " optimum. Leave features out, or set model.l2 > 0",
        new DependentFeatureException(1, "set model.l2 > 0", null).named(features).getMessage());
    assertTrue(
        new DependentFeatureException(2, "set model.l2 > 0", null)
            .named(features)
            .getMessage()
            .startsWith("the constant column of the intercept must not be"));
  }
}
