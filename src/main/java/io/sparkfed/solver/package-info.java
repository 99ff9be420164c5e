/**
 * Local solvers: how one worker improves its own objective within a round. Runs at workers. A
 * solver is a pure function of objective, start and random source.
 */
package io.sparkfed.solver;
