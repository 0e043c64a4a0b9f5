// The command-line entry point of the harness.
return 0;
