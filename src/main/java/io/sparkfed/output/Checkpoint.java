package io.sparkfed.output;

import io.sparkfed.config.ResultSettings;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.survey.DataFingerprint;

/**
 * What a run is resumed from.
 *
 * @param runId the run's id
 * @param library the version of this library, whose kernels the bits depend on
 * @param settings the configuration, as far as the result depends on it
 * @param data what is known of the data without looking at a row
 * @param state the training's state
 */
public record Checkpoint(
    String runId,
    String library,
    ResultSettings settings,
    DataFingerprint data,
    TrainingState state) {}
