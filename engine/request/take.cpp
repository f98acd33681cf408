#include "engine/request/take.h"

#include <algorithm>
#include <cassert>

#include "engine/core/hash.h"
#include "engine/media/heard_sound.h"
#include "engine/request/take_json.h"

namespace kinescore {
namespace {

/// Appends frames that came from `takeId`, joining runs of one take.
void addOrigin(std::vector<FrameOrigin>& origins, FrameRange frames, const std::string& takeId) {
  if (frames.start >= frames.end) return;
  if (!origins.empty() && origins.back().takeId == takeId && origins.back().frames.end == frames.start) {
    origins.back().frames.end = frames.end;
  } else {
    origins.push_back({frames, takeId});
  }
}

void addOriginsOf(std::vector<FrameOrigin>& origins, const Take& base, FrameRange frames) {
  for (const FrameOrigin& origin : base.origins) {
    addOrigin(origins,
              {std::max(origin.frames.start, frames.start), std::min(origin.frames.end, frames.end)},
              origin.takeId);
  }
}

/// A take says what was heard; whole recordings would fill the memory of whoever keeps many takes.
void letRecordingsGo(GenerationRequest& request) {
  for (RhythmRequest& rhythm : request.rhythms) {
    if (!rhythm.heard || !rhythm.heard->sound) continue;
    HeardSound heard = *rhythm.heard;
    heard.sound.reset();
    rhythm.heard = std::make_shared<const HeardSound>(std::move(heard));
  }
}

}  // namespace

std::shared_ptr<const Take> makeTake(const GenerationRequest& request, GeneratedMotion result, const Take* base,
                                     int number) {
  assert(result.motion);
  auto take = std::make_shared<Take>();
  take->number = number;
  take->name = "Take " + std::to_string(number);
  take->range = request.range;
  take->request = request;
  take->request.base.reset();
  letRecordingsGo(take->request);
  take->result = std::move(result);
  take->engineVersion = KINESCORE_VERSION;

  const std::int64_t frames = take->result.motion->frameCount();
  const std::string self;  // known only when everything else is
  if (request.range && base != nullptr) {
    take->baseTakeId = base->id;
    std::int64_t next = 0;
    for (const FrameRange& made : request.madeParts()) {
      addOriginsOf(take->origins, *base, {next, made.start});
      addOrigin(take->origins, made, self);
      next = made.end;
    }
    addOriginsOf(take->origins, *base, {next, frames});
  } else {
    addOrigin(take->origins, {0, frames}, self);
  }
  take->id = takeIdOf(*take, requestTextOf(*take), writeReport(take->result.report));
  for (FrameOrigin& origin : take->origins) {
    if (origin.takeId == self) origin.takeId = take->id;
  }
  return take;
}

std::string requestTextOf(const Take& take) {
  GenerationRequest request = take.request;
  request.threads = 0;
  return writeRequest(request);
}

std::string takeIdOf(const Take& take, std::string_view requestText, std::string_view reportText) {
  Sha256 hash;
  const auto add = [&](std::string_view text) {
    hash.update(std::to_string(text.size()) + ":");
    hash.update(text);
  };
  add("kinescore-take 1");
  add(requestText);
  add(reportText);
  add(take.baseTakeId);
  add(take.range ? std::to_string(take.range->start) + "-" + std::to_string(take.range->end) : "");
  for (const FrameOrigin& origin : take.origins) {
    const bool isSelf = origin.takeId.empty() || origin.takeId == take.id;
    add(std::to_string(origin.frames.start) + "-" + std::to_string(origin.frames.end));
    add(isSelf ? std::string() : origin.takeId);
  }
  add(take.motionHash());
  add(take.result.modelHash);
  add(take.result.precisionPath);
  add(take.result.deviceName);
  add(std::to_string(take.result.networkEvaluations));
  add(take.engineVersion);
  return hash.finishHex();
}

}  // namespace kinescore
