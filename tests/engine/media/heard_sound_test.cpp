#include "engine/media/heard_sound.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "engine/core/random.h"
#include "engine/media/bars.h"
#include "engine/media/beat_tracker.h"
#include "engine/media/sound_file.h"

namespace kinescore {
namespace {

constexpr int kRate = 22050;

/// A short tone at each time, higher on every `perBar`-th.
std::shared_ptr<const Sound> clicks(const std::vector<double>& times, double seconds, int perBar = 0) {
  auto sound = std::make_shared<Sound>();
  sound->rate = kRate;
  sound->samples.resize(std::size_t(seconds * kRate));
  for (std::size_t i = 0; i < times.size(); ++i) {
    const double hertz = perBar > 0 && int(i) % perBar == 0 ? 1800 : 1200;
    const auto start = std::size_t(times[i] * kRate);
    for (std::size_t n = 0; n < kRate / 30 && start + n < sound->samples.size(); ++n) {
      const double t = double(n) / kRate;
      sound->samples[start + n] += float(0.6 * std::exp(-t * 100) * std::sin(2 * std::numbers::pi * hertz * t));
    }
  }
  return sound;
}
std::vector<double> every(double step, double first, double end) {
  std::vector<double> times;
  for (double t = first; t < end; t += step) times.push_back(t);
  return times;
}
/// The largest distance from a time to the nearest beat.
double farthest(const std::vector<double>& times, const std::vector<double>& beats) {
  double most = 0;
  for (const double time : times) {
    double nearest = 1e9;
    for (const double beat : beats) nearest = std::min(nearest, std::abs(beat - time));
    most = std::max(most, nearest);
  }
  return most;
}

TEST(HeardSoundTest, ASteadyBeatIsHeardWhereItIs) {
  for (const double tempo : {72.0, 100.0, 128.0, 160.0}) {
    const auto times = every(60 / tempo, 0.3, 14.5);
    const auto heard = hear(clicks(times, 15), "clicks.wav");
    ASSERT_TRUE(heard);
    EXPECT_NEAR(heard->beatsPerMinute, tempo, 0.01 * tempo) << tempo;
    EXPECT_LT(farthest(times, heard->beats), 0.015) << tempo;
    EXPECT_EQ(heard->file, "clicks.wav");
    EXPECT_TRUE(std::is_sorted(heard->beats.begin(), heard->beats.end()));
  }
}

TEST(HeardSoundTest, ATempoThatRisesIsFollowed) {
  std::vector<double> times;
  for (double t = 0.2, step = 60.0 / 90; t < 24; t += step, step *= 0.99) times.push_back(t);
  const auto heard = hear(clicks(times, 25), "ramp");
  ASSERT_TRUE(heard);
  EXPECT_LT(farthest(times, heard->beats), 0.03);
  EXPECT_NEAR(double(heard->beats.size()), double(times.size()), 2);
}

TEST(HeardSoundTest, BarsAreToldWhereTheyCanBe) {
  for (const int perBar : {3, 4}) {
    const auto times = every(0.5, 0.3, 19.5);
    const auto heard = hear(clicks(times, 20, perBar), "bars");
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->beatsPerBar, perBar);
    EXPECT_LT(farthest(every(0.5 * perBar, 0.3, 19.5), heard->downbeats), 0.02);
  }
  const auto heard = hear(clicks(every(0.5, 0.3, 19.5), 20), "no bars");
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->beatsPerBar, 0);
  EXPECT_TRUE(heard->downbeats.empty());
}

TEST(HeardSoundTest, SilenceNoiseAndHumHaveNoBeat) {
  CounterRandom random(3);
  auto silence = std::make_shared<Sound>(Sound{kRate, std::vector<float>(10 * kRate)});
  auto noise = std::make_shared<Sound>(*silence), hum = std::make_shared<Sound>(*silence);
  for (std::size_t i = 0; i < noise->samples.size(); ++i) {
    noise->samples[i] = float(0.2 * random.normal());
    hum->samples[i] = float(0.3 * std::sin(2 * std::numbers::pi * 100 * double(i) / kRate));
  }
  for (const auto& sound : {silence, noise, hum}) {
    const auto heard = hear(sound, "x");
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->beatsPerMinute, 0);
    EXPECT_TRUE(heard->beats.empty());
    EXPECT_EQ(heard->frames(), 300);
  }
  const auto heard = hear(silence, "x");
  ASSERT_TRUE(heard);
  EXPECT_EQ(*std::max_element(heard->loudness.begin(), heard->loudness.end()), 0);
}

TEST(HeardSoundTest, ASampleIsASoundToo) {
  const auto heard = hear(std::make_shared<Sound>(Sound{44100, {0.5f}}), "tick");
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->frames(), 1);
}

TEST(HeardSoundTest, FramesTellWhereSomethingBeginsAndHowItRings) {
  const auto times = every(0.5, 0.5, 9.9);
  const auto heard = hear(clicks(times, 10), "clicks");
  ASSERT_TRUE(heard);
  ASSERT_EQ(heard->frames(), 300);
  ASSERT_EQ(heard->bands.size(), 300u * kHeardBands);
  for (const auto* values : {&heard->onset, &heard->loudness, &heard->bands}) {
    for (const float v : *values) {
      ASSERT_TRUE(v >= 0 && v <= 1);
      ASSERT_EQ(v, std::round(v * 1000) / 1000);
    }
  }
  for (int f = 15; f < 285; f += 15) {
    EXPECT_GT(heard->onset[f], 0.8f) << f;      // on the click
    EXPECT_LT(heard->onset[f + 7], 0.2f) << f;  // between
    EXPECT_GT(heard->loudness[f], heard->loudness[f + 7] + 0.3f) << f;
  }
  // 1200 Hz lies in the third of eight bands up to 8 kHz; the last hears next to nothing of it
  float third = 0, last = 0;
  for (int f = 0; f < 300; ++f) third += heard->bands[f * kHeardBands + 2], last += heard->bands[f * kHeardBands + 7];
  EXPECT_GT(third, 10 * last);
}

TEST(HeardSoundTest, APartKeepsABeatMoreOnBothSides) {
  HeardSound whole;
  whole.file = "song";
  whole.beatsPerMinute = 60;
  whole.beatsPerBar = 4;
  for (int i = 0; i < 10; ++i) whole.beats.push_back(i);
  whole.downbeats = {0, 4, 8};
  for (int f = 0; f < 300; ++f) whole.onset.push_back(float(f % 10) / 10), whole.loudness.push_back(0.5f);
  whole.bands.assign(300 * kHeardBands, 0.25f);
  whole.bands[91 * kHeardBands] = 1;
  const HeardSound part = partOf(whole, 3.04, 5.5);
  EXPECT_DOUBLE_EQ(part.startSeconds, 91.0 / 30);
  EXPECT_EQ(part.frames(), 165 - 91);
  EXPECT_EQ(part.onset[0], whole.onset[91]);
  EXPECT_EQ(part.bands[0], 1);
  ASSERT_EQ(part.beats.size(), 4u);  // 3, 4, 5, 6
  EXPECT_DOUBLE_EQ(part.beats[0], 3 - part.startSeconds);
  ASSERT_EQ(part.downbeats.size(), 3u);
  EXPECT_DOUBLE_EQ(part.downbeats[2], 8 - part.startSeconds);
  // a part of the part lies where it does in the whole
  const HeardSound later = partOf(part, 1, 2);
  EXPECT_NEAR(later.startSeconds, part.startSeconds + 1, 1.0 / 30);
  EXPECT_EQ(partOf(whole, 50, 60).frames(), 0);
  EXPECT_FALSE(part == whole);
  EXPECT_TRUE(part == partOf(whole, 3.04, 5.5));
}

TEST(HeardSoundTest, ListeningStopsWhenAsked) {
  std::stop_source source;
  source.request_stop();
  const auto heard = hear(clicks({1, 2}, 3), "x", {}, source.get_token());
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().code, ErrorCode::Cancelled);
}

TEST(BarsTest, NoiseHasNoBarsAndFewBeatsTellNothing) {
  CounterRandom random(11);
  constexpr int kWidth = 20;
  int told = 0;
  for (int trial = 0; trial < 50; ++trial) {
    std::vector<float> noise;
    for (int i = 0; i < 32 * kWidth; ++i) noise.push_back(float(random.normal()));
    told += findBars(noise, kWidth).beatsPerBar > 0;
  }
  EXPECT_LE(told, 1);
  std::vector<float> waltz;
  for (int beat = 0; beat < 24; ++beat) {
    for (int w = 0; w < kWidth; ++w) waltz.push_back(beat % 3 == 2 && w < 5 ? 1.0f : 0.1f);
  }
  EXPECT_EQ(findBars(waltz, kWidth).beatsPerBar, 3);
  EXPECT_EQ(findBars(waltz, kWidth).firstBeat, 2);
  EXPECT_EQ(findBars(std::span(waltz).first(11 * kWidth), kWidth).beatsPerBar, 0);
}

}  // namespace
}  // namespace kinescore
