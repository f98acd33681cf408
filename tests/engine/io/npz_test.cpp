#include "engine/storage/npz.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstring>

#include "engine/core/random.h"
#include "engine/io/ballplay.h"

namespace kinescore {
namespace {

using ::testing::HasSubstr;

std::string little(std::uint64_t value, int bytes) {
  std::string out;
  for (int i = 0; i < bytes; ++i) out.push_back(char((value >> (8 * i)) & 0xff));
  return out;
}

// Bit by bit, so that the table of the reader is checked against something else.
std::uint32_t slowCrc(const std::string& bytes) {
  std::uint32_t crc = 0xffffffffu;
  for (unsigned char c : bytes) {
    crc ^= c;
    for (int k = 0; k < 8; ++k) crc = (crc >> 1) ^ ((crc & 1) ? 0xedb88320u : 0u);
  }
  return ~crc;
}

std::string npy(const std::string& shape, const std::vector<float>& values, const std::string& type = "<f4") {
  std::string header = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + shape + "), }";
  while ((header.size() + 11) % 64 != 0) header += ' ';
  header += '\n';
  std::string out("\x93NUMPY\x01\x00", 8);
  out += little(header.size(), 2) + header;
  out.append(reinterpret_cast<const char*>(values.data()), values.size() * 4);
  return out;
}

std::string zip(const std::vector<std::pair<std::string, std::string>>& files, int method = 0) {
  std::string out;
  std::string directory;
  for (const auto& [name, data] : files) {
    const std::string common = little(method, 2) + little(0, 4) + little(slowCrc(data), 4) + little(data.size(), 4) +
                               little(data.size(), 4) + little(name.size(), 2);
    directory += "PK\x01\x02" + little(20, 2) + little(20, 2) + little(0, 2) + common + little(0, 2) + little(0, 2) +
                 little(0, 2) + little(0, 2) + little(0, 4) + little(out.size(), 4) + name;
    out += "PK\x03\x04" + little(20, 2) + little(0, 2) + common + little(0, 2) + name + data;
  }
  const std::size_t at = out.size();
  return out + directory + "PK\x05\x06" + little(0, 4) + little(files.size(), 2) + little(files.size(), 2) +
         little(directory.size(), 4) + little(at, 4) + little(0, 2);
}

const std::string kSkeleton = R"({"names":["Pelvis","Tip"],"parents":[-1,0],"offsets":[[0,0,0],[0,1,0]]})";

std::string clip(int frames) {
  std::vector<float> root;
  std::vector<float> turns;
  for (int f = 0; f < frames; ++f) {
    root.insert(root.end(), {float(f), 1, 0});
    turns.insert(turns.end(), {0, 0, float(M_PI / 2), 0, 0, 0});
  }
  const std::string n = std::to_string(frames);
  return zip({{"fps.npy", npy("1,", {60})}, {"root_pos.npy", npy(n + ", 3", root)}, {"rotvec.npy", npy(n + ", 2, 3", turns)}});
}

TEST(Npz, ReadsArraysByName) {
  const auto arrays = readNpz(zip({{"a.npy", npy("2, 3", {1, 2, 3, 4, 5, 6})}, {"b.npy", npy("", {7})}}), "x.npz");
  ASSERT_TRUE(arrays.ok()) << arrays.error().message;
  EXPECT_EQ(arrays->at("a").shape, (std::vector<std::int64_t>{2, 3}));
  EXPECT_EQ(arrays->at("a").values, (std::vector<float>{1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(arrays->at("b").values, (std::vector<float>{7}));
}

TEST(Npz, RefusesWhatIsWrong) {
  const std::pair<std::string, const char*> cases[] = {
      {"", "damaged"},
      {"PK\x03\x04 nothing", "damaged"},
      {zip({{"a.npy", npy("2", {1, 2})}}, 8), "compressed"},
      {zip({{"a.npy", npy("3", {1, 2})}}), "length"},
      {zip({{"a.npy", npy("99999999999, 99999999999", {1})}}), "float32"},
      {zip({{"a.npy", npy("1", {1}, "<f8")}}), "float32"},
      {zip({{"a.npy", npy("1", {NAN})}}), "finite"},
  };
  for (const auto& [bytes, words] : cases) {
    const auto arrays = readNpz(bytes, "x.npz");
    ASSERT_FALSE(arrays.ok()) << words;
    EXPECT_THAT(arrays.error().message, HasSubstr(words));
  }
  std::string flipped = zip({{"a.npy", npy("2", {1, 2})}});
  flipped[flipped.find("NUMPY") + 120] ^= 1;
  const auto arrays = readNpz(flipped, "x.npz");
  ASSERT_FALSE(arrays.ok());
  EXPECT_THAT(arrays.error().message, HasSubstr("checksum"));
}

TEST(Npz, TruncatedAndDamagedArchivesAreRefused) {
  const std::string bytes = clip(3);
  for (std::size_t length = 0; length < bytes.size(); ++length) EXPECT_FALSE(readNpz(bytes.substr(0, length), "x").ok());
  CounterRandom random(5);
  for (int round = 0; round < 2000; ++round) {
    std::string damaged = bytes;
    for (int k = 0; k < 3; ++k) damaged[random.below(damaged.size())] = char(random.below(256));
    const auto arrays = readNpz(damaged, "x.npz");
    if (!arrays) continue;
    for (const auto& [name, array] : *arrays) {
      std::uint64_t count = 1;
      for (std::int64_t n : array.shape) count *= std::uint64_t(n);
      EXPECT_EQ(count, array.values.size());
    }
  }
}

TEST(BallPlay, ReadsAnglesOnItsSkeleton) {
  const auto skeleton = readBallPlaySkeleton(kSkeleton, "skeleton.json");
  ASSERT_TRUE(skeleton.ok()) << skeleton.error().message;
  const Result<Motion> motion = readBallPlay(clip(4), "clip.npz", *skeleton);
  ASSERT_TRUE(motion.ok()) << motion.error().message;
  EXPECT_EQ(motion->frameCount(), 4);
  EXPECT_EQ(motion->rate, (FrameRate{60, 1}));
  EXPECT_LT(glm::length(motion->rotation(2, 0) * glm::vec3(1, 0, 0) - glm::vec3(0, 1, 0)), 1e-6f);
  EXPECT_FLOAT_EQ(motion->rootPositions[3].x, 3);
}

TEST(BallPlay, RefusesWhatDoesNotFit) {
  const auto skeleton = readBallPlaySkeleton(kSkeleton, "skeleton.json");
  ASSERT_TRUE(skeleton.ok());
  EXPECT_FALSE(readBallPlay(zip({{"fps.npy", npy("1,", {60})}}), "clip.npz", *skeleton).ok());
  const auto three = readBallPlaySkeleton(R"({"names":["a","b","c"],"parents":[-1,0,1],"offsets":[[0,0,0],[0,1,0],[0,1,0]]})", "s");
  ASSERT_TRUE(three.ok());
  EXPECT_FALSE(readBallPlay(clip(2), "clip.npz", *three).ok());
  for (const char* text : {"", "[]", R"({"names":["a"],"parents":[0],"offsets":[[0,0,0]]})",
                           R"({"names":["a","b"],"parents":[-1],"offsets":[[0,0,0]]})"}) {
    EXPECT_FALSE(readBallPlaySkeleton(text, "skeleton.json").ok()) << text;
  }
}

}  // namespace
}  // namespace kinescore
