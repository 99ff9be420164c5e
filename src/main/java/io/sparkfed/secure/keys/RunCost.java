package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.RowPart;
import io.sparkfed.privacy.Zcdp;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/**
 * What a run's releases cost a row. It is in one of two parts, and only the releases of its own
 * part tell of it: the larger of both sums counts. That holds for the rows of one person, too,
 * which may be in both parts. If k of n are training rows, they move releases k/n as far as is paid
 * for, so together it costs {@code (k/n)²} of one sum and {@code (1 - k/n)²} of the other, which is
 * no more than the larger.
 *
 * <p>That is so for one view of rows. What is asked in another one is added: there the row may be
 * in the other part. Not thread-safe.
 */
final class RunCost {
  private static final HexFormat HEX = HexFormat.of();

  private Zcdp ofAll = Zcdp.NOTHING;
  private final Map<String, Zcdp> training = new HashMap<>();
  private final Map<String, Zcdp> test = new HashMap<>();

  void add(Charge charge) {
    if (charge.part() == RowPart.ALL) {
      ofAll = ofAll.then(charge.cost());
    } else {
      costs(charge).merge(HEX.formatHex(charge.view()), charge.cost(), Zcdp::then);
    }
  }

  private Map<String, Zcdp> costs(Charge charge) {
    return charge.part() == RowPart.TRAIN ? training : test;
  }

  /** Returns the cost. */
  Zcdp total() {
    Map<String, Zcdp> larger = new HashMap<>(training);
    test.forEach((view, cost) -> larger.merge(view, cost, Zcdp::beside));
    return larger.values().stream().reduce(ofAll, Zcdp::then);
  }

  /** Returns the cost with one release more. */
  Zcdp with(Charge charge) {
    RunCost more = new RunCost();
    more.ofAll = ofAll;
    more.training.putAll(training);
    more.test.putAll(test);
    more.add(charge);
    return more.total();
  }
}
