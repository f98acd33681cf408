// What a file of a stranger may ask for, whatever its format.
#pragma once

#include <cstdint>

namespace kinescore {

constexpr int kMaxImportDepth = 512;
constexpr int kMaxImportJoints = 4096;
/// frames × channels
constexpr std::int64_t kMaxImportValues = std::int64_t(1) << 28;

}  // namespace kinescore
