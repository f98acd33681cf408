// Paths of the standard library as Qt's strings.
#pragma once

#include <filesystem>

#include <QString>

namespace kinescore {

[[nodiscard]] inline QString pathText(const std::filesystem::path& path) { return QString::fromStdString(path.string()); }

}  // namespace kinescore
