/**
 * Workers whose rows are held by their owners' own processes, from the driver's side: what an agent
 * is asked and answers ({@link io.sparkfed.spark.agents.AgentRequest}, {@link
 * io.sparkfed.spark.agents.AgentReply}), and a federation of agents. The driver's code never
 * touches a row of theirs.
 */
package io.sparkfed.spark.agents;
