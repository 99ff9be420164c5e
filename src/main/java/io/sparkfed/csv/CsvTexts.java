package io.sparkfed.csv;

/** The texts of cells, where the same ones come again and again: one object for each of late. */
public final class CsvTexts {
  private static final int ROOM = 1 << 8;

  /** Longer ones are seldom the same. */
  private static final int MOST_CHARACTERS = 32;

  private final String[] recent = new String[ROOM];

  /** Returns a cell of the record. */
  public String of(CsvRecords records, int cell) {
    char[] text = records.characters();
    int from = records.from(cell);
    int length = records.to(cell) - from;
    if (length > MOST_CHARACTERS) {
      return records.cell(cell);
    }
    int hash = length;
    for (int k = 0; k < length; k++) {
      hash = 31 * hash + text[from + k];
    }
    int place = (hash ^ (hash >>> 8)) & (ROOM - 1);
    String known = recent[place];
    if (known == null || !isSame(known, text, from, length)) {
      known = records.cell(cell);
      recent[place] = known;
    }
    return known;
  }

  private static boolean isSame(String known, char[] text, int from, int length) {
    if (known.length() != length) {
      return false;
    }
    for (int k = 0; k < length; k++) {
      if (known.charAt(k) != text[from + k]) {
        return false;
      }
    }
    return true;
  }
}
