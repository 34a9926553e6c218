"""The parts that processes are put together from: what opens, what follows the source, and what answers."""
