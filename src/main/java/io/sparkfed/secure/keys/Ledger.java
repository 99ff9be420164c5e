package io.sparkfed.secure.keys;

import io.sparkfed.privacy.Zcdp;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What an owner's journal says was spent of its budget. For the owner alone: nothing of it is told
 * to a driver but that a run is refused.
 *
 * @param spent over all runs
 * @param runs how many
 * @param charges one line for each: its time, and what it was for
 */
public record Ledger(Zcdp spent, int runs, List<String> charges) {

  /**
   * Reads a journal.
   *
   * @param folder the owner's folder
   * @throws IOException if it can't be read
   * @throws io.sparkfed.wire.ProtocolException if it was changed
   */
  public static Ledger of(Path folder, Budget budget) throws IOException {
    Remembered remembered = new Remembered(Limits.NONE);
    List<String> charges = new ArrayList<>();
    Map<String, String> told = new HashMap<>();
    JournalChain chain = new JournalChain();
    for (String line : JournalText.written(folder)) {
      String whole = chain.follow(line);
      JournalLine entry = JournalLine.parse(whole);
      entry.addTo(remembered);
      if (entry.isChargeOf(budget.data())) {
        charges.add(whole.substring(0, whole.indexOf(' ')) + "  " + entry.words(told));
      }
    }
    Spent spent = remembered.spent();
    return new Ledger(spent.total(budget.data()), spent.runCount(budget.data()), charges);
  }
}
