"""The parts of the command `steppewire` that look at a running newswire, and mend it."""
