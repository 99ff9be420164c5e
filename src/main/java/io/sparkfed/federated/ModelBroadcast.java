package io.sparkfed.federated;

import java.io.Serializable;

/**
 * What the driver sends to the workers of a round.
 *
 * @param round the round's number, from 1
 * @param coefficients the global model in training units
 * @param train whether to train; otherwise the model is only evaluated
 */
public record ModelBroadcast(int round, double[] coefficients, boolean train)
    implements Serializable {}
