package io.sparkfed.federated;

/** Hears, at the driver, which phase of a run begins. A run is in one phase at a time. */
@FunctionalInterface
public interface PhaseListener {
  /** Hears nothing. */
  PhaseListener NONE = phase -> {};

  /** Called when a phase begins, or goes on after another one; the one before has ended. */
  void entered(RunPhase phase);
}
