// From what the author arranged to what is asked of the engine.
#pragma once

#include "engine/request/take.h"

namespace kinescore {

struct RequestOptions {
  std::optional<TimeRange> timeSelection;  // re-solve only this, on `base`; rounded outward
  std::shared_ptr<const Take> base;
  std::uint64_t seed = 1;
  Quality quality = Quality::Good;
  DeviceChoice device = DeviceChoice::Auto;
  int automaticReferences = kUsualReferences;
  ReferenceWishes wishes;
  std::optional<DraftRequest> draft;
  // Beside what the timeline asks for.
  std::vector<RhythmRequest> rhythms;
  std::vector<ViewRequest> views;
  bool estimate = false;
};

/// Muted and un-soloed tracks and muted clips are left out. A time selection without a base take is
/// an error with one sentence ("There is no take yet to change a part of; generate the whole first").
[[nodiscard]] Result<GenerationRequest> buildRequest(const Timeline& timeline, const RequestOptions& options);

}  // namespace kinescore
