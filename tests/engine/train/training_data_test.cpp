#include <array>

#include "engine/train/training_data.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include <gtest/gtest.h>

#include "engine/train/condition_draws.h"
#include "tests/engine/train/small_library.h"

namespace kinescore {
namespace {

class TrainingDataTest : public testing::Test {
 protected:
  static const TrainingData& data() {
    static const TrainingData made = *TrainingData::build(smallLibrary(), Split::Train, true, madeUpEmbedding);
    return made;
  }
  static const FeatureStatistics& statistics() {
    static const FeatureStatistics made = [] {
      std::vector<MotionFeatures> all;
      for (const TrainClip& clip : data().clips()) all.push_back(clip.features);
      return measureStatistics(all);
    }();
    return made;
  }
};

TEST_F(TrainingDataTest, HoldsOneSplitWithItsMirrorImages) {
  ASSERT_EQ(data().clips().size(), 10u);
  EXPECT_FALSE(data().clips()[0].mirrored);
  EXPECT_TRUE(data().clips()[1].mirrored);
  EXPECT_EQ(data().clips()[0].source, data().clips()[1].source);
  const auto& text = data().texts().text(data().clips()[0].captions[0].texts[0]);
  const auto& mirrored = data().texts().text(data().clips()[1].captions[0].texts[0]);
  EXPECT_NE(std::find(text.sides.begin(), text.sides.end(), Side::Left), text.sides.end());
  EXPECT_NE(std::find(mirrored.sides.begin(), mirrored.sides.end(), Side::Right), mirrored.sides.end());
  EXPECT_FALSE(TrainingData::build(smallLibrary(), Split::Test, true, madeUpEmbedding));
}

TEST_F(TrainingDataTest, TheHashFollowsTheData) {
  EXPECT_EQ(TrainingData::build(smallLibrary(), Split::Train, true, madeUpEmbedding)->hash(), data().hash());
  Library other = smallLibrary();
  other.clips[0].captions[0].textA += " now";
  EXPECT_NE(TrainingData::build(other, Split::Train, true, madeUpEmbedding)->hash(), data().hash());
}

TEST_F(TrainingDataTest, CropsAreCanonicalAndReproducible) {
  int jittered = 0;
  for (int i = 0; i < 60; ++i) {
    CounterRandom a(1, i), b(1, i);
    const Crop crop = data().draw(a, 64);
    EXPECT_EQ(crop.values, data().draw(b, 64).values);
    EXPECT_LE(crop.frames, 64);
    EXPECT_EQ(crop.frames % kPatchFrames, 0);
    EXPECT_GE(crop.start, 0);
    EXPECT_LE(crop.start + crop.frames, crop.clip->features.frames);
    const WindowSpace space = spaceOfFrame(crop.values);
    const bool home = glm::length(space.originXz) < 1e-4f && std::abs(space.heading) < 1e-4f;
    jittered += !home;
  }
  EXPECT_GT(jittered, 2);
  EXPECT_LT(jittered, 30);
}

TEST_F(TrainingDataTest, ActionsAreBalanced) {
  std::map<std::string, int> seen;
  for (int i = 0; i < 600; ++i) {
    CounterRandom random(2, i);
    const Crop crop = data().draw(random, 48);
    ++seen[data().actions()[crop.clip->captions[crop.mainCaption].action]];
  }
  EXPECT_EQ(seen.size(), 3u);
  for (const auto& [action, count] : seen) EXPECT_GT(count, 80) << action;
}

TEST_F(TrainingDataTest, TextsStandWhereTheyAreSaid) {
  const Crop crop = data().cropAt(0, 40, 48);  // captions 0 … 60, 60 … 120
  CounterRandom random(3);
  const auto texts = data().textsOf(crop, random);
  ASSERT_EQ(texts.size(), 2u);
  EXPECT_EQ(texts[0].startFrame, -40);
  EXPECT_EQ(texts[0].endFrame, 20);
  EXPECT_EQ(texts[1].startFrame, 20);
  EXPECT_EQ(texts[1].endFrame, 80);
  CounterRandom again(3);
  EXPECT_EQ(data().textsOf(data().cropAt(0, 60, 48), again).size(), 1u);
}

// Frames whose whole pose is told.
std::vector<int> toldPoses(const WindowConditions& c) {
  std::vector<int> keys;
  for (int f = 0; f < c.frames; ++f) {
    const auto rotations = c.rotationMask.begin() + f * kJointCount22;
    if (std::all_of(rotations, rotations + kJointCount22, [](float strength) { return strength > 0; })) keys.push_back(f);
  }
  return keys;
}

// At an even pace; the first and the last frame may be told besides.
bool isEven(const std::vector<int>& keys, int frames) {
  std::set<int> gaps;
  for (std::size_t k = 1; k < keys.size(); ++k) {
    if (keys[k - 1] > 0 && keys[k] < frames - 1) gaps.insert(keys[k] - keys[k - 1]);
  }
  return !keys.empty() && gaps.size() <= 1;
}

TEST_F(TrainingDataTest, WhatIsToldIsTrue) {
  std::map<std::string, int> told;
  for (int i = 0; i < 400; ++i) {
    CounterRandom random(4, i);
    Crop crop = data().draw(random, 64);
    const std::vector<float> truth = crop.values;
    const auto positions = windowPositions(truth);
    const TrainSample sample = drawSample(data(), statistics(), std::move(crop), random, {.references = true});
    const WindowConditions& c = sample.conditions;
    ASSERT_EQ(sample.clean.size(), std::size_t(c.frames) * kFeatureCount);
    std::map<std::string, bool> here;
    for (int f = 0; f < c.frames; ++f) {
      const float* v = truth.data() + f * kFeatureCount;
      for (int j = 0; j < kJointCount22; ++j) {
        if (const float strength = c.jointMask[f * kJointCount22 + j]; strength > 0) {
          here[strength < 1 ? "weak joint" : "joint"] = true;
          for (int a = 0; a < 3 && strength == 1; ++a) {
            ASSERT_NEAR(c.jointPosition[(f * kJointCount22 + j) * 3 + a], positions[f * kJointCount22 + j][a], 1e-4);
          }
        }
        if (c.rotationMask[f * kJointCount22 + j] > 0) {
          here["rotation"] = true;
          const float* six = c.jointRotation.data() + (f * kJointCount22 + j) * 6;
          ASSERT_NEAR(std::hypot(six[0], six[1], six[2]), 1, 1e-3);
          ASSERT_NEAR(six[1], v[kRotationChannel + 6 * j + 1], 1e-5);  // the turn is about +Y
        }
      }
      if (c.pathMask[f] > 0) {
        here["path"] = true;
        // less than asked for in full is less than true
        const float leeway = c.pathMask[f] == 1 ? 1e-5f : 2.0f;
        ASSERT_NEAR(c.path[2 * f], v[0], leeway);
        ASSERT_NEAR(c.path[2 * f + 1], v[2], leeway);
      }
      if (c.headingMask[f] > 0) { ASSERT_FLOAT_EQ(c.heading[2 * f + 1], v[4]); }
      if (c.contactMask[4 * f] > 0) {
        here["contact"] = true;
        ASSERT_FLOAT_EQ(c.contact[4 * f], v[kContactChannel]);
      }
      if (c.knownMask[f] > 0) {
        here["known"] = true;
        for (int k = 0; k < kFeatureCount; ++k) {
          ASSERT_NEAR(c.known[f * kFeatureCount + k], sample.clean[f * kFeatureCount + k], 1e-4);
        }
      }
    }
    if (c.texts.empty()) ++told["no text"];
    if (!c.view.empty()) ++told["seen"];
    if (!c.rhythmMask.empty()) ++told["heard"];
    if (sample.fromNoise) ++told["estimate"];
    const bool seenThroughout = !c.viewMask.empty() && *std::min_element(c.viewMask.begin(), c.viewMask.end()) > 0;
    const std::vector<int> poses = toldPoses(c);
    const bool blocked = sample.isSeen && isEven(poses, c.frames);
    told["blocked"] += blocked;
    told["blocked estimate"] += blocked && sample.fromNoise;
    ASSERT_TRUE(!sample.fromNoise || seenThroughout || !poses.empty());
    if (!c.references.empty()) ++told["reference"];
    if (here.empty()) ++told["nothing"];
    for (const auto& [what, is] : here) told[what] += is;
  }
  // within wide bounds of the shares they are meant to have
  EXPECT_GT(told["nothing"], 170);
  EXPECT_LT(told["nothing"], 290);
  for (const char* what : {"joint", "rotation", "path", "known", "contact", "no text"}) {
    EXPECT_GT(told[what], 20) << what;
    EXPECT_LT(told[what], 250) << what;
  }
  EXPECT_GT(told["reference"], 50);
  for (const char* what : {"seen", "heard", "estimate", "weak joint", "blocked", "blocked estimate"}) EXPECT_GT(told[what], 5) << what;
}

// A network for loud noise is asked for blocked windows in one look and never again.
TEST_F(TrainingDataTest, BlockedWindowsAreToldAtOnceWhereAsked) {
  const auto countBlocked = [&](bool atOnce) {
    std::array<int, 2> blocked{};  // still noisy, at once
    for (int i = 0; i < 200; ++i) {
      CounterRandom random(7, i);
      const TrainSample sample = drawSample(data(), statistics(), data().draw(random, 64), random, {.drafts = false, .blockedAtOnce = atOnce});
      const bool isBlocked = sample.isSeen && sample.conditions.viewMask.empty();
      blocked[sample.fromNoise ? 1 : 0] += isBlocked;
    }
    return blocked;
  };
  EXPECT_GT(countBlocked(false)[0], 5);
  EXPECT_GT(countBlocked(false)[1], 5);
  EXPECT_EQ(countBlocked(true)[0], 0);
  EXPECT_GT(countBlocked(true)[1], 10);
}

// Some actions have captures of one quality alone. They, too, are learned as what clean motion is asked to be.
TEST_F(TrainingDataTest, QualityIsOftenUntold) {
  Library library = smallLibrary();
  for (LibraryClip& clip : library.clips) clip.quality = ClipQuality::NoFloor;
  const TrainingData climbs = *TrainingData::build(library, Split::Train, true, madeUpEmbedding);
  const auto countClean = [&](const DrawOptions& options) {
    int clean = 0;
    for (int i = 0; i < 200; ++i) {
      CounterRandom random(6, i);
      const TrainSample sample = drawSample(climbs, statistics(), climbs.draw(random, 64), random, options);
      clean += sample.conditions.quality == int(ClipQuality::Clean);
    }
    return clean;
  };
  EXPECT_GT(countClean({}), 60);
  EXPECT_LT(countClean({}), 140);
  EXPECT_EQ(countClean({.leftOut = {.quality = true}}), 200);
}

TEST_F(TrainingDataTest, ChangedCropsKeepTheirCaptionsInPlace) {
  int paced = 0, joined = 0;
  for (int i = 0; i < 200; ++i) {
    CounterRandom random(6, i), again(6, i);
    const Crop crop = data().drawChanged(random, 64);
    ASSERT_EQ(crop.values, data().drawChanged(again, 64).values);
    ASSERT_EQ(crop.values.size(), std::size_t(crop.frames) * kFeatureCount);
    paced += crop.pace != 1;
    joined += crop.upperClip != nullptr;
    // a frame of the crop and the clip's frame it was taken from name the same place
    const std::int64_t from = crop.start + std::llround(20 * crop.pace);
    EXPECT_NEAR(double(crop.ownFrames({from, from + 10}).start), 20, 1);
    if (crop.upperClip != nullptr) {
      EXPECT_NE(crop.upperClip->source, crop.clip->source);
      EXPECT_GE(data().textsOf(crop, random).size(), 2u);
    }
  }
  EXPECT_GT(paced, 60);
  EXPECT_LT(paced, 180);
  EXPECT_GT(joined, 3);
}

TEST_F(TrainingDataTest, ReferencesAreNeverTheClipItself) {
  int found = 0;
  for (int i = 0; i < 100; ++i) {
    CounterRandom random(5, i);
    const Crop crop = data().draw(random, 64);
    const int clip = int(crop.clip - data().clips().data());
    const auto other = data().drawReference(random, clip, crop.mainCaption);
    if (!other) continue;
    ++found;
    EXPECT_NE(data().clips()[other->clip].source, crop.clip->source);
    EXPECT_GT(other->frames.length(), 0);
    const auto wrong = data().drawWrongReference(random, clip);
    ASSERT_TRUE(wrong);
    EXPECT_NE(data().clips()[wrong->clip].source, crop.clip->source);
  }
  EXPECT_GT(found, 50);
}

}  // namespace
}  // namespace kinescore
