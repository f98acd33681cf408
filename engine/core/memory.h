// How much memory the machine has left and this process has taken, as the system tells.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace kinescore {

/// Bytes that a program could take now without others being put out of memory; nothing where the
/// system does not tell.
[[nodiscard]] std::optional<std::uint64_t> availableMemory();
/// The most bytes that this process had in memory at any time so far.
[[nodiscard]] std::optional<std::uint64_t> peakMemory();

/// Hands memory that was freed back to the system, where the system's library can: after work that took and freed
/// much in pieces between which some stays, as loading does.
void returnFreedMemory();

/// "1.7 GB", "320 MB": decimal, as memory and downloads are spoken of.
[[nodiscard]] std::string bytesText(std::uint64_t bytes);

}  // namespace kinescore
