#include "engine/storage/safetensors.h"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>
#include <cstring>
#include <limits>

#include "engine/core/random.h"
#include "tests/support/temporary_folder.h"

namespace kinescore {
namespace {

/// A file with this header and so many bytes of data.
std::string fileOf(const std::string& header, std::size_t dataBytes) {
  const std::uint64_t length = header.size();
  std::string bytes(8, '\0');
  std::memcpy(bytes.data(), &length, 8);
  return bytes + header + std::string(dataBytes, '\0');
}

void expectRefused(const std::string& bytes, const std::string& part) {
  const auto file = SafetensorsFile::read(bytes);
  ASSERT_FALSE(file) << part;
  EXPECT_EQ(file.error().code, ErrorCode::BadInput);
  EXPECT_NE(file.error().message.find(part), std::string::npos) << file.error().message;
}

SafetensorsWriter someTensors() {
  SafetensorsWriter writer;
  writer.setMetadata("note", "a “b”\n");
  writer.addFloats("weights", {2, 3}, std::vector<float>{1, 2, 3, -4, 0.5f, 1e-30f});
  writer.addFloatsAsHalf("half", {2}, std::vector<float>{0.5f, -2});
  writer.addBytes("flags", ElementType::U8, {3}, std::string("\x01\x00\x07", 3));
  writer.addBytes("empty", ElementType::F32, {0, 5}, "");
  writer.addBytes("one", ElementType::I64, {}, std::string("\x05\0\0\0\0\0\0\0", 8));
  return writer;
}

TEST(SafetensorsTest, ComesBackBitForBit) {
  const std::string bytes = someTensors().write();
  const auto file = SafetensorsFile::read(bytes);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->metadata().at("note"), "a “b”\n");
  EXPECT_EQ(file->tensors().size(), 5u);
  const auto weights = file->require("weights", {2, -1});
  ASSERT_TRUE(weights);
  EXPECT_EQ(weights->toFloats(), (std::vector<float>{1, 2, 3, -4, 0.5f, 1e-30f}));
  EXPECT_EQ(file->find("half")->toFloats(), (std::vector<float>{0.5f, -2}));
  EXPECT_EQ(file->find("flags")->toFloats(), (std::vector<float>{1, 0, 7}));
  EXPECT_EQ(file->find("empty")->elementCount(), 0);
  EXPECT_EQ(file->find("one")->toFloats(), (std::vector<float>{5}));
  EXPECT_EQ(someTensors().write(), bytes) << "the same tensors, the same bytes";
}

TEST(SafetensorsTest, ViewsOutliveAMove) {
  auto file = *SafetensorsFile::read(someTensors().write());
  const SafetensorsFile moved = std::move(file);
  EXPECT_EQ(moved.find("weights")->toFloats()[3], -4);
}

TEST(SafetensorsTest, AskingForWhatIsNotThereIsAnswered) {
  const auto file = SafetensorsFile::read(someTensors().write());
  EXPECT_EQ(file->find("bias"), nullptr);
  EXPECT_FALSE(file->require("bias", {2}));
  EXPECT_FALSE(file->require("weights", {3, 2}));
  EXPECT_FALSE(file->require("weights", {6}));
}

TEST(SafetensorsTest, CutAtEveryByteItIsRefused) {
  const std::string bytes = someTensors().write();
  for (std::size_t cut = 0; cut < bytes.size(); ++cut) ASSERT_FALSE(SafetensorsFile::read(bytes.substr(0, cut))) << cut;
  EXPECT_FALSE(SafetensorsFile::read(bytes + "x"));
}

TEST(SafetensorsTest, LyingHeadersAreRefused) {
  const auto one = [](const std::string& fields) { return "{\"a\":{" + fields + "}}"; };
  EXPECT_TRUE(SafetensorsFile::read(fileOf(one(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])"), 8)));
  expectRefused(fileOf(one(R"("dtype":"F32","shape":[3],"data_offsets":[0,8])"), 8), "does not fit its shape");
  expectRefused(fileOf(one(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])"), 7), "does not fit");
  expectRefused(fileOf(one(R"("dtype":"F32","shape":[2],"data_offsets":[0,8])"), 9), "longer or shorter");
  expectRefused(fileOf(one(R"("dtype":"F32","shape":[2],"data_offsets":[4,12])"), 12), "leave a gap");
  expectRefused(fileOf(one(R"("dtype":"F32","shape":[2],"data_offsets":[8,0])"), 8), "does not fit");
  expectRefused(fileOf(one(R"("dtype":"F32","shape":[-2],"data_offsets":[0,8])"), 8), "does not fit");
  expectRefused(fileOf(one(R"("dtype":"F32","shape":[4611686018427387904,4],"data_offsets":[0,0])"), 0), "does not fit");
  expectRefused(fileOf(one(R"("dtype":"F8","shape":[2],"data_offsets":[0,8])"), 8), "unknown type");
  expectRefused(fileOf(one(R"("dtype":"F32","shape":[2])"), 8), "is not described");
  expectRefused(fileOf(one(R"("dtype":"F32","shape":2,"data_offsets":[0,8])"), 8), "strange shape");
  expectRefused(fileOf(R"({"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}})", 8), "overlap");
  expectRefused(fileOf(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}})", 1), "twice");
  expectRefused(fileOf(R"({"__metadata__":{"x":1}})", 0), "notes");
  expectRefused(fileOf("[]", 0), "not JSON");
  expectRefused(std::string(8, '\xff') + "{}", "does not fit in it");
  expectRefused("PK\x03\x04 a pickle in a zip", "does not fit in it");
}

TEST(SafetensorsTest, NumbersThatAreNotFiniteAreRefused) {
  for (const float bad : {std::numeric_limits<float>::quiet_NaN(), std::numeric_limits<float>::infinity()}) {
    SafetensorsWriter full, half;
    full.addFloats("a", {2}, std::vector<float>{0, bad});
    expectRefused(full.write(), "not finite");
    half.addFloatsAsHalf("a", {2}, std::vector<float>{0, bad});
    expectRefused(half.write(), "not finite");
  }
}

TEST(SafetensorsTest, RandomDamageIsAnswered) {
  const std::string whole = someTensors().write();
  CounterRandom random(8);
  for (int i = 0; i < 20'000; ++i) {
    std::string bytes = whole;
    for (std::uint64_t k = 0; k <= random.below(3); ++k) bytes[random.below(bytes.size())] = char(random.below(256));
    const auto file = SafetensorsFile::read(bytes);
    if (!file) continue;
    for (const auto& [name, tensor] : file->tensors()) ASSERT_EQ(std::int64_t(tensor.toFloats().size()), tensor.elementCount());
  }
}

TEST(SafetensorsTest, LoadNamesTheFile) {
  TemporaryFolder folder;
  putBytes(folder / "weights.safetensors", "nothing");
  const auto file = SafetensorsFile::load(folder / "weights.safetensors");
  ASSERT_FALSE(file);
  EXPECT_NE(file.error().message.find("weights.safetensors"), std::string::npos);
  EXPECT_EQ(SafetensorsFile::load(folder / "absent").error().code, ErrorCode::NotFound);
}

TEST(HalfTest, EveryHalfComesBack) {
  for (std::uint32_t bits = 0; bits < 65'536; ++bits) {
    const float value = floatFromHalf(std::uint16_t(bits));
    if (std::isnan(value)) continue;
    ASSERT_EQ(halfFromFloat(value), bits);
  }
  EXPECT_EQ(floatFromHalf(0x3c00), 1.0f);
  EXPECT_EQ(floatFromHalf(0x0001), std::ldexp(1.0f, -24));
  EXPECT_EQ(floatFromHalf(0x7bff), 65504.0f);
}

TEST(HalfTest, RoundsToTheNearestAndThenToEven) {
  CounterRandom random(5);
  for (int i = 0; i < 200'000; ++i) {
    const float value = float(std::ldexp(random.uniform(-1, 1), int(random.below(42)) - 25));
    if (std::abs(value) > 65504) continue;
    const std::uint16_t half = halfFromFloat(value);
    const double error = std::abs(double(floatFromHalf(half)) - value);
    for (const int step : {-1, 1}) {
      const std::uint16_t beside = std::uint16_t(half + step);
      if ((beside & 0x7c00) == 0x7c00 || (beside & 0x8000) != (half & 0x8000)) continue;
      const double other = std::abs(double(floatFromHalf(beside)) - value);
      ASSERT_LE(error, other) << value;
      ASSERT_TRUE(error != other || (half & 1) == 0) << value;
    }
  }
  EXPECT_EQ(halfFromFloat(65519.9f), 0x7bff);
  EXPECT_EQ(halfFromFloat(65520.0f), 0x7c00);
}

}  // namespace
}  // namespace kinescore
