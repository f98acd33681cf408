// What sound clips sound like together, from the numbers alone.
#include <gmock/gmock.h>

#include "tests/ui/collected_sound.h"
#include "ui/document/sound_mix.h"

namespace kinescore {
namespace {

constexpr int kRate = 48000;

std::shared_ptr<const Sound> toneOf(double hertz, double seconds, int rate, float loudness = 0.5f) {
  Sound sound{rate, std::vector<float>(std::size_t(seconds * rate))};
  for (std::size_t i = 0; i < sound.samples.size(); ++i) {
    sound.samples[i] = loudness * float(std::sin(2 * std::numbers::pi * hertz * double(i) / rate));
  }
  return std::make_shared<const Sound>(std::move(sound));
}

PlacedSound placed(double from, double to, double inPoint, std::shared_ptr<const Sound> sound) {
  return {{ticksFromSeconds(from), ticksFromSeconds(to)}, ticksFromSeconds(inPoint), std::move(sound)};
}

std::vector<float> mixOf(const std::vector<PlacedSound>& sounds, double from, double seconds, double speed = 1,
                         SoundRange range = endlessRange()) {
  std::vector<float> out(std::size_t(seconds * kRate), 0);
  SoundCursor cursor{from, speed};
  addSoundsOnward(sounds, cursor, range, kRate, out);
  return out;
}

TEST(SoundMixTest, AToneLiesWhereItsClipLies) {
  for (const int rate : {8000, 22050, 44100, 48000}) {
    const auto heard = mixOf({placed(1, 2, 0, toneOf(440, 5, rate))}, 0, 3);
    const auto sounds = soundsIn(heard, kRate);
    ASSERT_EQ(sounds.size(), 1u);
    EXPECT_NEAR(sounds[0].first, 1, 0.005);
    EXPECT_NEAR(sounds[0].second, 2, 0.005);
    EXPECT_NEAR(toneIn(heard, kRate, 440, 1.1, 1.9), 0.5, 0.005) << rate;
    EXPECT_LT(loudestIn(heard, kRate, 0, 1), 1e-6);
    EXPECT_LT(loudestIn(heard, kRate, 2, 3), 1e-6);
  }
}

TEST(SoundMixTest, OneStretchOrManyAreTheSame) {
  const std::vector<PlacedSound> sounds{placed(0.1, 0.9, 0.3, toneOf(440, 5, 44100))};
  const auto whole = mixOf(sounds, 0, 1);
  std::vector<float> parts;
  SoundCursor cursor{0, 1};
  for (std::size_t size = 1; parts.size() < whole.size(); size = size * 2 % 4097) {
    std::vector<float> part(std::min(size, whole.size() - parts.size()), 0);
    addSoundsOnward(sounds, cursor, endlessRange(), kRate, part);
    parts.insert(parts.end(), part.begin(), part.end());
  }
  for (std::size_t i = 0; i < whole.size(); ++i) ASSERT_NEAR(parts[i], whole[i], 1e-4) << i;
}

TEST(SoundMixTest, SpeedIsPitchAndBackwardsIsBackwards) {
  const std::vector<PlacedSound> sounds{placed(0, 8, 0, toneOf(440, 8, 44100))};
  EXPECT_NEAR(toneIn(mixOf(sounds, 1, 1, 2), kRate, 880, 0.1, 0.9), 0.5, 0.005);
  EXPECT_NEAR(toneIn(mixOf(sounds, 1, 1, 0.5), kRate, 220, 0.1, 0.9), 0.5, 0.005);
  EXPECT_NEAR(toneIn(mixOf(sounds, 5, 1, -1), kRate, 440, 0.1, 0.9), 0.5, 0.005);
  // The same samples in the other order.
  const auto onward = mixOf(sounds, 2, 1), back = mixOf(sounds, 3, 1, -1);
  for (std::size_t i = 1; i < onward.size(); ++i) ASSERT_NEAR(back[i], onward[onward.size() - i], 1e-3) << i;
}

TEST(SoundMixTest, FastPlayingMakesNoLowTonesOfHighOnes) {
  // At four times its speed 15 kHz is above all that can be heard; folded it would be a tone of 12 kHz.
  const auto heard = mixOf({placed(0, 8, 0, toneOf(15000, 8, 48000))}, 1, 1, 4);
  EXPECT_LT(loudestIn(heard, kRate, 0.1, 0.9), 0.01);
}

TEST(SoundMixTest, WhatPlaysInAClipCanBeSlippedAndEndBeforeIt) {
  Sound sound = *toneOf(440, 4, 44100);
  for (std::size_t i = sound.samples.size() / 2; i < sound.samples.size(); ++i) {
    sound.samples[i] = 0.5f * float(std::sin(2 * std::numbers::pi * 1000 * double(i) / 44100));
  }
  const auto both = std::make_shared<const Sound>(std::move(sound));
  const auto slipped = mixOf({placed(1, 6, 2, both)}, 0, 6);
  EXPECT_NEAR(toneIn(slipped, kRate, 1000, 1.1, 2.9), 0.5, 0.01);
  EXPECT_LT(toneIn(slipped, kRate, 440, 1.1, 2.9), 0.01);
  const auto sounds = soundsIn(slipped, kRate);
  ASSERT_EQ(sounds.size(), 1u);
  EXPECT_NEAR(sounds[0].second, 3, 0.005) << "the recording ends before its clip";
  // Slipped the other way the clip begins with silence.
  EXPECT_NEAR(soundsIn(mixOf({placed(1, 6, -1, both)}, 0, 6), kRate).at(0).first, 2, 0.005);
}

TEST(SoundMixTest, NothingClicksAtTheEndsOfAClip) {
  Sound loud{48000, std::vector<float>(48000, 0.5f)};
  const auto heard = mixOf({placed(0.2, 0.4, 0.1, std::make_shared<const Sound>(loud))}, 0, 0.6);
  float steepest = 0;
  for (std::size_t i = 1; i < heard.size(); ++i) steepest = std::max(steepest, std::abs(heard[i] - heard[i - 1]));
  EXPECT_LT(steepest, 0.5 / (0.003 * kRate)) << "at least 3 ms from silence to all of it";
  EXPECT_GT(steepest, 0.5 / (0.005 * kRate)) << "and 5 ms at most";
  EXPECT_NEAR(loudestIn(heard, kRate, 0.25, 0.35), 0.5, 0.01);
}

TEST(SoundMixTest, ManySoundsAreAddedAndBentSoftly) {
  const auto tone = toneOf(440, 2, 48000, 0.3f);
  std::vector<float> two = mixOf({placed(0, 2, 0, tone), placed(0, 2, 0, tone)}, 0, 1);
  EXPECT_NEAR(toneIn(two, kRate, 440, 0.1, 0.9), 0.6, 0.01);
  const std::vector<float> before = two;
  clipSoftly(two);
  EXPECT_EQ(two, before) << "what is not too loud stays as it is";
  std::vector<float> ten = mixOf(std::vector<PlacedSound>(10, placed(0, 2, 0, tone)), 0, 1);
  EXPECT_GT(loudestIn(ten, kRate, 0.1, 0.9), 2.9);
  clipSoftly(ten);
  EXPECT_LE(loudestIn(ten, kRate, 0, 1), 1);
  std::vector<float> steps{0.79f, 0.81f, 0.9f, 1.0f, 1.2f};
  clipSoftly(steps);
  EXPECT_TRUE(std::is_sorted(steps.begin(), steps.end()));
  EXPECT_LT(steps.back(), 1);
}

TEST(SoundMixTest, ALoopIsGaplessAndPingPongTurns) {
  const std::vector<PlacedSound> sounds{placed(0.7, 0.9, 0, toneOf(440, 8, 48000))};
  const auto starts = [&](double from, double speed, SoundTurn turn) {
    std::vector<double> at;
    for (const auto& sound : soundsIn(mixOf(sounds, from, 4, speed, {0, 1, turn}), kRate)) {
      at.push_back(std::round(sound.first * 100) / 100);
    }
    return at;
  };
  using testing::ElementsAre;
  EXPECT_THAT(starts(0, 1, SoundTurn::Loop), ElementsAre(0.7, 1.7, 2.7, 3.7));
  EXPECT_THAT(starts(1, -1, SoundTurn::Loop), ElementsAre(0.1, 1.1, 2.1, 3.1));
  EXPECT_THAT(starts(0, 1, SoundTurn::PingPong), ElementsAre(0.7, 1.1, 2.7, 3.1));
  EXPECT_THAT(starts(1, -1, SoundTurn::PingPong), ElementsAre(0.1, 1.7, 2.1, 3.7));
  EXPECT_THAT(starts(0, 1, SoundTurn::Never), ElementsAre(0.7));
  EXPECT_THAT(starts(0, 2, SoundTurn::Loop), ElementsAre(0.35, 0.85, 1.35, 1.85, 2.35, 2.85, 3.35, 3.85));
  // A range without time is silent and ends.
  EXPECT_THAT(soundsIn(mixOf(sounds, 0.8, 1, 1, {0.8, 0.8, SoundTurn::Loop}), kRate), ElementsAre());
}

TEST(SoundCursorTest, TwoPlacesAreNearOverTheSeamOfALoop) {
  const SoundRange loop{1, 3, SoundTurn::Loop};
  EXPECT_NEAR(distanceOf({1.1, 1}, {2.9, 1}, loop), 0.2, 1e-9);
  EXPECT_NEAR(distanceOf({1.1, 1}, {2.9, 1}, {1, 3, SoundTurn::Never}), 1.8, 1e-9);
  EXPECT_NEAR(advanced({2.9, 2}, loop, 0.1).seconds, 1.1, 1e-9);
  const SoundCursor back = advanced({2.9, 2}, {1, 3, SoundTurn::PingPong}, 0.1);
  EXPECT_NEAR(back.seconds, 2.9, 1e-9);
  EXPECT_EQ(back.speed, -2);
}

}  // namespace
}  // namespace kinescore
