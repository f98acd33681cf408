#include "engine/io/glb_animation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>

#include "engine/core/random.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

std::string little(std::uint32_t value) {
  std::string out;
  for (int i = 0; i < 4; ++i) out.push_back(char((value >> (8 * i)) & 0xff));
  return out;
}

std::string glb(std::string json, std::string bin) {
  while (json.size() % 4) json += ' ';
  while (bin.size() % 4) bin += '\0';
  const std::string body = little(std::uint32_t(json.size())) + "JSON" + json + little(std::uint32_t(bin.size())) +
                           std::string("BIN\0", 4) + bin;
  return "glTF" + little(2) + little(std::uint32_t(12 + body.size())) + body;
}

std::string floats(const std::vector<float>& values) {
  return {reinterpret_cast<const char*>(values.data()), values.size() * 4};
}

// Child listed before its parent; the parent turns 90° about Z in one second, the child moves.
std::string sample(const std::string& extra = {}) {
  const float h = std::sqrt(0.5f);
  const std::string bin = floats({0, 1}) + floats({0, 0, 0, 1, 0, 0, h, h}) + floats({1, 0, 0, 2, 0, 0});
  const std::string json =
      R"({"asset":{"version":"2.0"},"nodes":[{"name":"child","translation":[1,0,0]},)"
      R"({"name":"root","children":[0],"translation":[0,1,0]}],)"
      R"("buffers":[{"byteLength":64}],"bufferViews":[{"buffer":0,"byteLength":8},)"
      R"({"buffer":0,"byteOffset":8,"byteLength":32},{"buffer":0,"byteOffset":40,"byteLength":24}],)"
      R"("accessors":[{"bufferView":0,"componentType":5126,"count":2,"type":"SCALAR"},)"
      R"({"bufferView":1,"componentType":5126,"count":2,"type":"VEC4"},)"
      R"({"bufferView":2,"componentType":5126,"count":2,"type":"VEC3"}],)"
      R"("animations":[{"name":"turn","samplers":[{"input":0,"output":1},{"input":0,"output":2}],)"
      R"("channels":[{"sampler":0,"target":{"node":1,"path":"rotation"}},{"sampler":1,"target":{"node":0,"path":"translation"}}]}])" +
      extra + "}";
  return glb(json, bin);
}

TEST(GlbAnimation, SamplesWorldPosesOfAllNodes) {
  const Result<GlbFile> file = readGlbAnimations(sample(), "x.glb");
  ASSERT_TRUE(file.ok()) << file.error().message;
  ASSERT_EQ(file->animations.size(), 1u);
  EXPECT_EQ(file->animations[0].duration, 1);
  const Result<GlbMotion> motion = sampleGlbAnimation(*file, "turn", {60, 1});
  ASSERT_TRUE(motion.ok());
  ASSERT_EQ(motion->positions.size(), 61u * 2);
  const int child = *motion->skeleton->findJoint("child");
  EXPECT_EQ(motion->skeleton->parents[child], *motion->skeleton->findJoint("root"));
  EXPECT_LT(glm::length(motion->positions[child] - glm::vec3(1, 1, 0)), 1e-6f);
  const float s = std::sqrt(0.5f) * 1.5f;
  EXPECT_LT(glm::length(motion->positions[30 * 2 + child] - glm::vec3(s, 1 + s, 0)), 1e-5f);
  EXPECT_LT(glm::length(motion->positions[60 * 2 + child] - glm::vec3(0, 3, 0)), 1e-5f);
  EXPECT_FALSE(sampleGlbAnimation(*file, "nothing", {60, 1}).ok());
}

TEST(GlbAnimation, RefusesBrokenFiles) {
  const std::string good = sample();
  const auto replaced = [&](const std::string& from, const std::string& to) {
    std::string bytes = good;
    const std::size_t at = bytes.find(from);
    EXPECT_NE(at, std::string::npos);
    EXPECT_EQ(from.size(), to.size());
    return bytes.replace(at, from.size(), to);
  };
  const std::pair<std::string, const char*> cases[] = {
      {"", "no binary glTF"},
      {"glTF but not really, is it?", "version 2"},
      {replaced(R"("byteOffset":40)", R"("byteOffset":90)"), "past its data"},
      {replaced(R"("count":2,"type":"VEC4")", R"("count":9,"type":"VEC4")"), "past its data"},
      {replaced(R"("children":[0])", R"("children":[1])"), "broken tree"},
      {replaced(R"("children":[0])", R"("children":[7])"), "broken tree"},
      {replaced(R"("sampler":1,)", R"("sampler":9,)"), "points at nothing"},
      {replaced(R"("type":"VEC4")", R"("type":"VEC3")"), "do not fit"},
      {replaced(R"("version":"2.0")", R"("version":[[[}})"), ""},
  };
  for (const auto& [bytes, words] : cases) {
    const Result<GlbFile> file = readGlbAnimations(bytes, "x.glb");
    ASSERT_FALSE(file.ok()) << words;
    EXPECT_THAT(file.error().message, HasSubstr(words));
  }
}

TEST(GlbAnimation, TruncationAndDamageNeverGiveWrongNumbers) {
  const std::string good = sample();
  for (std::size_t length = 0; length < good.size(); ++length) {
    EXPECT_FALSE(readGlbAnimations(good.substr(0, length), "x.glb").ok()) << length;
  }
  CounterRandom random(9);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = good;
    for (int k = 0; k < 3; ++k) damaged[random.below(damaged.size())] = char(random.below(256));
    const Result<GlbFile> file = readGlbAnimations(damaged, "x.glb");
    if (!file || file->animations.empty()) continue;
    const Result<GlbMotion> motion = sampleGlbAnimation(*file, file->animations[0].name, {60, 1});
    if (!motion) continue;
    for (const glm::quat& q : motion->rotations) ASSERT_NEAR(glm::length(q), 1, 1e-3);
  }
}

}  // namespace
}  // namespace kinescore
