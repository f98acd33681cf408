// The sizes of a Kinescore network. Stored in the weights' card, so that other sizes load too.
#pragma once

#include <nlohmann/json.hpp>

#include "engine/core/result.h"

namespace kinescore {

struct NetworkConfig {
  int width = 160;            // of a token; what ships, and what two processor cores can train
  int layers = 6;
  int heads = 4;
  int feedForward = 4;        // inner width of the feed-forward part, times `width`
  int referenceWidth = 128;
  int referenceLayers = 2;
  int narrowFrames = 60;      // every second layer looks this far to both sides
  int senses = 1;             // 1: takes rhythm and view; 0 in weights from before there were any
  int draft = 1;              // 1: follows a draft; likewise
  int tokenPatches = 1;       // pairs of frames a token; more in a network for loud noise alone, which needs no detail
  int directions = 0;         // principal directions of a pair that enter and leave the layers; 0: all
  bool operator==(const NetworkConfig&) const = default;
};

/// Frames a token of a reference clip.
constexpr int kReferencePatchFrames = 4;
/// Values a reference frame: heading-relative positions and rotations.
constexpr int kReferenceChannels = 66 + 132;

[[nodiscard]] nlohmann::json jsonFromConfig(const NetworkConfig& config);
/// Sizes out of all reason are refused before anything is allocated.
[[nodiscard]] Result<NetworkConfig> configFromJson(const nlohmann::json& json);

}  // namespace kinescore
