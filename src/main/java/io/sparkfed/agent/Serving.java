package io.sparkfed.agent;

import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;

/**
 * What an agent's connections share.
 *
 * @param budget for payloads of requests
 * @param turns to work on a request and to send its answer
 * @param work runs handlers
 */
record Serving(
    Door door,
    AgentHandler handler,
    FrameLimits limits,
    ByteBudget budget,
    Semaphore turns,
    ExecutorService work) {}
