package io.sparkfed.secure.masked;

import static io.sparkfed.secure.masked.ModelSession.has;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The protocol that came before as a model, over the full graph: a worker shared its self mask's
 * secret and the secret key that all its pair masks of a session followed from, and each holder
 * revealed one of the two shares. It shows that the search finds what is known to be there.
 *
 * @param workers n, all of them in U0
 * @param threshold t
 * @param keysServeOnce whether a key pair serves one session
 */
record VersionOneModel(int workers, int threshold, boolean keysServeOnce) {

  /**
   * One session.
   *
   * @param question sessions of one question have the same vectors
   * @param pins for which sets of committed workers masked vectors were asked
   * @param told by worker: of which survivors
   */
  record Session(int question, List<Integer> pins, int[] told) {}

  int everybody() {
    return (1 << workers) - 1;
  }

  /**
   * Returns what a worker may be told of the others.
   *
   * @param phantoms most names among the survivors that nobody has
   */
  List<Integer> told(int worker, int phantoms) {
    return ModelSession.subsets(everybody()).stream()
        .filter(told -> has(told, worker))
        .filter(told -> Integer.bitCount(told) + phantoms >= threshold)
        .toList();
  }

  /** Returns what an attacker can compute. */
  Combinations opened(List<Session> sessions) {
    Map<String, Integer> masks = new HashMap<>();
    List<Map<String, Integer>> factors = new ArrayList<>();
    List<Integer> vectors = new ArrayList<>();
    for (int s = 0; s < sessions.size(); s++) {
      Session session = sessions.get(s);
      for (int pins : session.pins()) {
        for (int i = 0; i < workers; i++) {
          if (has(pins, i)) {
            Map<String, Integer> unknown = unknown(sessions, s, pins, i);
            unknown.keySet().forEach(mask -> masks.putIfAbsent(mask, masks.size()));
            factors.add(unknown);
            vectors.add(session.question() * workers + i);
          }
        }
      }
    }
    int questions = 1 + sessions.stream().mapToInt(Session::question).max().orElse(0);
    int[][] seen = new int[factors.size()][masks.size() + questions * workers];
    for (int r = 0; r < seen.length; r++) {
      int[] row = seen[r];
      factors.get(r).forEach((mask, factor) -> row[masks.get(mask)] = factor);
      row[masks.size() + vectors.get(r)] = 1;
    }
    return Combinations.of(seen, masks.size());
  }

  /** Returns the factors of the masks in a worker's vector that the attacker can't take off. */
  private Map<String, Integer> unknown(List<Session> sessions, int s, int pins, int worker) {
    Map<String, Integer> unknown = new HashMap<>();
    if (!isShared(sessions.get(s), worker, true)) {
      unknown.put("self " + s + " " + pins + " " + worker, 1);
    }
    for (int peer = 0; peer < workers; peer++) {
      if (peer != worker
          && has(pins, peer)
          && !isKeyKnown(sessions, s, worker)
          && !isKeyKnown(sessions, s, peer)) {
        unknown.put(
            "pair " + s + " " + pins + " " + Math.min(worker, peer) + " " + Math.max(worker, peer),
            worker < peer ? 1 : -1);
      }
    }
    return unknown;
  }

  private boolean isKeyKnown(List<Session> sessions, int s, int worker) {
    return keysServeOnce
        ? isShared(sessions.get(s), worker, false)
        : sessions.stream().anyMatch(session -> isShared(session, worker, false));
  }

  /** Returns whether t holders were told that a worker is in, or is out, and gave that share. */
  private boolean isShared(Session session, int worker, boolean in) {
    int shares = 0;
    for (int told : session.told()) {
      shares += has(told, worker) == in ? 1 : 0;
    }
    return shares >= threshold;
  }
}
