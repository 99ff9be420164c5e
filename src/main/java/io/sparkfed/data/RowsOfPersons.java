package io.sparkfed.data;

import io.sparkfed.math.SeededRandom;
import java.util.Arrays;
import java.util.Comparator;

/**
 * Which rows of each person are kept, and which part of the split a person is in. What becomes of a
 * person's rows depends on the person's id and rows alone, so all rows of a person more or less
 * change nothing for anybody else's.
 */
final class RowsOfPersons {
  private final GrowingRows rows;
  private final PersonIds persons;
  private final int[] order;

  /**
   * @param rows of which each has a person, to be read
   * @param order all of them, in canonical order
   */
  RowsOfPersons(GrowingRows rows, int[] order) {
    this.rows = rows;
    this.persons = rows.persons();
    this.order = order;
  }

  /** A row that may be kept, by its place in the order. */
  private record Candidate(long draw, int place) {}

  /**
   * Returns at which places of the order rows are left out.
   *
   * @param most how many rows of a person are kept, at least 1. Which ones is drawn by a hash of
   *     each: the first ones in canonical order would have the lowest labels.
   * @param key of the draw
   */
  boolean[] beyond(int most, long key) {
    boolean[] isBeyond = new boolean[order.length];
    int[] byPerson = CanonicalOrder.of(order.length, new ByPerson());
    for (int from = 0, to = 0; from < byPerson.length; from = to) {
      while (to < byPerson.length && isOfOne(byPerson[from], byPerson[to])) {
        to++;
      }
      if (to - from > most) {
        Candidate[] candidates = candidates(byPerson, from, to, key);
        for (int i = most; i < candidates.length; i++) {
          isBeyond[candidates[i].place()] = true;
        }
      }
    }
    return isBeyond;
  }

  /** Returns a person's rows in the order in which they are kept; equal ones in that of all. */
  private Candidate[] candidates(int[] byPerson, int from, int to, long key) {
    Candidate[] candidates = new Candidate[to - from];
    for (int i = from; i < to; i++) {
      long own = SeededRandom.mix(rows.hash(order[byPerson[i]]) ^ key);
      candidates[i - from] = new Candidate(SeededRandom.mix(own ^ high(byPerson[i])), byPerson[i]);
    }
    Arrays.sort(
        candidates,
        Comparator.comparingLong(Candidate::draw)
            .thenComparing((a, b) -> rows.compare(order[a.place()], order[b.place()]))
            .thenComparing(candidate -> rows.part(order[candidate.place()])));
    return candidates;
  }

  /**
   * Returns whether a row's person is held out.
   *
   * @param row its number, which doesn't depend on an order
   * @param testFraction the chance of it
   * @param key of the draw
   */
  boolean isTest(int row, double testFraction, long key) {
    return SeededRandom.unit(SeededRandom.mix(persons.high(row) ^ key)) < testFraction;
  }

  private boolean isOfOne(int place, int other) {
    return high(place) == high(other) && low(place) == low(other);
  }

  private long high(int place) {
    return persons.high(order[place]);
  }

  private long low(int place) {
    return persons.low(order[place]);
  }

  private final class ByPerson implements CanonicalOrder.Keys {
    @Override
    public long of(int place, int key) {
      return key == 0 ? high(place) : low(place);
    }

    @Override
    public int following(int place, int key) {
      return key == 0 ? 1 : CanonicalOrder.NONE;
    }
  }
}
