"""Delivery: at least once in transport, exactly once in effect. Read in this order:

0. `patience` what kind of trouble an error is, and how patient we are with each kind
1. `policy`   what happens to a message, as pure functions of values
2. `gate`     the only place where a message ends: one Lua script, owner-checked
3. `lease`    heartbeats for running work, taking over what a dead worker left
4. `work`     how a stage's function is run: on the loop, in a batch, in a child process
5. `worker`   one stage at work: entries in, settlements out
6. `upkeep`   groups, trimming, lag, backpressure
7. `entrance` how a new link enters the newswire, once
8. `health`   live, ready, metrics
9. `spans`    what a trace tells of a hop; `tracing` and `otel` take it to a collector
10. `way`     what is on its way, for `steppewire recover`
11. `again`   putting events onto the path a second time, each once
"""
