#include "engine/storage/npz.h"

#include <gtest/gtest.h>

#include <cstring>
#include <limits>

#include "engine/core/random.h"

namespace kinescore {
namespace {

std::string number(std::uint64_t value, int bytes) {
  std::string text;
  for (int i = 0; i < bytes; ++i) text.push_back(char(value >> (8 * i) & 255));
  return text;
}

std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t crc = ~0u;
  for (char c : bytes) {
    crc ^= static_cast<unsigned char>(c);
    for (int k = 0; k < 8; ++k) crc = crc >> 1 ^ (crc & 1 ? 0xedb88320u : 0u);
  }
  return ~crc;
}

std::string npy(const std::string& shape, const std::vector<float>& values, const std::string& type = "<f4", const char* fortran = "False") {
  std::string header = "{'descr': '" + type + "', 'fortran_order': " + fortran + ", 'shape': " + shape + ", }";
  header.resize((header.size() + 11 + 63) / 64 * 64 - 10, ' ');
  header.back() = '\n';
  std::string data(values.size() * 4, '\0');
  if (!data.empty()) std::memcpy(data.data(), values.data(), data.size());
  return std::string("\x93NUMPY\x01\0", 8) + number(header.size(), 2) + header + data;
}

/// A ZIP archive as numpy.savez writes it: every file stored.
std::string zip(const std::vector<std::pair<std::string, std::string>>& files, int method = 0) {
  std::string body, directory;
  for (const auto& [name, data] : files) {
    const std::string facts = number(20, 2) + number(0, 2) + number(method, 2) + number(0, 4) + number(checksum(data), 4) +
                              number(data.size(), 4) + number(data.size(), 4) + number(name.size(), 2) + number(0, 2);
    directory += "PK\x01\x02" + number(20, 2) + facts + number(0, 2) + number(0, 2) + number(0, 2) + number(0, 4) + number(body.size(), 4) + name;
    body += "PK\x03\x04" + facts + name + data;
  }
  return body + directory + "PK\x05\x06" + number(0, 4) + number(files.size(), 2) + number(files.size(), 2) +
         number(directory.size(), 4) + number(body.size(), 4) + number(0, 2);
}

void expectRefused(const std::string& bytes, const std::string& part) {
  const auto arrays = readNpz(bytes, "walk.npz");
  ASSERT_FALSE(arrays) << part;
  EXPECT_NE(arrays.error().message.find("walk.npz"), std::string::npos) << arrays.error().message;
  EXPECT_NE(arrays.error().message.find(part), std::string::npos) << arrays.error().message;
}

TEST(NpzTest, ReadsArraysByName) {
  const auto arrays = readNpz(zip({{"poses.npy", npy("(2, 3)", {1, 2, 3, 4, 5, 6})}, {"trans.npy", npy("(2,)", {7, 8})},
                                   {"scale.npy", npy("()", {9})}, {"readme.txt", "hello"}}), "walk.npz");
  ASSERT_TRUE(arrays) << arrays.error().message;
  EXPECT_EQ(arrays->size(), 3u);
  EXPECT_EQ(arrays->at("poses"), (NpyArray{{2, 3}, {1, 2, 3, 4, 5, 6}}));
  EXPECT_EQ(arrays->at("trans"), (NpyArray{{2}, {7, 8}}));
  EXPECT_EQ(arrays->at("scale"), (NpyArray{{}, {9}}));
}

TEST(NpzTest, WhatItCannotReadIsNamed) {
  const auto one = [](const std::string& array) { return zip({{"a.npy", array}}); };
  expectRefused(one(npy("(2,)", {1, 2, 3})), "another length");
  expectRefused(one(npy("(4,)", {1, 2, 3})), "another length");
  expectRefused(one(npy("(1099511627776, 1099511627776)", {1})), "float32");
  expectRefused(one(npy("(3,)", {1, 2, 3}, "<f8")), "float32");
  expectRefused(one(npy("(3,)", {1, 2, 3}, "<f4", "True")), "C order");
  expectRefused(one(npy("(-3,)", {1, 2, 3})), "float32");
  expectRefused(one(npy("(1,)", {std::numeric_limits<float>::quiet_NaN()})), "not finite");
  expectRefused(one("\x93NUMPY"), "float32");
  expectRefused(zip({{"a.npy", npy("(1,)", {1})}}, 8), "compressed");
  expectRefused("", "no NPZ archive");
  expectRefused("PK", "no NPZ archive");
  std::string flipped = one(npy("(1,)", {1}));
  flipped[flipped.find("NUMPY") + 130] ^= 1;
  expectRefused(flipped, "checksum");
}

TEST(NpzTest, CutAndDamagedBytesAreAnswered) {
  const std::string whole = zip({{"poses.npy", npy("(2, 3)", {1, 2, 3, 4, 5, 6})}, {"trans.npy", npy("(2,)", {7, 8})}});
  ASSERT_TRUE(readNpz(whole, "walk.npz"));
  for (std::size_t cut = 0; cut < whole.size(); ++cut) ASSERT_FALSE(readNpz(whole.substr(0, cut), "walk.npz")) << cut;
  CounterRandom random(2);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = whole;
    for (std::uint64_t k = 0; k <= random.below(3); ++k) bytes[random.below(bytes.size())] = char(random.below(256));
    if (const auto arrays = readNpz(bytes, "walk.npz")) {
      for (const auto& [name, array] : *arrays) ASSERT_LE(array.values.size(), bytes.size());
    }
  }
}

TEST(NpzTest, WhatIsWrittenIsReadBack) {
  const std::map<std::string, NpyArray> arrays = {
      {"empty", {{0}, {}}}, {"list", {{3}, {1.5f, -2, 0}}}, {"table", {{2, 2}, {1, 2, 3, 4}}}, {"number", {{}, {7}}}};
  const auto back = readNpz(writeNpz(arrays), "a.npz");
  ASSERT_TRUE(back) << back.error().message;
  EXPECT_EQ(*back, arrays);
}

}  // namespace
}  // namespace kinescore
