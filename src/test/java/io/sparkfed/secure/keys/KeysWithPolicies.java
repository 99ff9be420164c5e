package io.sparkfed.secure.keys;

import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Throw-away keys of owners with policies, limits and journals of their own. */
public final class KeysWithPolicies implements KeyRing {
  private static final long serialVersionUID = 1L;

  private final ThrowAwayKeys keys = ThrowAwayKeys.random();
  private final transient Map<String, Owner> owners = new TreeMap<>();

  /** Gives an owner a policy and limits, and a journal that is empty. */
  public KeysWithPolicies with(String worker, Policy policy, Limits limits) {
    Owner owner = keys.open(worker);
    byte[] secret = owner.journal().secretOf(new byte[32]);
    owners.put(
        worker,
        new Owner(owner.keys(), policy, new ThrowAwayJournal(secret, limits), owner.roster()));
    return this;
  }

  /** Gives an owner a privacy budget beside its policy, and a journal that is empty. */
  public KeysWithPolicies with(String worker, Budget budget) {
    Owner owner = open(worker);
    byte[] secret = owner.journal().secretOf(new byte[32]);
    owners.put(
        worker,
        new Owner(
            owner.keys(),
            owner.policy(),
            owner.questions(),
            new ThrowAwayJournal(secret, Limits.NONE),
            owner.roster(),
            Optional.of(budget)));
    return this;
  }

  @Override
  public Owner open(String worker) {
    return owners.getOrDefault(worker, keys.open(worker));
  }

  @Override
  public Roster roster() {
    return keys.roster();
  }
}
