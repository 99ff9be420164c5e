package io.sparkfed.report;

import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.sparkfed.model.Family;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class MetricNamesTest {

  @ParameterizedTest
  @EnumSource(Family.class)
  void label_lossOfAnyFamily_isNoKey(Family family) {
    assertNotEquals(family.lossMetric(), MetricNames.label(family.lossMetric()));
  }
}
