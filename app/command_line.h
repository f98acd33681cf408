// The program's door: which command was asked for, and with what. Without a command the window opens.
#pragma once

namespace kinescore {

/// Exit code: 0 ok, 2 usage, 3 bad input, 4 engine, 5 partial.
int runCommandLine(int argc, char** argv);

}  // namespace kinescore
