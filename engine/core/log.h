// One sink, chosen by app/. Messages for engineers go here; what the user must read is an Error.
#pragma once

#include <string_view>

namespace kinescore::log {

enum class Level { Debug, Info, Warning, Error };

/// Everything below `level` is dropped. The default shows warnings on stderr.
void setLevel(Level level);
void write(Level level, std::string_view message);

inline void debug(std::string_view m) { write(Level::Debug, m); }
inline void info(std::string_view m) { write(Level::Info, m); }
inline void warning(std::string_view m) { write(Level::Warning, m); }
inline void error(std::string_view m) { write(Level::Error, m); }

}  // namespace kinescore::log
