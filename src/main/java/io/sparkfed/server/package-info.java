/**
 * How the driver turns a round's mean update into the next global model. State is a value: an
 * optimizer takes a model and returns a model.
 */
package io.sparkfed.server;
