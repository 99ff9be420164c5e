package io.sparkfed.model.formula;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The operators of a formula on lists of terms. A term is a set of variables, by their numbers in
 * the order in which they first appear: {@code a:a} is {@code a}.
 */
final class TermAlgebra {
  private TermAlgebra() {}

  static Set<BitSet> sum(Set<BitSet> left, Set<BitSet> right) {
    Set<BitSet> terms = new LinkedHashSet<>(left);
    terms.addAll(right);
    return terms;
  }

  static Set<BitSet> without(Set<BitSet> left, Set<BitSet> right) {
    Set<BitSet> terms = new LinkedHashSet<>(left);
    terms.removeAll(right);
    return terms;
  }

  /** {@code a:b}. */
  static Set<BitSet> product(Set<BitSet> left, Set<BitSet> right) {
    Set<BitSet> terms = new LinkedHashSet<>();
    left.forEach(a -> right.forEach(b -> terms.add(union(a, b))));
    return terms;
  }

  /** {@code a*b}. */
  static Set<BitSet> crossing(Set<BitSet> left, Set<BitSet> right) {
    return sum(sum(left, right), product(left, right));
  }

  /** {@code b %in% a}: each of the inner terms within all of the outer ones together. */
  static Set<BitSet> within(Set<BitSet> inner, Set<BitSet> outer) {
    BitSet all = new BitSet();
    outer.forEach(all::or);
    return product(inner, Set.of(all));
  }

  /** {@code a/b}. */
  static Set<BitSet> nesting(Set<BitSet> left, Set<BitSet> right) {
    return sum(left, within(right, left));
  }

  /** {@code (a + b)^n}: all products of up to n of the terms. */
  static Set<BitSet> power(Set<BitSet> terms, int exponent) {
    Set<BitSet> powers = terms;
    for (int k = 1; k < exponent; k++) {
      Set<BitSet> next = sum(powers, product(powers, terms));
      if (next.size() == powers.size()) {
        break;
      }
      powers = next;
    }
    return powers;
  }

  /** Returns the terms by their number of variables; equally long ones as they were written. */
  static List<BitSet> inOrder(Set<BitSet> terms) {
    List<BitSet> ordered = new ArrayList<>(terms);
    ordered.sort(Comparator.comparingInt(BitSet::cardinality));
    return ordered;
  }

  private static BitSet union(BitSet a, BitSet b) {
    BitSet both = (BitSet) a.clone();
    both.or(b);
    return both;
  }
}
