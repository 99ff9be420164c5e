package io.sparkfed.model.formula;

import io.sparkfed.model.formula.Factor.Category;
import io.sparkfed.model.formula.Factor.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How the categories of each term are coded.
 *
 * <p>A fully coded category spans the constant and its contrasts: {@code a:b}, both full, is {@code
 * 1 + a + b + a:b} with contrasts alone. Term by term, those of these parts that no term before
 * spans, times the same numbers, are put together again to as few products as can be, from the
 * shortest on: a part and the same part with one category more are one product in which that
 * category is full. Where R's {@code model.matrix} has full rank that is its coding; where R would
 * report {@code NA} for a coefficient, the features span the same without it. N. J. Smith's patsy
 * codes like this, too.
 */
final class Coding {
  private Coding() {}

  static List<Term> of(Collection<List<Factor>> products, boolean intercept) {
    Map<Set<Factor>, Set<Set<Factor>>> spanned = new HashMap<>();
    if (intercept) {
      spanned.put(Set.of(), new HashSet<>(Set.of(Set.of())));
    }
    List<Term> terms = new ArrayList<>();
    for (List<Factor> product : products) {
      List<Factor> categories = product.stream().filter(Category.class::isInstance).toList();
      Set<Factor> numbers =
          new HashSet<>(product.stream().filter(Value.class::isInstance).toList());
      Set<Set<Factor>> known = spanned.computeIfAbsent(numbers, n -> new HashSet<>());
      List<Part> parts = new ArrayList<>();
      for (Set<Factor> subset : subsets(categories)) {
        if (known.add(subset)) {
          parts.add(new Part(subset, Set.of()));
        }
      }
      while (joinsTwo(parts)) {
        // Until no two can be joined.
      }
      parts.forEach(part -> terms.add(part.term(product)));
    }
    return terms;
  }

  /**
   * A product of categories.
   *
   * @param contrasts those without their reference
   * @param full those with all levels
   */
  private record Part(Set<Factor> contrasts, Set<Factor> full) {

    int size() {
      return contrasts.size() + full.size();
    }

    /**
     * Returns this and a part without one of its contrasts as one; null if that's not what it is.
     */
    Part joined(Part shorter) {
      if (size() - shorter.size() != 1
          || !full.equals(shorter.full)
          || !contrasts.containsAll(shorter.contrasts)) {
        return null;
      }
      Set<Factor> added = new HashSet<>(contrasts);
      added.removeAll(shorter.contrasts);
      added.addAll(full);
      return new Part(shorter.contrasts, added);
    }

    Term term(List<Factor> product) {
      List<Factor> factors = new ArrayList<>();
      for (Factor factor : product) {
        if (factor instanceof Value || contrasts.contains(factor)) {
          factors.add(factor);
        } else if (full.contains(factor)) {
          factors.add(new Category(((Category) factor).column(), true));
        }
      }
      return new Term(factors);
    }
  }

  private static boolean joinsTwo(List<Part> parts) {
    for (int s = 0; s < parts.size(); s++) {
      for (int l = s + 1; l < parts.size(); l++) {
        Part joined = parts.get(l).joined(parts.get(s));
        if (joined != null) {
          parts.set(l, joined);
          parts.remove(s);
          return true;
        }
      }
    }
    return false;
  }

  /** Returns all subsets, from the shortest on, and equally long ones in the order of the list. */
  private static List<Set<Factor>> subsets(List<Factor> all) {
    List<Set<Factor>> found = new ArrayList<>();
    for (int size = 0; size <= all.size(); size++) {
      addSubsets(all, 0, size, new ArrayList<>(), found);
    }
    return found;
  }

  private static void addSubsets(
      List<Factor> all, int from, int size, List<Factor> chosen, List<Set<Factor>> found) {
    if (size == 0) {
      found.add(new LinkedHashSet<>(chosen));
      return;
    }
    for (int k = from; k <= all.size() - size; k++) {
      chosen.add(all.get(k));
      addSubsets(all, k + 1, size - 1, chosen, found);
      chosen.remove(chosen.size() - 1);
    }
  }
}
