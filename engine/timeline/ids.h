// The two sources of object ids: counted for tests and replays, drawn for documents.
#pragma once

#include <random>

#include "engine/timeline/timeline.h"

namespace kinescore {

/// first, first + 1, …
class SequentialIds final : public IdSource {
 public:
  /// 1 is the settings object's.
  explicit SequentialIds(std::uint64_t first = 2) : next_(first) {}
  ObjectId next() override { return {next_++}; }

 private:
  std::uint64_t next_;
};

/// Drawn, so that two people's edits of one project merge without meeting. 52 bits, so that every
/// JSON reader keeps them exactly; never 0 and never the settings' id.
class RandomIds final : public IdSource {
 public:
  RandomIds() : engine_(std::random_device{}()) { engine_.discard(std::random_device{}() % 1024); }
  explicit RandomIds(std::uint64_t seed) : engine_(seed) {}
  ObjectId next() override { return {(engine_() >> 12) | (1ull << 51)}; }

 private:
  std::mt19937_64 engine_;
};

}  // namespace kinescore
