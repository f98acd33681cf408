// A library in pieces, so that one that is larger than the memory can be trained on: a folder of
// library files and a list of what is in them. `kinescore dataset shards` makes it.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "engine/library/library.h"

namespace kinescore {

struct Shard {
  std::filesystem::path file;  // a motion library, whole in itself
  int clips = 0;
  std::int64_t frames = 0;
  /// Captioned frames of each split's actions; a segment counts at most 20 s. What draws are weighed by.
  std::map<Split, std::map<std::string, double>> actionFrames;
};

struct ShardSet {
  std::vector<Shard> shards;
  [[nodiscard]] std::int64_t frames() const;
};

/// Frames of a segment that count for a draw.
constexpr double kMostCountedFrames = 600;

/// shard-000.kslib … and shards.json in `folder`, which is made and must hold no shards yet. Clips go
/// round the pieces one by one, so that each piece is a sample of the whole.
[[nodiscard]] Result<ShardSet> writeShards(const Library& library, const std::filesystem::path& folder, double minutesEach);

/// A folder that writeShards made, or one library file as the only piece.
[[nodiscard]] Result<ShardSet> loadShards(const std::filesystem::path& path);

}  // namespace kinescore
