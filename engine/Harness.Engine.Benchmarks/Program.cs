// Runs the engine benchmarks.
return 0;
