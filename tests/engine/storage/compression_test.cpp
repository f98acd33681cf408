#include "engine/storage/compression.h"

#include <gtest/gtest.h>

#include "engine/core/random.h"

namespace kinescore {
namespace {

TEST(CompressionTest, ComesBackAtEverySize) {
  CounterRandom random(1);
  for (std::size_t size : {0u, 1u, 100u, 70'000u}) {
    std::string bytes(size, '\0');
    for (char& c : bytes) c = char(random.below(4));
    const auto back = decompressZstd(compressZstd(bytes), size);
    ASSERT_TRUE(back) << back.error().message;
    EXPECT_EQ(*back, bytes);
  }
}

TEST(CompressionTest, TheLimitIsKeptBeforeAnythingIsUnpacked) {
  const std::string packed = compressZstd(std::string(std::size_t(64) << 20, 'a'), 1);
  EXPECT_LT(packed.size(), 20'000u);
  const auto refused = decompressZstd(packed, (std::size_t(64) << 20) - 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message, "The compressed part claims 64 MB, more than the 63 MB allowed.");
  EXPECT_TRUE(decompressZstd(packed, std::size_t(64) << 20));
}

TEST(CompressionTest, CutAndDamagedBytesAreAnswered) {
  std::string text;
  for (int i = 0; i < 500; ++i) text += "frame " + std::to_string(i * 7919 % 1000) + "\n";
  const std::string packed = compressZstd(text);
  for (std::size_t cut = 0; cut < packed.size(); ++cut) ASSERT_FALSE(decompressZstd(packed.substr(0, cut), 1 << 20)) << cut;
  CounterRandom random(2);
  for (int i = 0; i < 5000; ++i) {
    std::string bytes = packed;
    bytes[random.below(bytes.size())] = char(random.below(256));
    (void)decompressZstd(bytes, 1 << 20).ok();  // answered, whatever it is
  }
  EXPECT_FALSE(decompressZstd("no zstd at all", 1 << 20));
}

}  // namespace
}  // namespace kinescore
