#include "engine/request/report_text.h"

#include <gtest/gtest.h>

namespace kinescore {
namespace {

TEST(ReportTextTest, PlacesAreSaidInSecondsOrAsTheSurfaceLikes) {
  const std::string text = "Pose at " + placeMark(ticksFromSeconds(2)) + " kept, " + placeMark(FrameRange{176, 184});
  EXPECT_EQ(withPlacesInSeconds(text), "Pose at 2.00 s kept, 5.87 to 6.13 s");
  const auto frames = [](TimeRange place) {
    const auto at = [](Ticks t) { return std::to_string(nearestFrame(t, kEngineRate)); };
    return place.isEmpty() ? "frame " + at(place.start) : "frames " + at(place.start) + "-" + at(place.end);
  };
  EXPECT_EQ(withPlaces(text, frames), "Pose at frame 60 kept, frames 176-184");
  EXPECT_EQ(withPlaces(placeMark(FrameRange{0, 9}) + " come from take 1", frames), "Frames 0-9 come from take 1");
}

TEST(ReportTextTest, WordsWithoutMarksStayAsTheyAre) {
  for (const char* text : {"Pose at 2.00 s kept", "“{t shirt}” moved", "“{t 12” moved", "“{t 1 2 3}”", "", "{t }"}) {
    EXPECT_EQ(withPlacesInSeconds(text), text);
  }
}

}  // namespace
}  // namespace kinescore
