// Lanes: none overlaps another in its lane, and each is the first that was free.
#include <gtest/gtest.h>

#include "tests/support/projects.h"
#include "ui/timeline/track_index.h"

namespace kinescore {
namespace {

TEST(TrackIndexTest, EveryClipLiesInTheFirstLaneThatIsFree) {
  CounterRandom random(7);
  TimelineBuilder builder;
  const ObjectId track = builder.track(TrackKind::Text, "Text");
  for (int i = 0; i < 300; ++i) {
    const double start = 100 * random.uniform();
    builder.clip(track, start, start + 0.1 + 5 * random.uniform(), TextCondition{"walk"});
  }
  const TrackIndex index(builder.timeline(), track);
  EXPECT_EQ(index.clipCount(), 300);
  // What was laid out is what looking through all lanes in order gives.
  std::vector<Ticks> ends;
  for (const auto& clip : builder.timeline().clipsOf(track)) {
    std::size_t lane = 0;
    while (lane < ends.size() && ends[lane] > clip->span.start) {
      ++lane;
    }
    ends.resize(std::max(ends.size(), lane + 1));
    ends[lane] = clip->span.end;
    EXPECT_EQ(index.laneOf(*clip), int(lane));
    EXPECT_EQ(index.findAt(int(lane), clip->span.start, clip->span.start)->id, clip->id);
  }
  EXPECT_EQ(index.laneCount(), int(ends.size()));
}

TEST(TrackIndexTest, AClipOfAnotherTrackIsInNoLane) {
  TimelineBuilder builder;
  const ObjectId a = builder.track(TrackKind::Text, "A"), b = builder.track(TrackKind::Text, "B");
  builder.clip(a, 0, 5, TextCondition{"walk"});
  builder.clip(a, 1, 5, TextCondition{"wave"});
  const ObjectId other = builder.clip(b, 1, 5, TextCondition{"run"});
  const TrackIndex index(builder.timeline(), a);
  EXPECT_EQ(index.laneOf(*builder.timeline().findClip(other)), 0);
  EXPECT_EQ(index.laneOf(*builder.timeline().clipsOf(a)[1]), 1);
}

}  // namespace
}  // namespace kinescore
