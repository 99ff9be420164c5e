/**
 * How the driver turns what a round brought into the next global model. State is a value: a {@link
 * io.sparkfed.server.ServerOptimizer} takes a state, a model and a mean update and returns a model
 * and a state; a {@link io.sparkfed.server.ExactOptimizer} minimizes the objective of all rows from
 * one evaluation to the next, as a {@link io.sparkfed.server.Search} that is told and returns a
 * search.
 */
package io.sparkfed.server;
