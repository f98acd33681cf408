#include <gtest/gtest.h>

#include "engine/timeline/json_fields.h"
#include "engine/timeline/patch.h"
#include "engine/timeline/timeline_json.h"
#include "tests/support/motions.h"

namespace kinescore {
namespace {

using nlohmann::json;

json clipJson() {
  return {{"type", "clip"}, {"version", 1}, {"id", 7}, {"track", 5}, {"span", {0, 100}},
          {"name", ""}, {"muted", false}, {"locked", false}, {"strength", json::array()},
          {"condition", {{"type", "text"}, {"prompt", "walk"}, {"part", "whole"}}}};
}

TEST(ObjectJsonTest, UnknownFieldsSurviveAtEveryDepth) {
  json written = clipJson();
  written["colour"] = "green";
  written["condition"]["mood"] = {{"calm", 0.25}, {"tags", {"a", "b"}}};
  written["version"] = 3;

  const Result<TimelineObject> object = objectFromJson(written);

  ASSERT_TRUE(object);
  EXPECT_EQ(toJson(*object), written);
}

TEST(ObjectJsonTest, AnEditKeepsTheUnknownFields) {
  json written = clipJson();
  written["condition"]["mood"] = "calm";
  Clip clip = std::get<Clip>(*objectFromJson(written));
  std::get<TextCondition>(clip.condition).prompt = "run";

  const json changed = toJson(TimelineObject(clip));

  EXPECT_EQ(changed["condition"]["mood"], "calm");
  EXPECT_EQ(changed["condition"]["prompt"], "run");
}

TEST(ObjectJsonTest, WrongFieldsAreNamedInOneSentence) {
  const auto refused = [](const json& j, const char* sentence) {
    const Result<TimelineObject> object = objectFromJson(j);
    ASSERT_FALSE(object);
    EXPECT_EQ(object.error().message, sentence);
  };
  json j = clipJson();
  j["span"] = "all";
  refused(j, "The field “span” of clip 7 is not of the right kind.");
  j = clipJson();
  j.erase("track");
  refused(j, "The field “track” of clip 7 is missing.");
  j = clipJson();
  j["condition"]["part"] = "tail";
  refused(j, "The field “part” of the condition of clip 7 is not of the right kind.");
  j = clipJson();
  j["condition"]["type"] = "smell";
  refused(j, "The condition “smell” of clip 7 is not known.");
  j = clipJson();
  j["type"] = "cloud";
  refused(j, "A timeline object is of the type “cloud”, which is not known.");
  refused(json::array(), "A timeline object is not a JSON object.");
}

TEST(ObjectJsonTest, WhatASoundIsIsWrittenWhereItWasSaid) {
  json written = clipJson();
  written["condition"] = {{"type", "audio"}, {"file", "talk.wav"}, {"inPoint", 0}, {"beatsPerMinute", 0.0},
                          {"beatOffsetSeconds", 0.0}};
  const auto read = [&] { return std::get<Clip>(objectFromJson(written).value()); };
  const auto kindOf = [](const Clip& clip) { return std::get<AudioCondition>(clip.condition).kind; };
  Clip clip = read();
  EXPECT_EQ(kindOf(clip), SoundKind::Auto);
  EXPECT_EQ(toJson(TimelineObject(clip)), written) << "a project that does not say it keeps its text";
  for (const SoundKind kind : {SoundKind::Music, SoundKind::Speech}) {
    std::get<AudioCondition>(clip.condition).kind = kind;
    written = toJson(TimelineObject(clip));
    EXPECT_EQ(written["condition"]["kind"], nameOf(kind));
    EXPECT_EQ(read(), clip);
  }
  written["condition"]["kind"] = "auto";
  EXPECT_EQ(kindOf(read()), SoundKind::Auto);
  for (const json& bad : {json("song"), json(1), json()}) {
    written["condition"]["kind"] = bad;
    const Result<TimelineObject> object = objectFromJson(written);
    ASSERT_FALSE(object) << bad;
    EXPECT_EQ(object.error().message, "The field “kind” of the condition of clip 7 is not of the right kind.");
  }
}

TEST(NumbersJsonTest, FloatsComeBackBitForBitAndReadShort) {
  EXPECT_EQ(toText(toJson(0.1f)), "0.1");
  EXPECT_EQ(toText(toJson(glm::vec3(1, 0.7071068f, -0.25f))), "[1.0,0.7071068,-0.25]");
  CounterRandom random(3);
  for (int i = 0; i < 100'000; ++i) {
    const auto value = std::bit_cast<float>(random.nextWord());
    if (!std::isfinite(value)) continue;
    float back = 0;
    ASSERT_TRUE(fromJson(json::parse(toText(toJson(value))), back));
    ASSERT_EQ(std::bit_cast<std::uint32_t>(back), std::bit_cast<std::uint32_t>(value));
  }
}

TEST(NumbersJsonTest, WholeNumbersThatDoNotFitAreRefused) {
  std::int64_t ticks = 0;
  EXPECT_FALSE(fromJson(json(std::numeric_limits<std::uint64_t>::max()), ticks));
  EXPECT_FALSE(fromJson(json(1.5), ticks));
  int small = 0;
  EXPECT_FALSE(fromJson(json(std::int64_t(1) << 40), small));
  ObjectId id;
  EXPECT_FALSE(fromJson(json(-1), id));
  float number = 0;
  EXPECT_FALSE(fromJson(json(1e200), number));
}

TEST(PatchJsonTest, RubbishIsAnswered) {
  const std::string whole = writePatch({{{{7}, std::nullopt, *objectFromJson(clipJson())}}});
  ASSERT_TRUE(readPatch(whole));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) {
    EXPECT_FALSE(readPatch(whole.substr(0, cut))) << cut;
  }
  EXPECT_FALSE(readPatch(R"({"version":2,"changes":[]})"));
  EXPECT_FALSE(readPatch(R"({"version":1,"changes":{}})"));
  EXPECT_FALSE(readPatch(R"({"version":1,"changes":[{"id":"x"}]})"));
}

}  // namespace
}  // namespace kinescore
