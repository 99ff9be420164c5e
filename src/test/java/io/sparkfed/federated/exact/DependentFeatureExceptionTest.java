package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.federated.DependentFeatureException;
import io.sparkfed.hint.Hint;
import io.sparkfed.hint.Message;
import io.sparkfed.testing.InKeys;
import java.util.List;
import org.junit.jupiter.api.Test;

class DependentFeatureExceptionTest {

  private static final Message SET_L2 = Message.of("set ", Hint.L2, " > 0");

  @Test
  void named_featureOrIntercept_isToldByItsName() {
    List<String> features = List.of("age", "twice");

    assertTrue(
        new DependentFeatureException(1, SET_L2, null)
            .getMessage()
            .startsWith("feature 2 must not be"));
    assertEquals(
        "feature twice must not be a linear combination of the features before it: there is no single"
            + " optimum. Leave features out, or set model.l2 > 0",
        InKeys.said(new DependentFeatureException(1, SET_L2, null).named(features)));
    assertTrue(
        new DependentFeatureException(2, SET_L2, null)
            .named(features)
            .getMessage()
            .startsWith("the constant column of the intercept must not be"));
  }
}
