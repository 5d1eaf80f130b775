//! Every way to fail: the result codes and the messages of the real one, beside the kinds of error of the engine and
//! the messages of our command.

mod command_line;
mod failing_runs;
mod load;
mod patch;
mod sig_args;
