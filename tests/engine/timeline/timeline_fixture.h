// A timeline that is edited step by step, as the window does it: each patch is applied and handed back.
#pragma once

#include <gtest/gtest.h>

#include "engine/timeline/edit.h"
#include "engine/timeline/ids.h"

namespace kinescore {

constexpr Ticks second(double s) { return ticksFromSeconds(s); }

class EditedTimelineTest : public testing::Test {
 protected:
  TimelinePatch take(const Result<TimelinePatch>& patch) {
    EXPECT_TRUE(patch) << (patch ? "" : patch.error().message);
    if (!patch) return {};
    const Result<Timeline> next = apply(timeline_, *patch);
    EXPECT_TRUE(next) << (next ? "" : next.error().message);
    if (next) timeline_ = *next;
    return *patch;
  }
  ObjectId track(TrackKind kind, const char* name = "A") {
    take(addTrack(timeline_, ids_, kind, name));
    return timeline_.tracks().back()->id;
  }
  ObjectId clip(ObjectId trackId, double start, double end, Condition condition = TextCondition{"walk"}) {
    Clip added;
    added.trackId = trackId;
    added.span = {second(start), second(end)};
    added.condition = std::move(condition);
    return take(addClip(timeline_, ids_, added)).changes.front().id;
  }
  const Clip& at(ObjectId id) { return *timeline_.findClip(id); }
  void expectRefused(const Result<TimelinePatch>& patch, const char* part) {
    ASSERT_FALSE(patch);
    EXPECT_NE(patch.error().message.find(part), std::string::npos) << patch.error().message;
  }

  SequentialIds ids_;
  Timeline timeline_;
};

}  // namespace kinescore
